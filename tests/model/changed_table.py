"""Ways to change the table of moves. `rows` says which rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.memory import Assignment, Atom
from batchproof.model.status import Status

Table = tuple[Move, ...]
Rows = Callable[[Move], bool]


def row(source: Status | None = None, event: str | None = None, destination: Status | None = None) -> Rows:
    return lambda m: source in (None, m.source) and event in (None, m.event) and destination in (None, m.destination)


def without(*each: Rows) -> Table:
    """The table without these rows."""
    return tuple(m for m in MOVES if not any(rows(m) for rows in each))


def changed(rows: Rows, change: Callable[[Move], Move]) -> Table:
    """The table with these rows changed; a change of nothing would be a mistake of the test."""
    table = tuple(change(m) if rows(m) else m for m in MOVES)
    assert table != MOVES
    return table


def leading_to(destination: Status, rows: Rows) -> Table:
    return changed(rows, lambda m: replace(m, destination=destination))


def unless(atom: Atom, rows: Rows) -> Table:
    """These rows ask also that `atom` does not hold."""
    return changed(rows, lambda m: replace(m, guard=(*m.guard, ~atom)))


def forgetting(atom: Atom, rows: Rows) -> Table:
    """These rows no longer ask for `atom`, and come before all others."""
    eased = [replace(m, guard=tuple(a for a in m.guard if a not in (atom, ~atom))) for m in MOVES if rows(m)]
    return (*eased, *(m for m in MOVES if not rows(m)))


def doing(effect: Assignment, rows: Rows) -> Table:
    return changed(rows, lambda m: replace(m, effect=(*m.effect, effect)))


def not_doing(effect: Assignment, rows: Rows) -> Table:
    return changed(rows, lambda m: replace(m, effect=tuple(e for e in m.effect if e != effect)))
