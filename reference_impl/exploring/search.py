"""Breadth-first through all that may happen in a world, until nothing new is found or a promise is broken."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ...model.event import Event
from ...model.lifecycle import MOVES
from ...model.machine import Configuration, Lifecycle
from . import form
from .oracle import Broken
from .system import Move, System
from .world import MakeEngine, World, engine

Step = tuple[Configuration, Event, Configuration]
"""One step that a row of the table allowed, and that was taken."""


class Observed(Lifecycle):
    """The table, with each step noted that is taken."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # pyright: ignore[reportArgumentType]
        self.steps: set[Step] = set()

    def attempt(self, at: Configuration, event: str) -> Configuration | None:
        after = super().attempt(at, event)
        if after is not None:
            self.steps.add((at, Event(event), after))
        return after


@dataclass(frozen=True)
class Explored:
    """
    What there is in a world.

    states    how many states, told apart by all on which the future depends
    moves     how many moves lead from one of them to one of them
    resting   how many of the states are at rest: there the jobs are looked at
    steps     the steps of the table that jobs took on the way
    """

    states: int
    moves: int
    resting: int
    steps: frozenset[Step]


def explored(
    world: World, make: MakeEngine = engine, table: Lifecycle | None = None, *, reloads: bool = True
) -> Explored:
    """
    Everything that may happen in a world.

    `make` makes the engine, and `table` is what it runs: both as they are, if nothing else is said. `reloads`: an engine
    that is made anew of what is kept has to be like the one that lives on. Raises Broken, with a
    shortest list of moves that shows it, where a promise is broken.
    """
    lifecycle = Observed(MOVES if table is None else table.table)
    first = System(world, lifecycle, make)
    came_from: dict[object, tuple[object, Move] | None] = {first.form(): None}
    queue = deque([(first, first.form())])
    moves, resting = 0, 0
    while queue:
        system, key = queue.popleft()
        resting += system.at_rest
        for move in list(system.moves()):
            moves += 1
            after = form.copied(system)
            try:
                after.make(move)
                after_key = after.form()
                if reloads and after_key not in came_from and after.at_rest:
                    live, reloaded = after.reloaded()
                    if live != reloaded:
                        raise Broken(f"a reload would be seen: {_difference(live, reloaded)}")
            except Exception as broken:
                broken.add_note("\n".join(["moves:", *(f"  {_told(one)}" for one in (*_way(came_from, key), move))]))
                raise
            if after_key not in came_from:
                came_from[after_key] = key, move
                queue.append((after, after_key))
    return Explored(len(came_from), moves, resting, frozenset(lifecycle.steps))


def _way(came_from: dict[object, tuple[object, Move] | None], key: object) -> list[Move]:
    moves = []
    while (before := came_from[key]) is not None:
        key, move = before
        moves.append(move)
    return moves[::-1]


def _told(move: Move) -> str:
    return " ".join(str(part) for part in move)


def _difference(one: tuple, other: tuple) -> str:
    return "; ".join(f"{a} became {b}" for a, b in zip(one, other, strict=True) if a != b)
