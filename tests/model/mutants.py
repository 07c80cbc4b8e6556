"""Wrong tables, generated from the table as data: every row, condition and effect dropped, changed, redirected, swapped.

A mutant is a *difference* where some life of it is observed otherwise: some events lead to another status, another number
of attempts, other flags or another signal, or are possible where they were not. Where no life is, under any reading and
for one to three attempts, the mutant is *equal*: proved by walking through both graphs side by side, which is exact
since one event leads to one configuration. No check could find it, so it leaves the score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

from batchproof.model.explore import Graph, explore
from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.machine import LIFECYCLE, Configuration, Lifecycle
from batchproof.model.memory import Assignment, Atom
from batchproof.model.properties import findings
from batchproof.model.readings import Valuation, valuations
from batchproof.model.status import STARTED, Status

from .pinned import counted_of, pinned

ATTEMPTS = (2, 1, 3)
"""For how many attempts the lives are compared; two come first, since one is too few for most faults."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """Rows of the table and what stands in their place, before all other rows."""

    way: str
    says: str
    before: tuple[Move, ...]
    after: tuple[Move, ...]

    @property
    def table(self) -> tuple[Move, ...]:
        return (*self.after, *(move for move in MOVES if move not in self.before))

    def __str__(self) -> str:
        return f"{' and '.join(map(row_in_words, self.before))}: {self.says}"


def row_in_words(move: Move) -> str:
    """A row as one line of text."""
    return f"{move.source} {move.label} -> {move.destination} ({' '.join(move.rules)})"


def _atoms() -> list[Atom]:
    """Every condition that some guard of the table asks for, and its contrary."""
    asked = dict.fromkeys(atom for move in MOVES for atom in move.guard)
    return list(dict.fromkeys(each for atom in asked for each in (atom, ~atom)))


def _assignments() -> list[Assignment]:
    return list(dict.fromkeys(change for move in MOVES for change in move.effect))


def _with(move: Move, number: int, *atoms: Atom) -> Move:
    return replace(move, guard=(*move.guard[:number], *atoms, *move.guard[number + 1 :]))


def _doing(move: Move, number: int, *changes: Assignment) -> Move:
    return replace(move, effect=(*move.effect[:number], *changes, *move.effect[number + 1 :]))


def _contrary(change: Assignment) -> tuple[Assignment, ...]:
    """The flag set the other way; what counts one counts two."""
    return (change, change) if change.value is None else (replace(change, value=not change.value),)


Changes = Iterator[tuple[str, tuple[Move, ...]]]


def _dropped(_: Move) -> Changes:
    yield "the row is gone", ()


def _conditions_dropped(move: Move) -> Changes:
    for number, atom in enumerate(move.guard):
        yield f"no longer asks for '{atom.label}'", (_with(move, number),)


def _conditions_changed(move: Move) -> Changes:
    for number, atom in enumerate(move.guard):
        yield f"asks for '{(~atom).label}' instead of '{atom.label}'", (_with(move, number, ~atom),)


def _conditions_added(move: Move) -> Changes:
    for atom in _atoms():
        if atom not in move.guard and ~atom not in move.guard:
            yield f"also asks for '{atom.label}'", (replace(move, guard=(*move.guard, atom)),)


def _effects_dropped(move: Move) -> Changes:
    for number, change in enumerate(move.effect):
        yield f"forgets '{change.says}'", (_doing(move, number),)


def _effects_changed(move: Move) -> Changes:
    for number, change in enumerate(move.effect):
        yield f"does the contrary of '{change.says}'", (_doing(move, number, *_contrary(change)),)


def _effects_added(move: Move) -> Changes:
    for change in _assignments():
        if change not in move.effect:
            yield f"also does '{change.says}'", (replace(move, effect=(*move.effect, change)),)


def _redirected(move: Move) -> Changes:
    for status in Status:
        if status is not move.destination:
            yield f"leads to {status}", (replace(move, destination=status),)


SINGLE: dict[str, Callable[[Move], Changes]] = {
    "drop a row": _dropped,
    "drop a condition": _conditions_dropped,
    "change a condition": _conditions_changed,
    "add a condition": _conditions_added,
    "drop an effect": _effects_dropped,
    "change an effect": _effects_changed,
    "add an effect": _effects_added,
    "redirect a row": _redirected,
}


def _swapped() -> Iterator[Mutant]:
    """Two rows of one status exchange their events; two of one status and event, their destinations and their effects."""
    for a, b in combinations(MOVES, 2):
        if a.source is not b.source:
            continue
        for part in ("event", "destination", "effect"):
            mine, other = getattr(a, part), getattr(b, part)
            if mine != other and (part == "event") is not (a.event is b.event):
                after = (replace(a, **{part: other}), replace(b, **{part: mine}))
                yield Mutant("swap two rows", f"they exchange the {part}", (a, b), after)


WAYS = (*SINGLE, "swap two rows")


def mutants(way: str) -> list[Mutant]:
    """Every mutant of one way to change the table."""
    if way not in SINGLE:
        return list(_swapped())
    return [Mutant(way, says, (move,), after) for move in MOVES for says, after in SINGLE[way](move)]


class Changed(Lifecycle):
    """
    The machine of a mutant.

    What no changed row is about is asked of the right machine, which keeps its answers. Attempts are counted up to two
    too many: a table that tries for ever would have no end of configurations, and differs by then.
    """

    def __init__(self, mutant: Mutant) -> None:
        self._about = {(move.source, move.event) for move in (*mutant.before, *mutant.after)}
        super().__init__(move for move in mutant.table if (move.source, move.event) in self._about)

    def attempt(self, at: Configuration, event: str) -> Configuration | None:
        machine = super() if (at.status, event) in self._about else LIFECYCLE
        after = machine.attempt(at, event)
        if after is None or after.memory.attempt <= after.memory.attempts + 2:
            return after
        return after._replace(memory=after.memory._replace(attempt=after.memory.attempts + 2))


@cache
def original(attempts: int, readings: Valuation) -> Graph[Configuration]:
    """The lives of the right table."""
    return explore(attempts, readings)


def observed(at: Configuration) -> tuple[Status, int, bool, bool, bool]:
    """What can be seen of a job: its status, its attempts, its two flags, and whether its process got a SIGTERM."""
    memory = at.memory
    signalled = at.status in STARTED and memory.stop_sent
    return at.status, memory.attempt, memory.is_cancelled, memory.is_terminated, signalled


def same_lives(right: Graph[Configuration], lifecycle: Lifecycle) -> bool:
    """Whether the same events are possible all along, and show the same, as in the graph of the right table."""
    pairs = [
        (number, lifecycle.submitted(right.attempts, waits=waits, readings=right.readings))
        for number, waits in zip(right.initial, (False, True), strict=True)
    ]
    met = set(pairs)
    for number, at in pairs:  # grows meanwhile
        if observed(right.configurations[number]) != observed(at):
            return False
        steps = list(lifecycle.successors(at))
        if [event for event, _ in steps] != [event for event, _ in right.successors[number]]:
            return False
        for (_, mine), (_, other) in zip(right.successors[number], steps, strict=True):
            if (mine, other) not in met:
                met.add((mine, other))
                pairs.append((mine, other))
    return True


@dataclass(frozen=True, slots=True)
class Fate:
    """
    What came of a mutant: whether its lives are equal, and else what found it, under any reading.

    The counts are asked only where no property finds it.
    """

    mutant: Mutant
    equal: bool
    by_properties: bool = False
    by_pins: bool = False

    @property
    def survived(self) -> bool:
        return not (self.equal or self.by_properties or self.by_pins)


def fate(mutant: Mutant) -> Fate:
    """Judge one mutant by its lives with two attempts; where these are equal, with one and with three."""
    lifecycle = Changed(mutant)
    for attempts in ATTEMPTS:
        differs = by_pins = False
        for readings in valuations():
            if not same_lives(original(attempts, readings), lifecycle):
                differs = True
                graph = explore(attempts, readings, lifecycle)
                if any(True for _ in findings(graph)):
                    return Fate(mutant, equal=False, by_properties=True)
                by_pins = by_pins or counted_of(graph) != pinned(attempts, readings)
        if differs:
            return Fate(mutant, equal=False, by_pins=by_pins)
    return Fate(mutant, equal=True)


@dataclass(frozen=True, slots=True)
class Score:
    """The fates of all mutants of one way."""

    way: str
    fates: tuple[Fate, ...]

    @property
    def survivors(self) -> list[str]:
        """In words, with the row of each."""
        return [str(fate.mutant) for fate in self.fates if fate.survived]

    @property
    def line(self) -> str:
        """A row of the table of docs/properties.md."""
        different = [fate for fate in self.fates if not fate.equal]
        counts = (
            len(self.fates),
            len(self.fates) - len(different),
            len(different),
            sum(fate.by_properties for fate in different),
            sum(fate.by_pins for fate in different),
            sum(not fate.survived for fate in different),
        )
        return f"| {self.way} | {' | '.join(map(str, counts))} |"


def score(way: str, chosen: Iterable[Mutant] | None = None) -> Score:
    """Judge the mutants of one way, all of them or those that are chosen."""
    return Score(way, tuple(map(fate, mutants(way) if chosen is None else chosen)))
