"""The table of moves as Markdown: every row, in the table's own order and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model.elements import Met
from ..model.event import Event
from ..model.lifecycle import MOVES, Move

_HEAD = ("source", "event", "guard", "destination", "effect", "rules")


def to_markdown(table: Iterable[Move] = MOVES, met: Mapping[Move, Met] | None = None) -> str:
    """
    The moves and the events as two Markdown tables; with `met` a column says which rows a run met.

    >>> to_markdown().splitlines()[6]
    '| SUBMITTED | evaluate | dependencies outstanding | PENDING |  | ST-03 |'
    """
    rows = list(table)
    used = {move.event for move in rows}
    more = ("met",) if met else ()
    lines = [
        "# The moves of a job's life",
        "",
        "Generated from `model/lifecycle.py` by `batchproof draw --write`. Guards of one source and event exclude each other.",
        "",
        _row((*_HEAD, *more)),
        _row(["---"] * len((*_HEAD, *more))),
        *(_row((*_cells(move), *((met[move],) if met else ()))) for move in rows),
        "",
        "## The events",
        "",
        _row(("event", "made by", "what happens")),
        _row(["---"] * 3),
        *(_row((event, event.kind.value, event.says)) for event in Event if event in used),
        "",
    ]
    return "\n".join(lines)


def _cells(move: Move) -> tuple[str, ...]:
    return (
        move.source,
        move.event,
        ", ".join(atom.label for atom in move.guard),
        "stays" if move.destination is move.source else move.destination,
        ", ".join(change.says for change in move.effect),
        " ".join(move.rules),
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
