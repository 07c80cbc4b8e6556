"""What is true of every life of a job: where an event is possible, always, sometimes and eventually.

No property starts from a flag that a row sets: what was asked and what happened is read from the past (`past.py`), so a
row that forgets its flag breaks what it broke in fact. What follows each input is in `after_inputs.py`, how a property
is proved in `proving.py`. The safety and liveness ids (S.., L..) are those of `model.promises`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..event import DEPENDENCY_EVENTS, Event
from ..explore import Graph
from ..machine import Configuration
from ..status import (
    BEFORE_STARTING,
    FAILED,
    PENDING,
    RUNNABLE,
    RUNNING,
    STARTED,
    STARTING,
    SUBMITTED,
    SUCCEEDED,
    Status,
)
from .after_inputs import AFTER_INPUTS, POSSIBLE
from .past import Moment, with_past
from .proving import Always, Eventually, Finding, Sometimes, always, eventually, possible, sometimes

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


def _attempt_begins(before: Moment, after: Moment) -> bool:
    return before.status is RUNNABLE and after.status is STARTING


ALWAYS: tuple[Always, ...] = (
    *AFTER_INPUTS,
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
        lambda _a, _e, b: not (b.past.outstanding and b.status in (RUNNABLE, STARTING, RUNNING, SUCCEEDED)),
    ),
    Always(
        "after a cancel or terminate was accepted before STARTING no placement begins",
        ("S5", "CANCEL-05"),
        lambda a, e, _: e is not Event.CHOOSE or not a.past.to_leave,
    ),
    Always(
        "only a placement that was under way wins against an accepted removal",
        ("S5", "CANCEL-22"),
        lambda a, _, b: not _attempt_begins(a, b) or a.past.placing,
    ),
    Always(
        "CancelJob alone never stops what runs",
        ("S6", "CANCEL-07"),
        lambda _a, _e, b: not b.memory.stop_sent or b.past.stop_asked or b.past.late,
    ),
    Always(
        "an accepted request changes no status",
        ("CANCEL-08", "TERM-05"),
        lambda a, e, b: e not in (Event.CANCEL, Event.TERMINATE) or a.status is b.status,
    ),
    Always(
        "no retry after a terminate, a timeout or an overriding cancel",
        ("S7", "RETRY-20", "TERM-12", "TO-06"),
        lambda a, _, b: not (a.status in STARTED and b.status is RUNNABLE and a.retry_overridden),
    ),
    Always(
        "after a terminate the attempt under way is the last",
        ("S7", "TERM-12"),
        lambda a, _, b: not (a.past.stop_asked and a.status in STARTED and b.status in BEFORE_STARTING),
    ),
    Always(
        "an attempt that an EXIT entry matched is the last",
        ("S7", "RETRY-27"),
        lambda _a, e, b: e not in (Event.EXIT_FINAL, Event.FAULT_FINAL) or b.status is FAILED,
    ),
    Always(
        "there are never more attempts than the strategy allows",
        ("S7", "S8", "RETRY-23", "RETRY-28"),
        lambda _a, _e, b: b.past.placements <= b.memory.attempts,
    ),
    Always(
        "attempts are counted without gaps, and never back",
        ("S8", "S19", "RETRY-24"),
        lambda a, _, b: b.memory.attempt == a.memory.attempt + _attempt_begins(a, b) == b.past.placements,
    ),
    Always(
        "a job back in RUNNABLE has an attempt left",
        ("RETRY-28",),
        lambda _a, _e, b: b.status is not RUNNABLE or b.attempts_left,
    ),
    Always(
        "FAILED is not shown while the strategy would try again",
        ("RETRY-26",),
        lambda a, e, b: (
            not (b.status is FAILED and e is Event.EXIT_RETRY and a.attempts_left and not a.retry_overridden)
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
        "a failed start is tried again",
        ("ST-11",),
        lambda a, _, b: (a.status, b.status) == (STARTING, RUNNABLE),
        2,
        True,
    ),
    Sometimes(
        "a cancelled job is still PENDING",
        ("CANCEL-17",),
        lambda _a, _e, b: b.status is PENDING and b.past.cancelled,
    ),
    Sometimes(
        "a cancel loses against a placement",
        ("CANCEL-22",),
        lambda _a, _e, b: b.status in STARTED and b.past.to_leave,
    ),
    Sometimes(
        "a cancelled job that runs succeeds",
        ("CANCEL-07",),
        lambda _a, _e, b: b.status is SUCCEEDED and b.past.cancelled_while,
    ),
    Sometimes(
        "a terminated job succeeds before the stop reaches it",
        ("TERM-06",),
        lambda _a, _e, b: b.status is SUCCEEDED and b.past.stop_asked and not b.past.signalled,
    ),
    Sometimes(
        "a job fails without an attempt", ("ST-13",), lambda _a, _e, b: b.status is FAILED and not b.past.placements
    ),
    Sometimes(
        "a job is cancelled while it waits for its second attempt",
        ("CANCEL-21",),
        lambda _a, _e, b: b.status is RUNNABLE and b.past.placements == 1 and b.past.cancelled_before,
        2,
    ),
    Sometimes(
        "the last attempt succeeds",
        ("RETRY-03",),
        lambda _a, _e, b: b.status is SUCCEEDED and b.past.placements == b.memory.attempts,
    ),
)

_QUEUE = frozenset({Event.EVALUATE, Event.REMOVE, Event.PLACE, Event.START})
_ENDS = frozenset({Event.EXIT_ZERO, Event.EXIT_RETRY, Event.EXIT_FINAL})


def _ended(at: Moment) -> bool:
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
        when=lambda at: at.status is RUNNABLE and at.past.to_leave,
        goal=lambda at: at.status is FAILED or at.status in STARTED,
        fair=frozenset({Event.REMOVE}),
    ),
    Eventually(
        "a cancel accepted in PENDING leads to FAILED once the dependencies have ended",
        ("L3", "CANCEL-04", "CANCEL-05"),
        when=lambda at: at.status is PENDING and at.past.to_leave,
        goal=lambda at: at.status is FAILED,
        fair=DEPENDENCY_EVENTS | {Event.REMOVE},
    ),
    Eventually(
        "a terminate accepted before STARTING ends the job",
        ("L2", "L3", "TERM-03"),
        when=lambda at: at.status in BEFORE_STARTING and at.past.stop_asked,
        goal=_ended,
        fair=_QUEUE | _ENDS | DEPENDENCY_EVENTS | {Event.STOP},
    ),
    Eventually(
        "a terminate accepted in STARTING or RUNNING ends the job when its process ends",
        ("L4", "TERM-02"),
        when=lambda at: at.status in STARTED and at.past.stop_asked,
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
        when=lambda at: at.status is RUNNING and at.past.late,
        goal=_ended,
        fair=_ENDS,
    ),
)


def findings(graph: Graph[Configuration]) -> Iterator[Finding]:
    """Every property that this graph breaks, each with a shortest life that shows it, as it is found."""
    lives = with_past(graph)
    yield from possible(lives, POSSIBLE)
    yield from always(lives, ALWAYS)
    yield from sometimes(lives, SOMETIMES)
    yield from eventually(lives, EVENTUALLY)


def broken(graph: Graph[Configuration]) -> list[Finding]:
    """All of these; empty when every property holds."""
    return list(findings(graph))
