"""The life of one job, as data: every move that AWS documents, one row each.

A row reads: in SOURCE, when EVENT happens and all of GUARD holds, the job goes to DESTINATION, its memory changes
by EFFECT, because of RULES. A source may be several statuses; `SAME` stays where it is. Guards of one (status,
event) pair exclude each other, so the order of rows means nothing. What a service may choose is an event of its
own, so nothing is decided by chance inside the table.

Not here: array parents and multi-node jobs, which are derived from their children (`arrays.py`) and their main node
(`multinode.py`); what other jobs mean for one that waits for them, and what the end of an attempt means for the retry
strategy, which `dependencies.py` and `attempts.py` turn into events below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from .memory import (
    Assignment,
    Atom,
    attempts_left,
    choosing,
    chosen,
    counted,
    late,
    no_retry,
    reading,
    removal_accepted,
    retry_overridden,
    satisfied,
    shown_cancelled,
    shown_terminated,
    stop_accepted,
    stop_sent,
    stopping,
    timed_out,
    to_remove,
    to_stop,
    unchosen,
    unremoved,
    waits,
)
from .status import (
    BEFORE_STARTING,
    FAILED,
    PENDING,
    RUNNABLE,
    RUNNING,
    STARTED,
    STARTING,
    SUBMITTED,
    SUCCEEDED,
    TERMINAL,
    Status,
)


class Kind(Enum):
    """Who makes an event happen."""

    REQUEST = "an accepted API call"
    SERVICE = "the service's own doing"
    PROCESS = "the job's process ended"
    DEPENDENCY = "a job that this one depends on ended"
    FAULT = "something broke: a host, a start, a rule checked late"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that can happen in a job's life. `urgent`: a working service does not put it off for ever."""

    name: str
    kind: Kind
    says: str
    urgent: bool = False


EVENTS: Mapping[str, Event] = {
    event.name: event
    for event in (
        Event("cancel", Kind.REQUEST, "CancelJob is accepted"),
        Event("terminate", Kind.REQUEST, "TerminateJob is accepted"),
        Event("evaluate", Kind.SERVICE, "the scheduler looks at the job for the first time", urgent=True),
        Event("choose", Kind.SERVICE, "a placement begins"),  # ST-05: never promised
        Event("place", Kind.SERVICE, "the placement is done", urgent=True),
        Event("start", Kind.SERVICE, "the container is up", urgent=True),
        Event("remove", Kind.SERVICE, "an accepted removal is carried out", urgent=True),
        Event("lose_cancel", Kind.SERVICE, "a cancel that came too late is forgotten"),
        Event("stop", Kind.SERVICE, "SIGTERM is sent", urgent=True),
        Event("abort_start", Kind.SERVICE, "a start is given up because of a terminate"),
        Event("time_out", Kind.SERVICE, "attemptDurationSeconds have passed: SIGTERM is sent"),
        Event("dependencies_met", Kind.DEPENDENCY, "every job that this one depends on has succeeded", urgent=True),
        Event("dependency_failed", Kind.DEPENDENCY, "a job that this one depends on has failed", urgent=True),
        Event("exit_zero", Kind.PROCESS, "the process exits 0", urgent=True),
        Event("exit_zero_overruled", Kind.PROCESS, "the process exits 0 after its timeout, and it does not count"),
        Event("exit_retry", Kind.PROCESS, "the attempt fails, and the retry strategy does not say EXIT", urgent=True),
        Event("exit_final", Kind.PROCESS, "the attempt fails, and an evaluateOnExit entry says EXIT", urgent=True),
        Event("start_failed", Kind.FAULT, "the container never came up"),
        Event("host_lost", Kind.FAULT, "the host went away under the attempt"),
        Event("fault_final", Kind.FAULT, "a fault for which an evaluateOnExit entry says EXIT"),
        Event("give_up", Kind.FAULT, "late validation, a deleted queue or a time limit action ends the job"),
    )
}


class Same(Enum):
    """The destination of a row that does not change the status."""

    SAME = "SAME"


SAME = Same.SAME


@dataclass(frozen=True, slots=True)
class Move:
    """One row: one move of one job's life. `rules` are ids of `model.promises`."""

    source: Status
    event: str
    destination: Status
    guard: tuple[Atom, ...]
    effect: tuple[Assignment, ...]
    rules: tuple[str, ...]

    @property
    def label(self) -> str:
        """
        The row in one line, as a diagram writes it.

        >>> MOVES[0].label
        'evaluate [dependencies outstanding]'
        """
        guard = f" [{', '.join(atom.label for atom in self.guard)}]" if self.guard else ""
        effect = f" / {', '.join(change.says for change in self.effect)}" if self.effect else ""
        return f"{self.event}{guard}{effect}"


def moves(
    sources: Status | Iterable[Status],
    event: str,
    destination: Status | Same,
    guard: tuple[Atom, ...],
    effect: tuple[Assignment, ...],
    rules: str,
) -> tuple[Move, ...]:
    """The rows that one line of the table stands for, one for each source. `rules` are ids with blanks between."""
    assert event in EVENTS, f"no event {event}"
    return tuple(
        Move(
            source, event, source if isinstance(destination, Same) else destination, guard, effect, tuple(rules.split())
        )
        for source in ([sources] if isinstance(sources, Status) else sources)
    )


# The answers that a service may give to each reading.
cancel_overrides = reading("cancel_overrides_retry", "yes")
pending_cancel_waits = reading("pending_cancel", "waits")
zero_still_fails = reading("exit_zero_after_terminate", "FAILED")
sets_is_terminated = reading("terminate_before_starting_sets", "isTerminated")
sets_is_cancelled = reading("terminate_before_starting_sets", "isCancelled")
sets_both = reading("terminate_before_starting_sets", "both")

# fmt: off
_LINES = (
    # From the queue to a host.
    moves(SUBMITTED, "evaluate",         PENDING,   (waits,),                                   (),             "ST-03"),
    moves(SUBMITTED, "evaluate",         RUNNABLE,  (~waits,),                                  (),             "ST-03"),
    moves(SUBMITTED, "dependencies_met", SAME,      (waits,),                                   (satisfied,),   "DEP-08"),
    moves(PENDING,   "dependencies_met", RUNNABLE,  (waits,),                                   (satisfied,),   "ST-04 DEP-02"),
    moves(SUBMITTED, "dependency_failed", FAILED,   (waits,),                                   (),             "DEP-03"),
    moves(PENDING,   "dependency_failed", FAILED,   (waits,),                                   (),             "DEP-03"),
    moves(RUNNABLE,  "choose",           SAME,      (~chosen, ~removal_accepted),               (choosing,),    "ST-06 CANCEL-05"),
    moves(RUNNABLE,  "place",            STARTING,  (chosen,),                                  (unchosen, counted), "ST-06 CANCEL-22"),
    moves(STARTING,  "start",            RUNNING,   (),                                         (),             "ST-07"),

    # CancelJob: recorded at once, carried out when the service gets to it.
    moves(BEFORE_STARTING, "cancel",     SAME,      (cancel_overrides,),                        (to_remove, no_retry, shown_cancelled), "CANCEL-02 CANCEL-03 CANCEL-15"),
    moves(BEFORE_STARTING, "cancel",     SAME,      (~cancel_overrides,),                       (to_remove, shown_cancelled),           "CANCEL-02 CANCEL-03 CANCEL-15"),
    moves(STARTED,   "cancel",           SAME,      (cancel_overrides,),                        (no_retry, shown_cancelled),            "CANCEL-06 CANCEL-07 CANCEL-19"),
    moves(STARTED,   "cancel",           SAME,      (~cancel_overrides,),                       (shown_cancelled,),                     "CANCEL-06 CANCEL-07 CANCEL-19"),
    moves(TERMINAL,  "cancel",           SAME,      (),                                         (),                                     "CANCEL-09"),

    # TerminateJob: before STARTING a removal, afterwards a stop.
    moves(BEFORE_STARTING, "terminate",  SAME,      (sets_is_terminated,),                      (to_remove, to_stop, no_retry, shown_terminated),                  "TERM-03 TERM-12 TERM-15"),
    moves(BEFORE_STARTING, "terminate",  SAME,      (sets_is_cancelled,),                       (to_remove, to_stop, no_retry, shown_cancelled),                   "TERM-03 TERM-12 TERM-15"),
    moves(BEFORE_STARTING, "terminate",  SAME,      (sets_both,),                               (to_remove, to_stop, no_retry, shown_cancelled, shown_terminated), "TERM-03 TERM-12 TERM-15"),
    moves(STARTED,   "terminate",        SAME,      (),                                         (to_stop, no_retry, shown_terminated), "TERM-02 TERM-12 TERM-14"),
    moves(TERMINAL,  "terminate",        SAME,      (),                                         (),             "TERM-16"),

    # Carrying them out.
    moves(SUBMITTED, "remove",           FAILED,    (removal_accepted,),                        (),             "CANCEL-02"),
    moves(PENDING,   "remove",           FAILED,    (removal_accepted, ~pending_cancel_waits),  (),             "CANCEL-04"),
    moves(PENDING,   "remove",           FAILED,    (removal_accepted, pending_cancel_waits, stop_accepted), (), "TERM-04"),
    moves(RUNNABLE,  "remove",           FAILED,    (removal_accepted,),                        (),             "CANCEL-03"),
    moves(STARTED,   "lose_cancel",      SAME,      (removal_accepted, ~stop_accepted, ~cancel_overrides), (unremoved,), "CANCEL-22"),
    moves(STARTED,   "stop",             SAME,      (stop_accepted, ~stop_sent),                (stopping,),    "TERM-02 TERM-07"),
    moves(STARTING,  "abort_start",      FAILED,    (stop_accepted,),                           (),             "TERM-26"),
    moves(RUNNING,   "time_out",         SAME,      (~timed_out,),                              (late, no_retry, stopping), "TO-06 TO-07"),

    # The end of an attempt.
    moves(RUNNING,   "exit_zero",        SUCCEEDED, (~stop_sent,),                              (),             "ST-08 TERM-06"),
    moves(RUNNING,   "exit_zero",        SUCCEEDED, (stop_sent, ~stop_accepted),                (),             "TO-14"),
    moves(RUNNING,   "exit_zero",        FAILED,    (stop_sent, stop_accepted, zero_still_fails), (),           "TERM-02 TERM-11"),
    moves(RUNNING,   "exit_zero",        SUCCEEDED, (stop_sent, stop_accepted, ~zero_still_fails), (),          "ST-08 TERM-11"),
    moves(RUNNING,   "exit_zero_overruled", FAILED, (timed_out,),                               (),             "TO-06 TO-14"),
    moves(RUNNING,   "exit_retry",       RUNNABLE,  (attempts_left, ~retry_overridden),         (),             "ST-09 RETRY-09"),
    moves(RUNNING,   "exit_retry",       FAILED,    (attempts_left, retry_overridden),          (),             "RETRY-20"),
    moves(RUNNING,   "exit_retry",       FAILED,    (~attempts_left,),                          (),             "RETRY-28 RETRY-26"),
    moves(RUNNING,   "exit_final",       FAILED,    (),                                         (),             "RETRY-27"),

    # Faults. None is the job's own doing; the kit assumes that they do not happen and says when that would excuse a service.
    moves(STARTING,  "start_failed",     RUNNABLE,  (attempts_left, ~retry_overridden),         (),             "ST-11"),
    moves(STARTING,  "start_failed",     FAILED,    (attempts_left, retry_overridden),          (),             "ST-12 RETRY-20"),
    moves(STARTING,  "start_failed",     FAILED,    (~attempts_left,),                          (),             "ST-12"),
    moves(STARTED,   "host_lost",        RUNNABLE,  (attempts_left, ~retry_overridden),         (),             "RETRY-19 RETRY-30"),
    moves(STARTED,   "host_lost",        FAILED,    (attempts_left, retry_overridden),          (),             "RETRY-20 RETRY-30"),
    moves(STARTED,   "host_lost",        FAILED,    (~attempts_left,),                          (),             "RETRY-28 RETRY-30"),
    moves(STARTED,   "fault_final",      FAILED,    (),                                         (),             "RETRY-27"),
    moves(BEFORE_STARTING, "give_up",    FAILED,    (),                                         (),             "ST-13"),
)
# fmt: on

MOVES: tuple[Move, ...] = tuple(move for line in _LINES for move in line)
"""Every row, one status each. The server runs these; everything that is drawn or checked is derived from them."""
