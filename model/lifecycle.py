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

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .event import Event
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


class Same(Enum):
    """The destination of a row that does not change the status."""

    SAME = "SAME"


SAME = Same.SAME


@dataclass(frozen=True, slots=True)
class Move:
    """One row: one move of one job's life. `rules` are ids of `model.promises`."""

    source: Status
    event: Event
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
    event: Event,
    destination: Status | Same,
    guard: tuple[Atom, ...],
    effect: tuple[Assignment, ...],
    rules: str,
) -> tuple[Move, ...]:
    """The rows that one line of the table stands for, one for each source. `rules` are ids with blanks between."""
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
    moves(SUBMITTED,       Event.EVALUATE,            PENDING,   (waits,),                     (),                  "ST-03"),
    moves(SUBMITTED,       Event.EVALUATE,            RUNNABLE,  (~waits,),                    (),                  "ST-03"),
    moves(SUBMITTED,       Event.DEPENDENCIES_MET,    SAME,      (waits,),                     (satisfied,),        "DEP-08"),
    moves(PENDING,         Event.DEPENDENCIES_MET,    RUNNABLE,  (waits,),                     (satisfied,),        "ST-04 DEP-02"),
    moves(SUBMITTED,       Event.DEPENDENCY_FAILED,   FAILED,    (waits,),                     (),                  "DEP-03"),
    moves(PENDING,         Event.DEPENDENCY_FAILED,   FAILED,    (waits,),                     (),                  "DEP-03"),
    moves(RUNNABLE,        Event.CHOOSE,              SAME,      (~chosen, ~removal_accepted), (choosing,),         "ST-06 CANCEL-05"),
    moves(RUNNABLE,        Event.PLACE,               STARTING,  (chosen,),                    (unchosen, counted), "ST-06 CANCEL-22"),
    moves(STARTING,        Event.START,               RUNNING,   (),                           (),                  "ST-07"),

    # CancelJob: recorded at once, carried out when the service gets to it.
    moves(BEFORE_STARTING, Event.CANCEL,              SAME,      (cancel_overrides,),  (to_remove, no_retry, shown_cancelled), "CANCEL-02 CANCEL-03 CANCEL-15"),
    moves(BEFORE_STARTING, Event.CANCEL,              SAME,      (~cancel_overrides,), (to_remove, shown_cancelled),           "CANCEL-02 CANCEL-03 CANCEL-15"),
    moves(STARTED,         Event.CANCEL,              SAME,      (cancel_overrides,),  (no_retry, shown_cancelled),            "CANCEL-06 CANCEL-07 CANCEL-19"),
    moves(STARTED,         Event.CANCEL,              SAME,      (~cancel_overrides,), (shown_cancelled,),                     "CANCEL-06 CANCEL-07 CANCEL-19"),
    moves(TERMINAL,        Event.CANCEL,              SAME,      (),                   (),                                     "CANCEL-09"),

    # TerminateJob: before STARTING a removal, afterwards a stop.
    moves(BEFORE_STARTING, Event.TERMINATE,           SAME,      (sets_is_terminated,), (to_remove, to_stop, no_retry, shown_terminated),                  "TERM-03 TERM-12 TERM-15"),
    moves(BEFORE_STARTING, Event.TERMINATE,           SAME,      (sets_is_cancelled,),  (to_remove, to_stop, no_retry, shown_cancelled),                   "TERM-03 TERM-12 TERM-15"),
    moves(BEFORE_STARTING, Event.TERMINATE,           SAME,      (sets_both,),          (to_remove, to_stop, no_retry, shown_cancelled, shown_terminated), "TERM-03 TERM-12 TERM-15"),
    moves(STARTED,         Event.TERMINATE,           SAME,      (),                    (to_stop, no_retry, shown_terminated),                             "TERM-02 TERM-12 TERM-14"),
    moves(TERMINAL,        Event.TERMINATE,           SAME,      (),                    (),                                                                "TERM-16"),

    # Carrying them out.
    moves(SUBMITTED,       Event.REMOVE,              FAILED,    (removal_accepted,),                                     (),                         "CANCEL-02"),
    moves(PENDING,         Event.REMOVE,              FAILED,    (removal_accepted, ~pending_cancel_waits),               (),                         "CANCEL-04"),
    moves(PENDING,         Event.REMOVE,              FAILED,    (removal_accepted, pending_cancel_waits, stop_accepted), (),                         "TERM-04"),
    moves(RUNNABLE,        Event.REMOVE,              FAILED,    (removal_accepted,),                                     (),                         "CANCEL-03"),
    moves(STARTED,         Event.LOSE_CANCEL,         SAME,      (removal_accepted, ~stop_accepted, ~cancel_overrides),   (unremoved,),               "CANCEL-22"),
    moves(STARTED,         Event.STOP,                SAME,      (stop_accepted, ~stop_sent),                             (stopping,),                "TERM-02 TERM-07"),
    moves(STARTING,        Event.ABORT_START,         FAILED,    (stop_accepted,),                                        (),                         "TERM-26"),
    moves(RUNNING,         Event.TIME_OUT,            SAME,      (~timed_out,),                                           (late, no_retry, stopping), "TO-06 TO-07"),

    # The end of an attempt.
    moves(RUNNING,         Event.EXIT_ZERO,           SUCCEEDED, (~stop_sent,),                                 (), "ST-08 TERM-06"),
    moves(RUNNING,         Event.EXIT_ZERO,           SUCCEEDED, (stop_sent, ~stop_accepted),                   (), "TO-14"),
    moves(RUNNING,         Event.EXIT_ZERO,           FAILED,    (stop_sent, stop_accepted, zero_still_fails),  (), "TERM-02 TERM-11"),
    moves(RUNNING,         Event.EXIT_ZERO,           SUCCEEDED, (stop_sent, stop_accepted, ~zero_still_fails), (), "ST-08 TERM-11"),
    moves(RUNNING,         Event.EXIT_ZERO_OVERRULED, FAILED,    (timed_out,),                                  (), "TO-06 TO-14"),
    moves(RUNNING,         Event.EXIT_RETRY,          RUNNABLE,  (attempts_left, ~retry_overridden),            (), "ST-09 RETRY-09"),
    moves(RUNNING,         Event.EXIT_RETRY,          FAILED,    (attempts_left, retry_overridden),             (), "RETRY-20"),
    moves(RUNNING,         Event.EXIT_RETRY,          FAILED,    (~attempts_left,),                             (), "RETRY-28 RETRY-26"),
    moves(RUNNING,         Event.EXIT_FINAL,          FAILED,    (),                                            (), "RETRY-27"),

    # Faults. None is the job's own doing; the kit assumes that they do not happen and says when that would excuse a service.
    moves(STARTING,        Event.START_FAILED,        RUNNABLE,  (attempts_left, ~retry_overridden), (), "ST-11"),
    moves(STARTING,        Event.START_FAILED,        FAILED,    (attempts_left, retry_overridden),  (), "ST-12 RETRY-20"),
    moves(STARTING,        Event.START_FAILED,        FAILED,    (~attempts_left,),                  (), "ST-12"),
    moves(STARTED,         Event.HOST_LOST,           RUNNABLE,  (attempts_left, ~retry_overridden), (), "RETRY-19 RETRY-30"),
    moves(STARTED,         Event.HOST_LOST,           FAILED,    (attempts_left, retry_overridden),  (), "RETRY-20 RETRY-30"),
    moves(STARTED,         Event.HOST_LOST,           FAILED,    (~attempts_left,),                  (), "RETRY-28 RETRY-30"),
    moves(STARTED,         Event.FAULT_FINAL,         FAILED,    (),                                 (), "RETRY-27"),
    moves(BEFORE_STARTING, Event.GIVE_UP,             FAILED,    (),                                 (), "ST-13"),
)
# fmt: on

MOVES: tuple[Move, ...] = tuple(move for line in _LINES for move in line)
"""Every row, one status each. The server runs these; everything that is drawn or checked is derived from them."""
