"""What of the table a run on the reference can meet at all: found by exploring the engine, and written by nobody.

Nothing breaks the server here, for a crash leads a job nowhere new; a test of each small world holds that.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ...model.lifecycle import MOVES, Move
from ...model.readings import DEFAULT, READINGS, Valuation, valuation
from .search import Step, explored
from .world import ALL_FINAL, World, job
from .worlds import ALL_CODES, both

ATTEMPTS = (1, 2)
"""Jobs of so many attempts are explored for rows: with more there are more configurations, and no more rows."""


def worlds(attempts: int, readings: Valuation) -> tuple[World, ...]:
    """Worlds in which a job of so many attempts meets everything that can come upon a job."""
    alone = job("a", attempts=attempts)
    with_timeout = job("a", attempts=attempts, timeout_s=60)
    final = job("a", attempts=attempts, entries=ALL_FINAL)
    dependent = job("b", attempts=attempts, depends_on=("a",))
    refused = job("a", attempts=attempts, late_refusal="no")
    lost = (*both("a"), ("lose_host", "a"))
    return (
        World("queue", (alone,), both("a"), ALL_CODES, room=False, turns=2 * attempts, readings=readings),
        World("faults", (with_timeout,), lost, ALL_CODES, failed_starts=1, lost_hosts=1, readings=readings),
        World("final faults", (final,), lost, ALL_CODES, failed_starts=1, lost_hosts=1, readings=readings),
        World("dependency", (job("a"), dependent), both("b"), ALL_CODES, vcpus=2, turns=1, readings=readings),
        World("deleted queue", (job("a"), dependent), both("b"), ALL_CODES, deletes_queue=True, readings=readings),
        World("deleted queue without room", (alone,), both("a"), room=False, deletes_queue=True, readings=readings),
        World("late refusal", (refused,), both("a"), readings=readings),
    )


@cache
def steps(attempts: int, readings: Valuation) -> frozenset[Step]:
    """The steps of the table that a job of so many attempts can take on the reference, under these readings."""
    found = (explored(world).steps for world in worlds(attempts, readings))
    return frozenset(step for some in found for step in some if step[0].memory.attempts == attempts)


def rows(taken: Iterable[Step]) -> frozenset[Move]:
    """The rows of the table by which these steps are taken."""
    at = {(before, event) for before, event, _ in taken}
    return frozenset(
        move
        for move in MOVES
        if any(
            before.status is move.source
            and event is move.event
            and all(atom.holds(before.memory) for atom in move.guard)
            for before, event in at
        )
    )


@cache
def met(readings: Valuation) -> frozenset[Move]:
    """The rows that a run on the reference can meet under these readings."""
    return frozenset().union(*(rows(steps(attempts, readings)) for attempts in ATTEMPTS))


def ways() -> dict[str, Valuation]:
    """The readings that are served, and each other answer to one of them."""
    others = {f"{one.name}={value}": valuation({one.name: value}) for one in READINGS for value in one.values}
    return {"as served": DEFAULT} | {said: chosen for said, chosen in others.items() if chosen != DEFAULT}


def table() -> str:
    """Each row of the table of moves, and under which readings a run on the reference can meet it, as Markdown."""
    found = {said: met(chosen) for said, chosen in ways().items()}
    lines = ["| in | row | to | can be met |", "| --- | --- | --- | --- |"]
    for move in MOVES:
        where = [said for said, rows_met in found.items() if move in rows_met]
        said = "**never**" if not where else "always" if len(where) == len(found) else _said(where, found)
        lines.append(f"| {move.source} | {move.label} | {move.destination} | {said} |")
    never = sum(line.endswith("**never** |") for line in lines)
    counts = f"{len(found['as served'])} of {len(MOVES)} rows can be met as the server is, {never} under no reading."
    return f"{counts}\n\n" + "\n".join(lines)


def _said(where: list[str], found: dict[str, frozenset[Move]]) -> str:
    if where[0] != "as served":
        return f"with {' or '.join(where)}"
    return f"not with {' or '.join(said for said in found if said not in where)}"
