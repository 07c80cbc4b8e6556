"""Tables that are wrong by one small change each, for `--table wrong_servers.tables:TABLES[NAME]`.

What a row can say stands here, what no row can say in the files beside it. The server that runs a table cannot disagree with
it, so each of these is a service with one fault and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.memory import (
    Assignment,
    Atom,
    Other,
    attempts_left,
    no_retry,
    removal_accepted,
    shown_cancelled,
    shown_terminated,
    stop_accepted,
    to_stop,
    waits,
)
from batchproof.model.status import (
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

from .defining import TIMEOUTS
from .expected import expect, names

RIGHT = MOVES
"""The right table, by the way on which the wrong ones come."""

TABLES: dict[str, tuple[Move, ...]] = {}
"""By name; `EXPECTED` says what each breaks."""

Change = Callable[[Move], Iterable[Move]]
"""From one row of the right table to the rows that stand in its place."""


def rows(event: str, sources: Status | Iterable[Status], change: Change, *, only: tuple[Atom, ...] = ()) -> Change:
    """`change` for the rows of one event in these statuses; with `only`, for those whose guard has these atoms."""
    wanted = {sources} if isinstance(sources, Status) else set(sources)

    def changed(move: Move) -> Iterable[Move]:
        meant = move.event == event and move.source in wanted and set(only) <= set(move.guard)
        return change(move) if meant else (move,)

    return changed


def gone(_: Move) -> Iterable[Move]:
    """The row does not exist."""
    return ()


def to(destination: Status) -> Change:
    """The row leads elsewhere."""
    return lambda move: (replace(move, destination=destination),)


def also_when(*atoms: Atom) -> Change:
    """The row asks for more."""
    return lambda move: (replace(move, guard=(*move.guard, *atoms)),)


def not_asking(*atoms: Atom) -> Change:
    """The row does not ask for something."""
    return lambda move: (replace(move, guard=tuple(atom for atom in move.guard if atom not in atoms)),)


def also(*changes: Assignment) -> Change:
    """The row changes more of the memory."""
    return lambda move: (replace(move, effect=(*move.effect, *changes)),)


def without(*changes: Assignment) -> Change:
    """The row leaves out a change of the memory."""
    return lambda move: (replace(move, effect=tuple(change for change in move.effect if change not in changes)),)


def only_when(atom: Atom, change: Change) -> Change:
    """The change happens where `atom` holds; where it does not, the row is right."""
    return lambda move: (
        *(row for changed in change(move) for row in also_when(atom)(changed)),
        *also_when(~atom)(move),
    )


def swapped(move: Move) -> Iterable[Move]:
    """CancelJob and TerminateJob change places, for jobs that have started."""
    events = {"cancel": "terminate", "terminate": "cancel"}
    return (replace(move, event=events.get(move.event, move.event)) if move.source in STARTED else move,)


def odd(name: str, *changes: Change) -> None:
    """Define a wrong table of which no exact set of broken rules is said: a test of its own says what is to come of it."""
    table = MOVES
    for change in changes:
        table = tuple(row for move in table for row in change(move))
    assert table != MOVES, f"{name} changes nothing"
    TABLES[name] = table


def wrong(
    name: str, says: str, breaks: str, *changes: Change, unclear: str = "", blind: str = "", reach: str = "*"
) -> None:
    """Define one wrong table: the right one, changed row by row."""
    odd(name, *changes)
    expect(name, says, breaks, unclear=unclear, blind=blind, reach=reach)


# Atoms that the right table has no use for.
tried_before = ~Atom("attempt", "<", 1, "no attempt yet", "tried before")  # type: ignore[arg-type]
tried_once = Atom("attempt", "<", 2, "tried once at most", "tried twice")  # type: ignore[arg-type]
third_or_later = ~Atom("attempt", "<", 3, "two tries at most", "tried three times")  # type: ignore[arg-type]
may_be_retried = ~Atom("attempts", "=", 1, "a single attempt", "several attempts")  # type: ignore[arg-type]
one_more_left = ~Atom("attempts", "<", Other("attempt"), "more tries than attempts", "as many tries as attempts")
four_or_more = ~Atom("attempts", "<", 4, "three attempts at most", "four attempts or more")  # type: ignore[arg-type]
cancel_seen = Atom("is_cancelled", "=", True, "cancelled", "not cancelled")


# CancelJob.

wrong(
    "cancel is lost in RUNNABLE",
    "CancelJob on a RUNNABLE job is accepted and forgotten.",
    "CANCEL-03 CANCEL-18 CANCEL-21 CANCEL-24 CANCEL-31",
    rows("cancel", RUNNABLE, gone),
)
wrong(
    "cancel is lost between attempts",
    "CancelJob on a job that waits for its second attempt is accepted and forgotten.",
    "CANCEL-18 CANCEL-21",
    rows("cancel", RUNNABLE, also_when(~tried_before)),
)
wrong(
    "cancel is lost after two tries",
    "CancelJob on a job that waits for its third attempt, or a later one, is accepted and forgotten.",
    "CANCEL-18",
    rows("cancel", RUNNABLE, also_when(tried_once)),
)
wrong(
    "cancel is lost in PENDING",
    "CancelJob on a PENDING job is accepted and forgotten.",
    "CANCEL-04 CANCEL-05 CANCEL-14 CANCEL-15 CANCEL-24 CANCEL-27 CANCEL-28 CANCEL-35 BULK-11 BULK-12 BULK-17 RETRY-20",
    rows("cancel", PENDING, gone),
)
wrong(
    "a cancelled PENDING job starts anyway",
    "A cancelled PENDING job becomes RUNNABLE with its dependencies, and nothing takes it out there.",
    "CANCEL-03 CANCEL-04 CANCEL-05 CANCEL-14 CANCEL-15 CANCEL-18 CANCEL-21 CANCEL-24 CANCEL-27 CANCEL-28 CANCEL-31 CANCEL-35 "
    "TERM-03 BULK-11 BULK-12 BULK-17 RETRY-20",
    rows("remove", RUNNABLE, gone),
    rows("choose", RUNNABLE, not_asking(~removal_accepted)),
)
wrong(
    "a cancelled PENDING job hangs",
    "A PENDING job that was cancelled stays PENDING when its dependencies have succeeded.",
    "CANCEL-04 CANCEL-05 CANCEL-14 CANCEL-15 CANCEL-24 CANCEL-27 CANCEL-28 CANCEL-35 BULK-11 BULK-12 BULK-17 RETRY-20",
    rows("dependencies_met", PENDING, also_when(~removal_accepted)),
)
# What a terminate right behind such a cancel still does, TERM-28 sees or not.
wrong(
    "cancel stops",
    "CancelJob sends SIGTERM to a RUNNING job.",
    "CANCEL-07 CANCEL-19 BULK-11 BULK-12",
    rows("cancel", STARTED, also(to_stop)),
    blind="TERM-28",
)
wrong(
    "cancel fails a RUNNING job",
    "CancelJob makes a RUNNING job FAILED at once.",
    "CANCEL-07 CANCEL-19 BULK-11 BULK-12 RETRY-23",
    rows("cancel", STARTED, to(FAILED)),
    blind="TERM-28",
)
wrong(
    "cancel leaves the retry strategy alone",
    "A cancelled RUNNING job is tried again, though the server says that it follows the reading by which it is not.",
    "CANCEL-19",
    rows("cancel", STARTED, without(no_retry)),
)
wrong(
    "cancel does not show",
    "isCancelled is never true.",
    "CANCEL-15",
    rows("cancel", Status, without(shown_cancelled)),
)
wrong(
    "cancel fails what succeeded",
    "CancelJob makes a SUCCEEDED job FAILED.",
    "CANCEL-09 CANCEL-24",
    rows("cancel", SUCCEEDED, to(FAILED)),
    blind="CANCEL-08 CANCEL-12 CANCEL-13 BULK-02 BULK-03 BULK-04 BULK-12",
)

# TerminateJob.

wrong(
    "terminate is lost in RUNNABLE",
    "TerminateJob on a RUNNABLE job is accepted and forgotten.",
    "TERM-03 TERM-20",
    rows("terminate", RUNNABLE, gone),
)
wrong(
    "terminate is lost between attempts",
    "TerminateJob on a job that waits for its second attempt is accepted and forgotten.",
    "TERM-03",
    rows("terminate", RUNNABLE, also_when(~tried_before)),
)
wrong(
    "terminate is lost in PENDING",
    "TerminateJob on a PENDING job is accepted and forgotten.",
    "TERM-03 TERM-15 TERM-20",
    rows("terminate", PENDING, gone),
)
wrong(
    "terminate stops nothing",
    "TerminateJob on a RUNNING job is accepted, and its process is left alone.",
    "TERM-02 TERM-07 TERM-11 TERM-12 TERM-13 TERM-14 TERM-25 TERM-28 LIST-12 BULK-11 BULK-12 BULK-17 "
    "RETRY-20 TERM-20 TERM-21 TERM-22 MNP-04 Q-02",
    rows("stop", STARTED, gone),
    unclear="TERM-08 TERM-09 MNP-07 RETRY-34",
)
wrong(
    "terminate does not override the strategy",
    "A terminated RUNNING job with attempts left is tried again.",
    "TERM-12 BULK-11 BULK-12 RETRY-20 TERM-22",
    rows("terminate", STARTED, without(no_retry)),
)
wrong(
    "terminate does not override the strategy from the third try on",
    "A RUNNING job that is terminated in its third attempt, or a later one, is tried again.",
    "TERM-12",
    rows("terminate", STARTED, only_when(third_or_later, without(no_retry))),
)
wrong(
    "a terminated job that exits 0 is tried again",
    "Exit code 0 after a terminate leads back to RUNNABLE.",
    "TERM-11",
    rows("exit_zero", RUNNING, to(RUNNABLE), only=(stop_accepted,)),
)
wrong(
    "a terminated job succeeds",
    "A job that is stopped in its only attempt is SUCCEEDED, whatever its exit code.",
    "TERM-02 TERM-07 TERM-08 TERM-13 TERM-14 TERM-25 LIST-12 BULK-17 TERM-20 TERM-21 Q-02 ST-08",
    rows("exit_retry", RUNNING, only_when(stop_accepted, to(SUCCEEDED)), only=(~attempts_left,)),
    blind="TERM-09",  # it looks at the clock; whether its last read already shows the end is chance
)
wrong(
    "terminate does not show while running",
    "isTerminated is not true for a job that was terminated after it had started.",
    "TERM-14 LIST-12",
    rows("terminate", STARTED, without(shown_terminated)),
)
wrong(
    "terminate does not show before starting",
    "A job that was terminated before it started shows neither flag.",
    "TERM-15",
    rows("terminate", BEFORE_STARTING, without(shown_terminated)),
)
wrong(
    "terminate fails what succeeded",
    "TerminateJob makes a SUCCEEDED job FAILED.",
    "TERM-16 TERM-20",
    rows("terminate", SUCCEEDED, to(FAILED)),
    blind="BULK-02 BULK-04 BULK-12",
)
wrong(
    "cancel protects from terminate",
    "TerminateJob on a RUNNING job that was cancelled is accepted and forgotten.",
    "TERM-28",
    rows("terminate", STARTED, also_when(~cancel_seen)),
)
wrong(
    "cancel and terminate are swapped",
    "For a RUNNING job CancelJob does what TerminateJob should, and the other way round.",
    "CANCEL-07 CANCEL-19 TERM-02 TERM-07 TERM-08 TERM-09 TERM-11 TERM-12 TERM-13 TERM-14 TERM-25 LIST-12 BULK-11 "
    "BULK-12 BULK-17 RETRY-20 TERM-20 TERM-21 TERM-22 MNP-04 Q-02",
    swapped,
    unclear="MNP-07 RETRY-34",
    blind="TERM-28",
)

# The end of an attempt.

wrong(
    "one attempt too many",
    "attempts counts the tries after the first.",
    "RETRY-03 RETRY-04 RETRY-26 RETRY-28 RETRY-33 ST-34 TO-03",
    rows(
        "exit_retry", RUNNING, only_when(may_be_retried, only_when(one_more_left, to(RUNNABLE))), only=(~attempts_left,)
    ),
)
wrong(
    "one retry at most",
    "A job is tried twice, however many attempts it has.",
    "ST-09 CANCEL-18 RETRY-03 RETRY-23 RETRY-24 TERM-12",
    rows("exit_retry", RUNNING, only_when(~tried_once, to(FAILED)), only=(attempts_left,)),
    unclear="RETRY-04",
)
wrong(
    "EXIT is tried again",
    "An attempt for which evaluateOnExit says EXIT is tried again while attempts are left.",
    "RETRY-08 RETRY-11 RETRY-12 RETRY-13 RETRY-14 RETRY-27",
    rows("exit_final", RUNNING, only_when(attempts_left, to(RUNNABLE))),
)

# Dependencies.

wrong(
    "a failed dependency is ignored",
    "A PENDING job goes on waiting when what it waits for has failed.",
    "DEP-03 DEP-04 DEP-05 DEP-15 DEP-18 RETRY-36 CANCEL-28 CANCEL-31 TERM-25",
    rows("dependency_failed", PENDING, gone),
    unclear="ARR-08",
)
wrong(
    "a failed dependency starts its dependents",
    "A job runs when what it waits for has ended, also when that has failed.",
    "DEP-03 DEP-04 DEP-05 DEP-15 DEP-18 RETRY-36 CANCEL-28 CANCEL-31 TERM-25",
    rows("dependency_failed", PENDING, to(RUNNABLE)),
)
wrong(
    "a failed dependency is an attempt",
    "A PENDING job with several attempts is tried when what it waits for has failed.",
    "RETRY-36",
    rows("dependency_failed", PENDING, only_when(may_be_retried, to(RUNNABLE))),
)

# For tests of the server, which must do what these say.

odd("a cancelled RUNNABLE job is neither removed nor placed", rows("remove", RUNNABLE, gone))
odd("a failed job is always tried again", rows("exit_retry", Status, to(RUNNABLE), only=(~attempts_left,)))

# For random histories, which are to find them without a rule that looks there (`rare.py`).

odd("cancel is ignored after a retry", rows("cancel", Status, also_when(~tried_before)))
odd("terminate is lost in STARTING", rows("terminate", STARTING, gone))
odd(
    "one attempt too many from four on",
    rows(
        "exit_retry",
        RUNNING,
        only_when(four_or_more, only_when(one_more_left, to(RUNNABLE))),
        only=(~attempts_left,),
    ),
)


# Timeouts and lost hosts.

wrong(
    "a timeout is tried again",
    "A job whose attempt was ended by its timeout is tried again while it has attempts left.",
    "TO-06 TO-11 TO-15",
    rows("time_out", RUNNING, without(no_retry)),
    reach=f"{TIMEOUTS} RETRY-20",
)
wrong(
    "nothing ever times out",
    "Timeouts are taken and forgotten.",
    "TO-06 TO-07 TO-09 TO-11",
    rows("time_out", RUNNING, gone),
    unclear="TO-02 TO-03 TO-04 TO-10 TO-12 TO-15",
    reach=TIMEOUTS,
)
wrong(
    "a lost host fails the job",
    "A job whose host is lost is FAILED, whatever attempts are left.",
    "RETRY-03 RETRY-30",
    rows("host_lost", STARTED, to(FAILED)),
    reach="RETRY-30 RETRY-19",
)
wrong(
    "a lost host is tried again for ever",
    "A job whose host is lost is tried again, whatever attempts it has had.",
    "RETRY-30",
    rows("host_lost", STARTED, to(RUNNABLE)),
    reach="RETRY-30 RETRY-19",
)

# What no rule looks at: the monitor alone sees it.
odd("cancel fails a STARTING job", rows("cancel", STARTING, to(FAILED)))
names("CANCEL-06", "cancel fails a STARTING job")
odd("four attempts wait in PENDING", rows("evaluate", SUBMITTED, only_when(four_or_more, to(PENDING)), only=(~waits,)))
names("ST-03", "four attempts wait in PENDING")
names("DEP-02", "a failed dependency is an attempt", "a failed dependency starts its dependents")
