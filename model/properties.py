"""What is true of every life of a job: always, sometimes and eventually, checked over all configurations.

An *always* is a promise that no step breaks. A *sometimes* guards against vacuity: a table in which nothing happens
keeps every promise. An *eventually* holds under a stated assumption of fairness: the events named there are not
put off for ever. The safety and liveness ids (S.., L..) are those of `model.promises`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from .event import DEPENDENCY_EVENTS, Event
from .explore import Graph, components
from .machine import Configuration
from .status import BEFORE_STARTING, FAILED, PENDING, RUNNABLE, RUNNING, STARTED, STARTING, SUBMITTED, SUCCEEDED, Status

Step = Callable[[Configuration, Event, Configuration], bool]


@dataclass(frozen=True, slots=True)
class Always:
    """Every step of every life keeps this."""

    says: str
    rules: tuple[str, ...]
    kept: Step


@dataclass(frozen=True, slots=True)
class Sometimes:
    """Some step of some life does this. `attempts`: from how many attempts on it is possible."""

    says: str
    rules: tuple[str, ...]
    shown: Step
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Eventually:
    """
    A life in which `when` holds comes to `goal`, if the events in `fair` are not put off for ever.

    `unless` closes moves that the assumption rules out (for instance that the dependencies never end).
    """

    says: str
    rules: tuple[str, ...]
    when: Callable[[Configuration], bool]
    goal: Callable[[Configuration], bool]
    fair: frozenset[Event]
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A property that does not hold, with the events that lead to where it breaks."""

    says: str
    rules: tuple[str, ...]
    life: tuple[Event, ...]
    where: str


# The changes of status that AWS's pages name, apart from staying.
DOCUMENTED: frozenset[tuple[Status, Status]] = frozenset(
    {
        (SUBMITTED, PENDING),
        (SUBMITTED, RUNNABLE),
        (PENDING, RUNNABLE),
        (RUNNABLE, STARTING),
        (STARTING, RUNNING),
        (RUNNING, SUCCEEDED),
        (RUNNING, RUNNABLE),
        (RUNNING, FAILED),
        (STARTING, RUNNABLE),
        (STARTING, FAILED),
        (SUBMITTED, FAILED),
        (PENDING, FAILED),
        (RUNNABLE, FAILED),
    }
)
"""Written down a second time on purpose: the table must not gain an edge that AWS does not document."""


def _attempt_begins(before: Configuration, after: Configuration) -> bool:
    return before.status is RUNNABLE and after.status is STARTING


ALWAYS: tuple[Always, ...] = (
    Always(
        "no status changes but by a documented edge",
        ("S2", "ST-03"),
        lambda a, _, b: a.status is b.status or (a.status, b.status) in DOCUMENTED,
    ),
    Always(
        "nothing follows SUCCEEDED or FAILED",
        ("S3", "S15", "ST-10"),
        lambda a, _, b: not a.status.terminal or a == b,
    ),
    Always(
        "nothing is placed while a dependency has not succeeded",
        ("S4", "DEP-02"),
        lambda _a, _e, b: not (b.memory.waits and b.status in (RUNNABLE, STARTING, RUNNING, SUCCEEDED)),
    ),
    Always(
        "after a cancel or terminate was accepted before STARTING no placement begins",
        ("S5", "CANCEL-05"),
        lambda a, e, _: e is not Event.CHOOSE or not a.memory.removal_accepted,
    ),
    Always(
        "only a placement that was under way wins against an accepted removal",
        ("S5", "CANCEL-22"),
        lambda a, _, b: not _attempt_begins(a, b) or a.memory.chosen,
    ),
    Always(
        "CancelJob alone never stops what runs",
        ("S6", "CANCEL-07"),
        lambda a, _, b: a.memory.stop_sent or not b.memory.stop_sent or b.memory.stop_accepted or b.memory.timed_out,
    ),
    Always(
        "an accepted request changes no status",
        ("CANCEL-08", "TERM-05"),
        lambda a, e, b: e not in (Event.CANCEL, Event.TERMINATE) or a.status is b.status,
    ),
    Always(
        "no retry after a terminate, a timeout or an overriding cancel",
        ("S7", "RETRY-20", "TERM-12", "TO-06"),
        lambda a, _, b: not (a.status in STARTED and b.status is RUNNABLE and a.memory.retry_overridden),
    ),
    Always(
        "a terminate overrides the retry strategy at once",
        ("TERM-12",),
        lambda _a, _e, b: not b.memory.stop_accepted or b.memory.retry_overridden,
    ),
    Always(
        "an attempt that an EXIT entry matched is the last",
        ("S7", "RETRY-27"),
        lambda _a, e, b: e not in (Event.EXIT_FINAL, Event.FAULT_FINAL) or b.status is FAILED,
    ),
    Always(
        "there are never more attempts than the strategy allows",
        ("S7", "S8", "RETRY-23", "RETRY-28"),
        lambda _a, _e, b: b.memory.attempt <= b.memory.attempts,
    ),
    Always(
        "attempts are counted without gaps, and never back",
        ("S8", "S19", "RETRY-24"),
        lambda a, _, b: b.memory.attempt == a.memory.attempt + _attempt_begins(a, b),
    ),
    Always(
        "a job back in RUNNABLE has an attempt left",
        ("RETRY-28",),
        lambda _a, _e, b: b.status is not RUNNABLE or b.memory.attempt < b.memory.attempts,
    ),
    Always(
        "FAILED is not shown while the strategy would try again",
        ("RETRY-26",),
        lambda a, e, b: (
            not (
                b.status is FAILED
                and e is Event.EXIT_RETRY
                and a.memory.attempt < a.memory.attempts
                and not a.memory.retry_overridden
            )
        ),
    ),
    Always(
        "SUCCEEDED means that a process exited 0",
        ("ST-08",),
        lambda a, e, b: b.status is not SUCCEEDED or a.status is SUCCEEDED or e is Event.EXIT_ZERO,
    ),
    Always(
        "a flag that was shown stays",
        ("CANCEL-15", "TERM-14"),
        lambda a, _, b: (
            b.memory.is_cancelled >= a.memory.is_cancelled and b.memory.is_terminated >= a.memory.is_terminated
        ),
    ),
)

SOMETIMES: tuple[Sometimes, ...] = (
    *(
        Sometimes(f"a job goes from {a} to {b}", ("ST-03",), lambda x, _, y, a=a, b=b: (x.status, y.status) == (a, b))
        for a, b in sorted(DOCUMENTED)
        if b is not RUNNABLE or a not in STARTED
    ),
    Sometimes(
        "a failed attempt is tried again", ("ST-09",), lambda a, _, b: (a.status, b.status) == (RUNNING, RUNNABLE), 2
    ),
    Sometimes(
        "a failed start is tried again", ("ST-11",), lambda a, _, b: (a.status, b.status) == (STARTING, RUNNABLE), 2
    ),
    Sometimes(
        "a cancelled job is still PENDING",
        ("CANCEL-17",),
        lambda _a, _e, b: b.status is PENDING and b.memory.is_cancelled,
    ),
    Sometimes(
        "a cancel loses against a placement",
        ("CANCEL-22",),
        lambda _a, _e, b: b.status in STARTED and b.memory.removal_accepted,
    ),
    Sometimes(
        "a cancelled job that runs succeeds",
        ("CANCEL-07",),
        lambda _a, _e, b: b.status is SUCCEEDED and b.memory.is_cancelled,
    ),
    Sometimes(
        "a terminated job succeeds before the stop reaches it",
        ("TERM-06",),
        lambda _a, _e, b: b.status is SUCCEEDED and b.memory.is_terminated,
    ),
    Sometimes(
        "a job fails without an attempt", ("ST-13",), lambda _a, _e, b: b.status is FAILED and not b.memory.attempt
    ),
    Sometimes(
        "a job is cancelled while it waits for its second attempt",
        ("CANCEL-21",),
        lambda _a, _e, b: b.status is RUNNABLE and b.memory.attempt == 1 and b.memory.is_cancelled,
        2,
    ),
    Sometimes(
        "the last attempt succeeds",
        ("RETRY-03",),
        lambda _a, _e, b: b.status is SUCCEEDED and b.memory.attempt == b.memory.attempts,
    ),
)

_QUEUE = frozenset({Event.EVALUATE, Event.REMOVE, Event.PLACE, Event.START})
_ENDS = frozenset({Event.EXIT_ZERO, Event.EXIT_RETRY, Event.EXIT_FINAL})


def _ended(at: Configuration) -> bool:
    return at.status.terminal


EVENTUALLY: tuple[Eventually, ...] = (
    Eventually(
        "SUBMITTED is left",
        ("L1",),
        when=lambda at: at.status is SUBMITTED,
        goal=lambda at: at.status is not SUBMITTED,
        fair=frozenset({Event.EVALUATE}),
    ),
    Eventually(
        "a cancel accepted in RUNNABLE leads to FAILED, or lost against a placement",
        ("L2", "CANCEL-03", "CANCEL-22"),
        when=lambda at: at.status is RUNNABLE and at.memory.removal_accepted,
        goal=lambda at: at.status is FAILED or at.status in STARTED,
        fair=frozenset({Event.REMOVE}),
    ),
    Eventually(
        "a cancel accepted in PENDING leads to FAILED once the dependencies have ended",
        ("L3", "CANCEL-04", "CANCEL-05"),
        when=lambda at: at.status is PENDING and at.memory.removal_accepted,
        goal=lambda at: at.status is FAILED,
        fair=DEPENDENCY_EVENTS | {Event.REMOVE},
    ),
    Eventually(
        "a terminate accepted before STARTING ends the job",
        ("L2", "L3", "TERM-03"),
        when=lambda at: at.status in BEFORE_STARTING and at.memory.stop_accepted,
        goal=_ended,
        fair=_QUEUE | _ENDS | DEPENDENCY_EVENTS | {Event.STOP},
    ),
    Eventually(
        "a terminate accepted in STARTING or RUNNING ends the job when its process ends",
        ("L4", "TERM-02"),
        when=lambda at: at.status in STARTED and at.memory.stop_accepted,
        goal=_ended,
        fair=frozenset({Event.START, Event.STOP}) | _ENDS,
    ),
    Eventually(
        "a job whose processes end is finished, if capacity comes",
        ("L1", "L7"),
        when=lambda _: True,
        goal=_ended,
        fair=_QUEUE | _ENDS | DEPENDENCY_EVENTS | {Event.CHOOSE},
        attempts=1,
    ),
    Eventually(
        "a timed-out attempt ends the job when its process ends",
        ("L8", "TO-06"),
        when=lambda at: at.status is RUNNING and at.memory.timed_out,
        goal=_ended,
        fair=_ENDS,
    ),
)


def broken(graph: Graph) -> list[Finding]:
    """Every property that this graph breaks, each with a shortest life that shows it; empty when all hold."""
    return [*_always(graph), *_sometimes(graph), *_eventually(graph)]


def _steps(graph: Graph):
    for edge in graph.edges:
        yield edge, graph.configurations[edge.source], graph.configurations[edge.destination]


def _always(graph: Graph) -> list[Finding]:
    found = []
    for rule in ALWAYS:
        worst = [edge for edge, a, b in _steps(graph) if not rule.kept(a, edge.event, b)]
        if worst:
            edge = min(worst, key=lambda e: len(graph.prefixes[e.source]))
            life = (*graph.prefixes[edge.source], edge.event)
            a, b = graph.configurations[edge.source], graph.configurations[edge.destination]
            found.append(Finding(rule.says, rule.rules, life, f"{a.status} -> {b.status}"))
    return found


def _sometimes(graph: Graph) -> list[Finding]:
    return [
        Finding(f"never: {rule.says}", rule.rules, (), "no step of any life")
        for rule in SOMETIMES
        if graph.attempts >= rule.attempts and not any(rule.shown(a, edge.event, b) for edge, a, b in _steps(graph))
    ]


def _eventually(graph: Graph) -> list[Finding]:
    return [finding for rule in EVENTUALLY if graph.attempts >= rule.attempts for finding in _stuck(graph, rule)]


def _stuck(graph: Graph, rule: Eventually) -> list[Finding]:
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
