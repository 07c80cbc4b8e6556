"""What a life of a job can meet: rows of the table, both sides of their guards, configurations and edges of the graph.

Each is one bit of a number, so that what a life met is a number too. The lowest bits stand for the same thing in every
graph of one table (rows, then sides of guards), the bits above for what one graph has (configurations, then edges).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from .event import Event
from .explore import Graph, explore
from .lifecycle import MOVES, Move
from .memory import Atom
from .readings import BY_NAME, Valuation
from .status import Status


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

        For lives without a request, which all readings tell alike.
        """
        names = dict(other.graph.readings)
        found, left = met & SHARED, met >> _FIRST
        count = len(self.graph.configurations)
        while left:
            low = left & -left
            left ^= low
            number = low.bit_length() - 1
            at = number if number < count else self.graph.edges[number - count].source
            configuration = self.graph.configurations[at]
            there = other.graph.index[configuration._replace(memory=configuration.memory._replace(**names))]
            if number < count:
                found |= 1 << _FIRST + there
            else:
                edge = other._edges[there, self.graph.edges[number - count].event]
                found |= 1 << _FIRST + len(other.graph.configurations) + edge
        return found


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


ENOUGH = 2
"""So many attempts let every guard about attempts find both of its sides."""
