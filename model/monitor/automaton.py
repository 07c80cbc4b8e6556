"""Beliefs as bit sets: every configuration in which a job may be, and what unseen moves and observations make of that.

A belief maps a *key* to the configurations that are possible with it, as the bits of one integer. A key is what reads
show (where they may lag), and how many cancels and terminates that are under way have yet to take effect. Everything
here is pure, and the results are kept: jobs go the same ways again and again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from ..event import Event
from ..explore import Graph, explore
from ..knowledge import Knowledge
from ..machine import Lifecycle
from ..readings import Valuation
from ..status import Status


class Reads(Enum):
    """What a read may show: how things are, how they were (never going back), or any moment of the past."""

    FRESH = "fresh"
    LAGGING = "lagging"
    UNORDERED = "unordered"


class Shown(NamedTuple):
    """
    What one read showed. `None` for what it did not say.

    `attempts` is the number of entries in `attempts`, which may be fewer than there were (RETRY-22).
    """

    status: Status
    is_cancelled: bool | None = None
    is_terminated: bool | None = None
    attempts: int | None = None


def with_flags(status: Status, is_cancelled: bool | None, is_terminated: bool | None) -> str:
    """
    A status with the flags that are shown beside it, for a person.

    >>> with_flags(Status.FAILED, True, None)
    'FAILED isCancelled'
    """
    flags = (("isCancelled", is_cancelled), ("isTerminated", is_terminated))
    return " ".join([status, *(name for name, on in flags if on)])


class Key(NamedTuple):
    """What reads show (-1 where that is no question), and how many calls have yet to take effect."""

    view: int
    cancels: int
    terminates: int


Belief = tuple[tuple[Key, int], ...]
"""Sorted by key, without empty sets; () is the belief that nothing explains what was seen."""


def bits(of: int) -> Iterator[int]:
    """
    The positions of the bits that are set.

    >>> list(bits(0b1010))
    [1, 3]
    """
    while of:
        low = of & -of
        yield low.bit_length() - 1
        of ^= low


def _belief(table: dict[Key, int]) -> Belief:
    return tuple(sorted((key, found) for key, found in table.items() if found))


@dataclass
class Moves:
    """The moves that may happen unseen while this is known: for each configuration, the set of those that may be next."""

    successors: list[int]
    _closed: dict[int, int] = field(default_factory=dict)

    def closed(self, start: int) -> int:
        """Everything that these configurations may have become."""
        found = self._closed.get(start)
        if found is None:
            found = frontier = start
            while frontier:
                ahead = 0
                for at in bits(frontier):
                    ahead |= self.successors[at]
                frontier = ahead & ~found
                found |= frontier
            self._closed[start] = found
        return found


@dataclass
class Automaton:
    """The lives of a job with so many attempts, under one reading of the documents, seen by one kind of reads."""

    graph: Graph
    reads: Reads
    _moves: dict[tuple[Knowledge, bool, bool], Moves] = field(default_factory=dict)
    _masks: dict[object, int] = field(default_factory=dict)
    _images: dict[tuple[Event, int], int] = field(default_factory=dict)
    _ahead: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Edges that differ in nothing on which knowledge rests are allowed together: decided once for each kind.
        kinds: dict[object, int] = {}
        self._kinds: list[tuple[int, Event]] = []  # a configuration of the kind, and the event
        self._edges: list[tuple[int, int, int]] = []  # source, destination, kind
        self.after: dict[Event, list[int]] = {
            e: [-1] * len(self.graph.configurations) for e in (Event.CANCEL, Event.TERMINATE)
        }
        for edge in self.graph.edges:
            if edge.event in self.after:
                self.after[edge.event][edge.source] = edge.destination
            elif edge.source != edge.destination:
                memory = self.graph.configurations[edge.source].memory
                kind = (edge.event, memory.attempt, memory.stop_sent)
                if kind not in kinds:
                    kinds[kind] = len(self._kinds)
                    self._kinds.append((edge.source, edge.event))
                self._edges.append((edge.source, edge.destination, kinds[kind]))

    def start(self, *, waits: bool) -> Belief:
        """The belief after a submission."""
        number = next(i for i in self.graph.initial if self.graph.configurations[i].memory.waits is waits)
        return ((Key(number if self.reads is Reads.LAGGING else -1, 0, 0), 1 << number),)

    def mask(self, name: object, holds: Callable[[int], bool]) -> int:
        """The configurations for which `holds`, kept under a name."""
        found = self._masks.get(name)
        if found is None:
            found = 0
            for number in range(len(self.graph.configurations)):
                if holds(number):
                    found |= 1 << number
            self._masks[name] = found
        return found

    def explaining(self, shown: Shown, *, cancel_asked: bool, terminate_asked: bool) -> int:
        """
        The configurations that a read may show so.

        Whether an accepted request that changed nothing shows in its flag is free; one that was refused must not.
        """
        configurations = self.graph.configurations

        def explains(number: int) -> bool:
            status, memory = configurations[number]
            return (
                status is shown.status
                and (not shown.is_cancelled or memory.is_cancelled or cancel_asked)
                and (not shown.is_terminated or memory.is_terminated or terminate_asked)
                # An attempt counts from RUNNING in the guide and from RUNNABLE in the API (RETRY-22): one more may show.
                and (shown.attempts is None or shown.attempts <= min(memory.attempt + 1, memory.attempts))
            )

        return self.mask((shown, cancel_asked, terminate_asked), explains)

    def moves(self, knowledge: Knowledge, *, cancel: bool = False, terminate: bool = False) -> Moves:
        """What may happen unseen; `cancel` and `terminate` where one that was lost may take effect at any time."""
        key = (knowledge, cancel, terminate)
        found = self._moves.get(key)
        if found is None:
            configurations = self.graph.configurations
            allowed = [knowledge.allows(configurations[at], event) for at, event in self._kinds]
            successors = [0] * len(configurations)
            for source, destination, kind in self._edges:
                if allowed[kind]:
                    successors[source] |= 1 << destination
            for event, wanted in ((Event.CANCEL, cancel), (Event.TERMINATE, terminate)):
                if wanted:
                    for source, destination in enumerate(self.after[event]):
                        if destination not in (-1, source):
                            successors[source] |= 1 << destination
            found = self._moves[key] = Moves(successors)
        return found

    def image(self, request: Event, of: int) -> int:
        """Where a request leads from these configurations."""
        key = (request, of)
        found = self._images.get(key)
        if found is None:
            found = 0
            for at in bits(of):
                if (after := self.after[request][at]) >= 0:
                    found |= 1 << after
            self._images[key] = found
        return found

    def closed(self, belief: Belief, moves: Moves) -> Belief:
        """Everything that may have come of a belief, unseen: moves, calls that take effect, and views that catch up."""
        table, done = dict(belief), dict[Key, int]()
        left = deque(sorted(table, key=lambda key: -(key.cancels + key.terminates)))
        while left:
            key = left.popleft()
            at = moves.closed(table[key])
            if done.get(key) == at:
                continue
            done[key] = table[key] = at
            view, cancels, terminates = key
            found: list[tuple[Key, int]] = []
            if cancels:
                found.append((Key(view, cancels - 1, terminates), self.image(Event.CANCEL, at)))
            if terminates:
                found.append((Key(view, cancels, terminates - 1), self.image(Event.TERMINATE, at)))
            if view >= 0:  # a view may catch up by any way that leads on to where the job is
                for ahead in self._views_ahead(view):
                    if there := at & self.graph.reachable[ahead]:
                        found.append((Key(ahead, cancels, terminates), there))
            for other, more in found:
                known = table.get(other, 0)
                if more & ~known:
                    table[other] = known | more
                    left.append(other)
        return _belief(table)

    def _views_ahead(self, view: int) -> tuple[int, ...]:
        found = self._ahead.get(view)
        if found is None:
            found = tuple({after for _, after in self.graph.successors[view] if after != view})
            self._ahead[view] = found
        return found

    def kept(self, belief: Belief, at: int) -> Belief:
        """What is left of a belief where the job can only be in one of these configurations."""
        return tuple((key, found & at) for key, found in belief if found & at)

    def viewed(self, belief: Belief, views: int) -> Belief:
        """What is left where reads can only show one of these (lagging reads)."""
        return tuple((key, found) for key, found in belief if views >> key.view & 1)

    def following(self, sources: int) -> int:
        """Every configuration that can follow one of these, themselves included."""
        found = self._masks.get(("following", sources))
        if found is None:
            found = 0
            for at in bits(sources):
                found |= self.graph.reachable[at]
            self._masks["following", sources] = found
        return found


def everywhere(belief: Belief) -> int:
    """The configurations of a belief, whatever else is under way."""
    found = 0
    for _, at in belief:
        found |= at
    return found


def visible(belief: Belief) -> int:
    """The views of a belief (lagging reads)."""
    found = 0
    for key, _ in belief:
        found |= 1 << key.view
    return found


def pending(belief: Belief, change: Callable[[Key], tuple[Key, ...]]) -> Belief:
    """The belief with other calls under way; `change` gives the keys that stand in the place of each."""
    table: dict[Key, int] = {}
    for key, at in belief:
        for other in change(key):
            table[other] = table.get(other, 0) | at
    return _belief(table)


@lru_cache(maxsize=512)
def automaton(attempts: int, readings: Valuation, lifecycle: Lifecycle, reads: Reads) -> Automaton:
    """The automaton of these, made once."""
    return Automaton(_graph(attempts, readings, lifecycle), reads)


@lru_cache(maxsize=512)
def _graph(attempts: int, readings: Valuation, lifecycle: Lifecycle) -> Graph:
    return explore(attempts, readings, lifecycle)
