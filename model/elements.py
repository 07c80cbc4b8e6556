"""What a life of a job can meet: rows of the table, both sides of their guards, configurations and edges of the graph.

Each is one bit of a number, so that what a life met is a number too. The lowest bits stand for the same thing in every
graph of one table (rows, then sides of guards), the bits above for what one graph has (configurations, then edges).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from .event import REQUESTS, Event
from .explore import Graph, explore
from .lifecycle import MOVES, Move
from .memory import Atom
from .readings import BY_NAME, Valuation
from .status import SUBMITTED, Status


class Met(StrEnum):
    """Whether something was met: by every life that explains what was seen, by some of them, or by none."""

    SURELY = "surely"
    POSSIBLY = "possibly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Side:
    """
    One side of one fact that a guard asks for: whether `atom` holds, in a configuration from which rows of `event` lead.

    Readings are left out, for their answer never changes in a life.

    >>> str(SIDES[0])
    'SUBMITTED evaluate [dependencies outstanding]'
    """

    source: Status
    event: Event
    atom: Atom

    def __str__(self) -> str:
        return f"{self.source} {self.event} [{self.atom.label}]"


def sides(table: Iterable[Move] = MOVES) -> tuple[Side, ...]:
    """Both sides of every guard of a table, each once."""
    found: dict[Side, None] = {}
    for move in table:
        for atom in move.guard:
            if atom.field not in BY_NAME:
                plain = ~atom if atom.negated else atom
                found |= {Side(move.source, move.event, plain): None, Side(move.source, move.event, ~plain): None}
    return tuple(found)


SIDES = sides()
ROWS = (1 << len(MOVES)) - 1
"""The bits of the rows; that of row n, in the order of `MOVES`, is bit n."""
SHARED = (1 << len(MOVES) + len(SIDES)) - 1
"""The bits that stand for the same thing in every graph: rows, then sides of guards in the order of `SIDES`."""

_FIRST = len(MOVES) + len(SIDES)


class Elements:
    """The elements of one graph of `MOVES`, and what each step of a life meets."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._edges = {(edge.source, edge.event): number for number, edge in enumerate(graph.edges)}
        self._arrived: dict[int, int] = {}
        self._taken: dict[tuple[int, Event], int] = {}
        self._translations: dict[Elements, dict[int, int]] = {}

    @property
    def configurations(self) -> int:
        """The bits of the configurations."""
        return ((1 << len(self.graph.configurations)) - 1) << _FIRST

    @property
    def edges(self) -> int:
        """The bits of the edges."""
        return ((1 << len(self.graph.edges)) - 1) << _FIRST + len(self.graph.configurations)

    def arrived(self, at: int) -> int:
        """What a life meets by being in a configuration: itself, and what guards find there."""
        found = self._arrived.get(at)
        if found is None:
            status, memory = self.graph.configurations[at]
            found = 1 << _FIRST + at
            for number, side in enumerate(SIDES):
                if side.source is status and side.atom.holds(memory):
                    found |= 1 << len(MOVES) + number
            self._arrived[at] = found
        return found

    def taken(self, at: int, event: Event) -> int:
        """What a life meets by an event in a configuration where it is possible: the edge, its row and where it arrives."""
        found = self._taken.get((at, event))
        if found is None:
            number = self._edges[at, event]
            found = 1 << _row(self.graph, at, event)
            found |= 1 << _FIRST + len(self.graph.configurations) + number
            found |= self.arrived(self.graph.edges[number].destination)
            self._taken[at, event] = found
        return found

    def possible(self) -> int:
        """Everything that some life of this graph meets."""
        found = 0
        for at in self.graph.initial:
            found |= self.arrived(at)
        for edge in self.graph.edges:
            found |= self.taken(edge.source, edge.event)
        return found

    def translated(self, met: int, other: Elements) -> int:
        """
        What a life met here, as what the same life met in `other`, which is the graph of another reading.

        For lives that both readings tell alike: `readings_asked` says on which ones a life may depend.
        """
        known = self._translations.setdefault(other, {})
        found, left = met & SHARED, met & ~SHARED
        while left:
            low = left & -left
            left ^= low
            there = known.get(low)
            if there is None:
                there = known[low] = self._translated(low.bit_length() - 1 - _FIRST, other)
            found |= there
        return found

    def _translated(self, number: int, other: Elements) -> int:
        """The bit in `other` of the configuration or edge that has this number here."""
        names, count = dict(other.graph.readings), len(self.graph.configurations)
        at = number if number < count else self.graph.edges[number - count].source
        configuration = self.graph.configurations[at]
        there = other.graph.index[configuration._replace(memory=configuration.memory._replace(**names))]
        if number < count:
            return 1 << _FIRST + there
        edge = other._edges[there, self.graph.edges[number - count].event]
        return 1 << _FIRST + len(other.graph.configurations) + edge


def _row(graph: Graph, at: int, event: Event) -> int:
    status, memory = graph.configurations[at]
    return next(
        number
        for number, move in enumerate(MOVES)
        if move.source is status and move.event is event and all(atom.holds(memory) for atom in move.guard)
    )


def possible_under(valuations: Iterable[Valuation]) -> int:
    """The rows and sides of guards that some life of a job with attempts enough meets under one of these readings."""
    found = 0
    for valuation in set(valuations):
        found |= _possible_under(valuation)
    return found


@cache
def _possible_under(valuation: Valuation) -> int:
    return Elements(explore(ENOUGH, valuation)).possible() & SHARED


@cache
def readings_asked(requests: frozenset[str], *, waits: bool) -> frozenset[str]:
    """
    The names of the readings on which the life of a job may depend, of which no other requests than these are made.

    Found on the rows alone, so it may be some more: a flag that some row sets is taken for one that may be set anywhere.

    >>> sorted(readings_asked(frozenset({"cancel"}), waits=False))
    ['cancel_overrides_retry']
    """
    statuses, flags, names = {SUBMITTED}, {"waits"} if waits else set[str](), set[str]()
    left = [move for move in MOVES if move.event not in REQUESTS or move.event in requests]
    while True:
        taken = [move for move in left if move.source in statuses and _may_hold(move, flags)]
        if not taken:
            return frozenset(names)
        left = [move for move in left if move not in taken]
        for move in taken:
            statuses.add(move.destination)
            flags |= {change.field for change in move.effect if change.value is True}
            names |= {atom.field for atom in move.guard if atom.field in BY_NAME}


def _may_hold(move: Move, flags: set[str]) -> bool:
    """Whether a guard may hold while no other flags than these are set."""
    return all(atom.negated or atom.value is not True or atom.field in flags for atom in move.guard)


ENOUGH = 2
"""So many attempts let every guard about attempts find both of its sides."""
