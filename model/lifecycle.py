"""The life of one job, as data: every move that AWS documents, one row each.

How a row reads
    In SOURCE, when EVENT happens and all of GUARD holds, the job goes to DESTINATION, its memory changes by EFFECT,
    because of RULES. A source may be several statuses; `SAME` stays where it is. Guards of one (status, event) pair
    exclude each other, so the order of rows means nothing, and two runs of the same events end alike: what a service
    may choose is an event of its own, so nothing is decided by chance inside the table.

Which machines there are
    This table is the life of one job that runs: a plain job, the child of an array, a node of a multi-node job. A
    configuration is its status and what it remembers (`memory.py`: two counters, some flags, the readings), so its
    lives are finitely many configurations, and all of them can be enumerated (`explore.py`) and proved upon
    (`properties.py`). Three smaller machines stand beside it, and none of them is run by `transitions`:

        the end of an attempt   an exit code and some reasons become one of the events below (`attempts.py`): the
                                retry strategy says RETRY or EXIT, and nothing else; whether an attempt is left, and
                                whether something overrides the strategy, is asked by the guards here
        dependencies            the statuses of other jobs become `dependencies_met` or `dependency_failed`
                                (`dependencies.py`); this table knows only that the job `waits`
        parents and main nodes  the status of an array parent is derived from its children (`arrays.py`), that of a
                                multi-node job is its main node's (`multinode.py`): no row moves them

    Service jobs (SageMaker) have a status more and rules of their own (SVC-01 to SVC-22); they have no table yet.

Who sees what
    No event is seen. An observer from outside has three windows. Reads (DescribeJobs, ListJobs) show the status and
    the two flags of some moment while the read was under way; polls skip statuses, and what a service shows may lag
    behind (ST-16, ST-30), or even go back. Requests are his own, and take effect at some moment between the
    call and its answer, or later if the answer was lost. And where the jobs run on his machine, the process of an
    attempt reports by itself that it began and that it got a SIGTERM, and waits at a gate until it is let go. The
    monitor (`monitor/`) keeps every configuration that explains all of this, under each reading; `knowledge.py`
    says which events may happen unseen meanwhile. What it may conclude is therefore less than what is true, and it
    never convicts a service that some life of this table explains.

Accepted, and carried out
    A 200 says that a request was accepted, no more (CANCEL-08, TERM-05). So `cancel` and `terminate` never change a
    status here: they set flags, one or two of which reads show. What the flags ask for is carried out by events of
    the service itself: `remove` takes out of the queue what has not started, `stop` sends SIGTERM to what has.
    Between the two lies all that makes the founding question hard: the process may exit first (TERM-06), a placement
    may win (CANCEL-22), a PENDING job may have to wait until its dependencies have ended (CANCEL-04). That the job
    ends FAILED is then the doing of `remove`, or of the end of its attempt, and not of the request.

Why `choose` and `place` are two
    A RUNNABLE job becomes STARTING when a host has it, but a service has decided on that host earlier. `choose` is
    the decision, `place` the moment at which the status changes, and `chosen` is remembered between them. No `choose`
    follows an accepted removal, while a `place` that was under way still may: so the race that a cancel can lose is
    a row and no deadline, and where the queue was full when the cancel was accepted, a job that starts all the same
    is a violation (CANCEL-05, S5). The attempt is counted by `place`.

What urgent means
    An urgent event is one that a working service does not put off for ever once a row allows it: to look at a new
    job, to carry out what it accepted, to end a job whose process has ended. Nothing says how soon. It matters where
    an observer waits: if the job still shows the same after all the time that a service is given, every life in
    which something urgent is possible is ruled out. `choose` is not urgent, for capacity is never promised (ST-05),
    nor is a timeout, which is best effort (TO-05). What a service may do instead (`Comes.PERHAPS`) is never owed.

What a reading is, and what a freedom
    Where AWS's documents conflict, or say nothing, and one service gives one answer to all jobs, the answer is a
    reading: a field of the memory that never changes, and a guard that asks for it (`reading(name, value)`). It is
    inferred from what is seen; two jobs of one service that exclude each other's answers are a violation. What a
    service may decide anew each time is a freedom: it is an event, or two events that are possible at once, and
    nothing is concluded from which one came. Both are listed in `readings.py`.

Why faults are events
    A host is lost, a container never comes up, a job is given up because its queue was deleted. None is the job's
    doing, all change its status, and left out of the table each would look like a fault of the service. As events
    they can be assumed away by name, and a violation that they would explain says so (the kit calls it an excuse).

What the table does not say
    when anything happens   there is no clock. Grace time, timeouts and time limits are numbers of `limits.py`; the
                            table only says what follows once they are over
    how soon                see above: urgent is not prompt
    order among jobs        queues, priorities, shares, capacity: what is placed first is no matter of one job's life
    which text a reason has, which times and members a read shows, what a request is refused for
    that a job exists       SubmitJob is where a life begins (ST-02), deleting what has ended is where nobody looks
                            any more (ST-18)
    what a process does     only how it ended; what it printed, spawned or ignored is between it and its host
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
