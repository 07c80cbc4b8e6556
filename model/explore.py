"""Enumerates the lives of a job by running the machine: configurations, edges, shortest prefixes, reachability.

Nothing is computed from the table's text: every edge is one that `transitions` really took. So a changed row changes
what is found here, and with it everything that is derived from it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from .event import Event
from .machine import LIFECYCLE, Configuration, Lifecycle
from .memory import Memory
from .readings import DEFAULT, Valuation
from .status import Status


class Place(Protocol):
    """What a graph is made of: a configuration, or one with more told about it (`past.py`)."""

    @property
    def status(self) -> Status: ...

    @property
    def memory(self) -> Memory: ...


At = TypeVar("At", bound=Place)


@dataclass(frozen=True, slots=True)
class Edge:
    """One step that the machine took: indices into `Graph.configurations`, and the event."""

    source: int
    event: Event
    destination: int


@dataclass(frozen=True)
class Graph(Generic[At]):
    """
    Every life of a job with so many attempts, under one reading of the documents.

    `initial` holds the indices of the configurations that SubmitJob can leave: with and without dependencies.

    >>> graph = explore(attempts=1)
    >>> len(graph.configurations) > len(graph.initial) == 2
    True
    """

    attempts: int
    readings: Valuation
    configurations: tuple[At, ...]
    edges: tuple[Edge, ...]
    initial: tuple[int, ...]

    @cached_property
    def index(self) -> dict[At, int]:
        """Where each configuration stands in `configurations`."""
        return {configuration: number for number, configuration in enumerate(self.configurations)}

    @cached_property
    def successors(self) -> tuple[tuple[tuple[Event, int], ...], ...]:
        """For each configuration, the events that are possible there and where they lead."""
        out: list[list[tuple[Event, int]]] = [[] for _ in self.configurations]
        for edge in self.edges:
            out[edge.source].append((edge.event, edge.destination))
        return tuple(tuple(steps) for steps in out)

    @cached_property
    def prefixes(self) -> tuple[tuple[Event, ...], ...]:
        """For each configuration, a shortest list of events that leads to it from a submission."""
        found = self.shortest(frozenset(edge.event for edge in self.edges))
        return tuple(found[number] for number in range(len(self.configurations)))

    def shortest(self, events: frozenset[Event]) -> dict[int, tuple[Event, ...]]:
        """Shortest lists of these events alone, for each configuration that they lead to."""
        found: dict[int, tuple[Event, ...]] = dict.fromkeys(self.initial, ())
        queue = deque(self.initial)
        while queue:
            at = queue.popleft()
            for event, after in self.successors[at]:
                if after not in found and event in events:
                    found[after] = (*found[at], event)
                    queue.append(after)
        return found

    @cached_property
    def reachable(self) -> tuple[int, ...]:
        """For each configuration a bit set (bit i for configuration i) of those that can follow it, itself included."""
        reach = [1 << number for number in range(len(self.configurations))]
        changed = True
        while changed:
            changed = False
            for source in reversed(range(len(reach))):
                before = reach[source]
                for _, after in self.successors[source]:
                    reach[source] |= reach[after]
                changed |= reach[source] != before
        return tuple(reach)

    def life(self, events: Iterable[str], *, waits: bool = False) -> list[At]:
        """
        The configurations that a life with these events passes through.

        >>> [at.status.value for at in explore(attempts=1).life(["evaluate", "choose", "place", "start", "exit_zero"])]
        ['SUBMITTED', 'RUNNABLE', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED']
        """
        at = next(i for i in self.initial if self.configurations[i].memory.waits is waits)
        passed = [self.configurations[at]]
        for event in events:
            at = dict(self.successors[at])[Event(event)]
            passed.append(self.configurations[at])
        return passed


def explore(attempts: int, readings: Valuation = DEFAULT, lifecycle: Lifecycle = LIFECYCLE) -> Graph[Configuration]:
    """Run the machine from both kinds of submission until nothing new is found."""
    starts = [lifecycle.submitted(attempts, waits=waits, readings=readings) for waits in (False, True)]
    numbers = {start: number for number, start in enumerate(starts)}
    queue, edges = deque(starts), list[Edge]()
    while queue:
        at = queue.popleft()
        for event, after in lifecycle.successors(at):
            if after not in numbers:
                numbers[after] = len(numbers)
                queue.append(after)
            edges.append(Edge(numbers[at], event, numbers[after]))
    return Graph(attempts, readings, tuple(numbers), tuple(edges), tuple(numbers[start] for start in starts))


def components(graph: Graph[At], within: Iterable[int] | None = None) -> Sequence[frozenset[int]]:
    """
    The strongly connected components: sets of configurations among which a life could go round for ever.

    `within`: of lives that never leave these configurations.

    >>> {len(component) for component in components(explore(attempts=1))}  # no life goes round
    {1}
    """
    inside = set(range(len(graph.configurations)) if within is None else within)
    order, lowest, open_, found = dict[int, int](), dict[int, int](), list[int](), list[frozenset[int]]()
    still_open = set[int]()
    for start in inside:  # Tarjan's algorithm, with a stack of its own: lives are longer than Python's
        work: list[tuple[int, Iterator[int]]] = [(start, iter(()))] if start not in order else []
        while work:
            at, steps = work[-1]
            if at not in order:
                order[at] = lowest[at] = len(order)
                open_.append(at)
                still_open.add(at)
                steps = iter([after for _, after in graph.successors[at] if after in inside])
                work[-1] = (at, steps)
            after = next(steps, None)
            if after is None:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[at])
                if lowest[at] == order[at]:
                    cut = open_.index(at)
                    found.append(frozenset(open_[cut:]))
                    still_open.difference_update(open_[cut:])
                    del open_[cut:]
            elif after not in order:
                work.append((after, iter(())))
            elif after in still_open:
                lowest[at] = min(lowest[at], order[after])
    return found


def first(graph: Graph[At], holds: Callable[[At], bool]) -> int | None:
    """The first configuration, in the order of discovery, for which `holds`; None where there is none."""
    return next((i for i, at in enumerate(graph.configurations) if holds(at)), None)
