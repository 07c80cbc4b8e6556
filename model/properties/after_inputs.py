"""What follows each input: the founding claims by name, what each event leads to, and where each can come.

Stated over what was asked of a job and what befell it (`past.py`), never over the flags of its memory. The only parts
of the memory that are asked for are those that are shown (isCancelled, isTerminated, the number of attempts), whether
SIGTERM was sent without a cause, how many attempts the strategy allows, and the answers of the readings.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..event import Event
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
from .past import Moment
from .proving import Always, Possible

_FAILURES = frozenset({Event.EXIT_RETRY, Event.START_FAILED, Event.HOST_LOST})
"""The events that a retry strategy may answer with a further attempt."""

_ENDS_IN: Mapping[Event, Status] = {
    Event.PLACE: STARTING,
    Event.START: RUNNING,
    Event.DEPENDENCY_FAILED: FAILED,
    Event.REMOVE: FAILED,
    Event.ABORT_START: FAILED,
    Event.EXIT_ZERO_OVERRULED: FAILED,
    Event.EXIT_FINAL: FAILED,
    Event.FAULT_FINAL: FAILED,
    Event.GIVE_UP: FAILED,
}
_STAYS = frozenset(
    {Event.CANCEL, Event.TERMINATE, Event.CHOOSE, Event.LOSE_CANCEL, Event.STOP, Event.TIME_OUT},
)


def _left_in_queue(at: Moment) -> bool:
    """Whether the job waits for a placement, and none is under way."""
    return at.status in BEFORE_STARTING and not at.past.placing


def _only_cancelled(at: Moment) -> bool:
    """Whether a job that has started was cancelled since, and nothing else was asked of it or befell it."""
    return at.status in STARTED and at.past.cancelled_while and not (at.past.stop_asked or at.past.late)


def _exit_zero_fails(at: Moment) -> bool:
    """Whether exit code 0 comes too late to count: a terminate was accepted and its stop was sent."""
    return at.past.stop_asked and at.past.signalled and at.memory.exit_zero_after_terminate == "FAILED"


def _shows_cancelled(at: Moment) -> bool:
    sets = at.memory.terminate_before_starting_sets
    return at.past.cancelled or (at.past.terminated_before and sets in ("isCancelled", "both"))


def _shows_terminated(at: Moment) -> bool:
    sets = at.memory.terminate_before_starting_sets
    return at.past.terminated_while or (at.past.terminated_before and sets in ("isTerminated", "both"))


FOUNDING: tuple[Always, ...] = (
    Always(
        "CancelJob drops what has not reached STARTING: it ends FAILED and never runs",
        ("S5", "CANCEL-02", "CANCEL-03"),
        lambda a, _, b: (
            not (a.past.cancelled_before and a.past.to_leave and _left_in_queue(a))
            or b.status is FAILED
            or _left_in_queue(b)
        ),
    ),
    Always(
        "CancelJob lets STARTING and RUNNING finish: no signal, no start given up",
        ("S6", "CANCEL-06", "CANCEL-07"),
        lambda a, e, b: (
            not _only_cancelled(a)
            or (e not in (Event.STOP, Event.ABORT_START) and (b.past.late or not b.memory.stop_sent))
        ),
    ),
    Always(
        "a job that was cancelled while it ran succeeds by its own exit code 0",
        ("S6", "CANCEL-07", "ST-08"),
        lambda a, e, b: not (_only_cancelled(a) and e is Event.EXIT_ZERO) or b.status is SUCCEEDED,
    ),
    Always(
        "CancelJob overrides the retry strategy of what has started",
        ("S7", "CANCEL-18", "CANCEL-19"),
        lambda a, e, b: (
            not (_only_cancelled(a) and e in _FAILURES and a.memory.cancel_overrides_retry == "yes")
            or b.status is FAILED
        ),
    ),
    Always(
        "where CancelJob does not override the retry strategy, a failed attempt is tried again as usual",
        ("CANCEL-19",),
        lambda a, e, b: (
            not (_only_cancelled(a) and e in _FAILURES and a.memory.cancel_overrides_retry == "no")
            or (b.status is RUNNABLE) is a.attempts_left
        ),
    ),
    Always(
        "TerminateJob drops what has not reached STARTING: it ends FAILED and never runs",
        ("S5", "TERM-03"),
        lambda a, _, b: not (a.past.terminated_before and _left_in_queue(a)) or b.status is FAILED or _left_in_queue(b),
    ),
    Always(
        "what TerminateJob stopped ends FAILED",
        ("L4", "TERM-02", "TERM-11"),
        lambda a, e, b: (
            not (a.past.stop_asked and a.past.signalled and b.status.terminal and not a.status.terminal)
            or b.status is FAILED
            or (e is Event.EXIT_ZERO and a.memory.exit_zero_after_terminate == "SUCCEEDED")
        ),
    ),
    Always(
        "TerminateJob overrides the retry strategy",
        ("S7", "TERM-12"),
        lambda a, e, b: not (a.past.stop_asked and a.status in STARTED and e in _FAILURES) or b.status is FAILED,
    ),
)
"""The claims with which the project began, of CancelJob and of TerminateJob."""

AFTER_INPUTS: tuple[Always, ...] = (
    *FOUNDING,
    Always(
        "nothing leaves SUBMITTED for RUNNABLE before its dependencies are met, and nothing else waits in PENDING",
        ("S4", "ST-03", "ST-04", "DEP-02"),
        lambda a, e, b: e is not Event.EVALUATE or b.status is (PENDING if a.past.outstanding else RUNNABLE),
    ),
    Always(
        "dependencies that are met lead from PENDING to RUNNABLE, and change nothing before",
        ("ST-04", "DEP-08"),
        lambda a, e, b: e is not Event.DEPENDENCIES_MET or b.status is (RUNNABLE if a.status is PENDING else SUBMITTED),
    ),
    Always(
        "each event leads where its name says",
        ("ST-06", "ST-07", "ST-13", "DEP-03", "CANCEL-02", "TERM-26", "TO-06", "RETRY-27"),
        lambda _a, e, b: e not in _ENDS_IN or b.status is _ENDS_IN[e],
    ),
    Always(
        "what only asks, decides or signals changes no status",
        ("CANCEL-08", "TERM-05", "TERM-07", "TO-06"),
        lambda a, e, b: e not in _STAYS or a.status is b.status,
    ),
    Always(
        "a failed attempt is tried again exactly while attempts are left and nothing overrides the strategy",
        ("S7", "ST-09", "ST-11", "RETRY-09", "RETRY-19", "RETRY-20", "RETRY-28"),
        lambda a, e, b: (
            e not in _FAILURES or b.status is (RUNNABLE if a.attempts_left and not a.retry_overridden else FAILED)
        ),
    ),
    Always(
        "exit code 0 means SUCCEEDED, but for a job that TerminateJob stopped",
        ("ST-08", "TERM-06", "TERM-11", "TO-14"),
        lambda a, e, b: e is not Event.EXIT_ZERO or b.status is (FAILED if _exit_zero_fails(a) else SUCCEEDED),
    ),
    Always(
        "as many attempts are counted as were placed",
        ("S8", "S19", "RETRY-23", "RETRY-24"),
        lambda _a, _e, b: b.memory.attempt == b.past.placements,
    ),
    Always(
        "isCancelled is shown from the accepted request on, and never without one",
        ("CANCEL-15", "TERM-15"),
        lambda _a, _e, b: b.memory.is_cancelled is _shows_cancelled(b),
    ),
    Always(
        "isTerminated is shown from the accepted request on, and never without one",
        ("TERM-14", "TERM-15"),
        lambda _a, _e, b: b.memory.is_terminated is _shows_terminated(b),
    ),
)


def _remove(at: Moment) -> bool:
    waits = at.memory.pending_cancel == "waits"
    held = at.status is PENDING and waits and not at.past.stop_asked
    return at.status in BEFORE_STARTING and at.past.to_leave and not held


POSSIBLE: tuple[Possible, ...] = (
    Possible("CancelJob is answered in every status", ("S15", "CANCEL-08", "CANCEL-09"), Event.CANCEL, lambda _: True),
    Possible(
        "TerminateJob is answered in every status", ("S15", "TERM-05", "TERM-16"), Event.TERMINATE, lambda _: True
    ),
    Possible("what is SUBMITTED is looked at", ("L1", "ST-03"), Event.EVALUATE, lambda at: at.status is SUBMITTED),
    Possible(
        "dependencies can be met while the job waits for them",
        ("ST-04", "DEP-02", "DEP-08"),
        Event.DEPENDENCIES_MET,
        lambda at: at.status in (SUBMITTED, PENDING) and at.past.outstanding,
    ),
    Possible(
        "a dependency can fail while the job waits for it",
        ("L5", "DEP-03"),
        Event.DEPENDENCY_FAILED,
        lambda at: at.status in (SUBMITTED, PENDING) and at.past.outstanding,
    ),
    Possible(
        "a placement can begin for what is RUNNABLE and is not to leave the queue",
        ("S5", "L7", "ST-06", "CANCEL-05"),
        Event.CHOOSE,
        lambda at: at.status is RUNNABLE and not at.past.placing and not at.past.to_leave,
    ),
    Possible(
        "a placement is done after it began, also when a cancel came meanwhile",
        ("ST-06", "CANCEL-22"),
        Event.PLACE,
        lambda at: at.status is RUNNABLE and at.past.placing,
    ),
    Possible("what is STARTING can start", ("ST-07",), Event.START, lambda at: at.status is STARTING),
    Possible(
        "a removal is carried out exactly where one was asked for",
        ("L2", "L3", "CANCEL-02", "CANCEL-03", "CANCEL-04", "TERM-03", "TERM-04"),
        Event.REMOVE,
        _remove,
    ),
    Possible(
        "only a cancel that came too late, and overrides nothing, is forgotten",
        ("CANCEL-22",),
        Event.LOSE_CANCEL,
        lambda at: (
            at.status in STARTED
            and at.past.to_leave
            and not at.past.stop_asked
            and at.memory.cancel_overrides_retry == "no"
        ),
    ),
    Possible(
        "TerminateJob also stops what runs: SIGTERM is sent once, and to nothing else",
        ("S6", "L4", "TERM-02", "TERM-07", "CANCEL-07"),
        Event.STOP,
        lambda at: at.status in STARTED and at.past.stop_asked and not at.past.signalled,
    ),
    Possible(
        "a start is given up only after a terminate",
        ("TERM-26",),
        Event.ABORT_START,
        lambda at: at.status is STARTING and at.past.stop_asked,
    ),
    Possible(
        "what is RUNNING can reach its timeout once",
        ("L8", "TO-06", "TO-07"),
        Event.TIME_OUT,
        lambda at: at.status is RUNNING and not at.past.late,
    ),
    Possible("what is RUNNING can exit 0", ("ST-08",), Event.EXIT_ZERO, lambda at: at.status is RUNNING),
    Possible(
        "exit code 0 may be overruled after a timeout, and only then",
        ("TO-06", "TO-14"),
        Event.EXIT_ZERO_OVERRULED,
        lambda at: at.status is RUNNING and at.past.late,
    ),
    Possible("what is RUNNING can fail", ("ST-09",), Event.EXIT_RETRY, lambda at: at.status is RUNNING),
    Possible(
        "what is RUNNING can fail in a way that is not tried again",
        ("RETRY-27",),
        Event.EXIT_FINAL,
        lambda at: at.status is RUNNING,
    ),
    Possible("a start can fail", ("ST-11", "ST-12"), Event.START_FAILED, lambda at: at.status is STARTING),
    Possible(
        "a host can be lost under what has started",
        ("RETRY-19", "RETRY-30"),
        Event.HOST_LOST,
        lambda at: at.status in STARTED,
    ),
    Possible(
        "a fault that is not tried again can befall what has started",
        ("RETRY-27",),
        Event.FAULT_FINAL,
        lambda at: at.status in STARTED,
    ),
    Possible(
        "what has not started can be given up", ("ST-13",), Event.GIVE_UP, lambda at: at.status in BEFORE_STARTING
    ),
)
"""One for each event. A row that is gone, or that comes where nobody asked for it, breaks the one of its event."""
