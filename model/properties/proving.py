"""What a property of all lives is, and whether the lives of a table have it.

An *always* is a promise that no step breaks. A *possible* says where an event can come, and that it can come nowhere
else. A *sometimes* guards against vacuity: a table in which nothing happens keeps every promise. An *eventually* holds
under a stated assumption of fairness: the events named there are not put off for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from ..event import FAULTS, Event
from ..explore import Edge, Graph, components
from .past import Moment

Step = Callable[[Moment, Event, Moment], bool]


@dataclass(frozen=True, slots=True)
class Always:
    """Every step of every life keeps this."""

    says: str
    rules: tuple[str, ...]
    kept: Step


@dataclass(frozen=True, slots=True)
class Possible:
    """`event` can come wherever `where` holds, in every life, and nowhere else."""

    says: str
    rules: tuple[str, ...]
    event: Event
    where: Callable[[Moment], bool]


@dataclass(frozen=True, slots=True)
class Sometimes:
    """
    Some step of some life does this.

    `attempts`: from how many attempts on it is possible. `faults`: whether it takes a fault. Where it does not, lives
    with faults are left out, since almost anything can be had from a host that is lost.
    """

    says: str
    rules: tuple[str, ...]
    shown: Step
    attempts: int = 1
    faults: bool = False


@dataclass(frozen=True, slots=True)
class Eventually:
    """
    A life in which `when` holds comes to `goal`, if the events in `fair` are not put off for ever.

    `unless` closes moves that the assumption rules out (for instance that the dependencies never end).
    """

    says: str
    rules: tuple[str, ...]
    when: Callable[[Moment], bool]
    goal: Callable[[Moment], bool]
    fair: frozenset[Event]
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A property that does not hold, with the events that lead to where it breaks."""

    says: str
    rules: tuple[str, ...]
    life: tuple[Event, ...]
    where: str


def _steps(graph: Graph[Moment]) -> Iterator[tuple[Edge, Moment, Moment]]:
    for edge in graph.edges:
        yield edge, graph.configurations[edge.source], graph.configurations[edge.destination]


def always(graph: Graph[Moment], rules: Iterable[Always]) -> Iterator[Finding]:
    """Those of `rules` that some step breaks."""
    for rule in rules:
        worst = [edge for edge, a, b in _steps(graph) if not rule.kept(a, edge.event, b)]
        if worst:
            edge = min(worst, key=lambda e: len(graph.prefixes[e.source]))
            life = (*graph.prefixes[edge.source], edge.event)
            a, b = graph.configurations[edge.source], graph.configurations[edge.destination]
            yield Finding(rule.says, rule.rules, life, f"{a.status} -> {b.status}")


def possible(graph: Graph[Moment], rules: Iterable[Possible]) -> Iterator[Finding]:
    """Those of `rules` whose event cannot come where it should, or can where it should not."""
    can = [frozenset(event for event, _ in steps) for steps in graph.successors]
    return filter(None, (_misplaced(graph, can, rule) for rule in rules))


def _misplaced(graph: Graph[Moment], can: Sequence[frozenset[Event]], rule: Possible) -> Finding | None:
    wrong = [
        (number, missing)
        for number, at in enumerate(graph.configurations)
        if (missing := rule.where(at)) is not (rule.event in can[number])
    ]
    if not wrong:
        return None
    number, missing = min(wrong, key=lambda each: len(graph.prefixes[each[0]]))
    where = f"{rule.event} {'cannot' if missing else 'can'} come in {graph.configurations[number].status}"
    return Finding(rule.says, rule.rules, graph.prefixes[number], where)


def sometimes(graph: Graph[Moment], rules: Iterable[Sometimes]) -> Iterator[Finding]:
    """Those of `rules` that no step of any life shows."""
    unfailing = graph.shortest(frozenset(Event) - FAULTS)
    return (
        Finding(f"never: {rule.says}", rule.rules, (), "no step of any life")
        for rule in rules
        if graph.attempts >= rule.attempts
        and not any(
            rule.shown(a, edge.event, b)
            for edge, a, b in _steps(graph)
            if rule.faults or (edge.source in unfailing and edge.event not in FAULTS)
        )
    )


def eventually(graph: Graph[Moment], rules: Iterable[Eventually]) -> Iterator[Finding]:
    """Those of `rules` whose goal some fair life never comes to."""
    return (finding for rule in rules if graph.attempts >= rule.attempts for finding in _stuck(graph, rule))


def _stuck(graph: Graph[Moment], rule: Eventually) -> list[Finding]:
    """
    The first place where a life can stay for ever short of the goal without putting off a fair event for ever.

    A life without end stays in one component in the end. It is fair to an event there when the event is taken inside
    the component, or is not possible in some configuration of it. (Weak fairness.)
    """
    goals = {i for i, at in enumerate(graph.configurations) if rule.goal(at)}
    lives: dict[int, tuple[Event, ...]] = {}  # shortest lives that pass through `when` and not yet through the goal
    queue = [
        (len(graph.prefixes[i]), i, graph.prefixes[i])
        for i, at in enumerate(graph.configurations)
        if rule.when(at) and i not in goals
    ]
    heapify(queue)
    while queue:
        length, at, life = heappop(queue)
        if at not in lives:
            lives[at] = life
            for event, after in graph.successors[at]:
                if after not in lives and after not in goals:
                    heappush(queue, (length + 1, after, (*life, event)))
    stuck = [
        min(component, key=lambda i: len(lives[i]))
        for component in components(graph, lives)
        if not any(
            all(any(name == event and after not in component for name, after in graph.successors[i]) for i in component)
            for event in rule.fair
        )
    ]
    if not stuck:
        return []
    at = min(stuck, key=lambda i: len(lives[i]))
    where = f"stays in {graph.configurations[at].status}"
    return [Finding(f"not eventually: {rule.says}", rule.rules, lives[at], where)]
