"""What must hold of every read of a job, and of every two of them: laws that no state of a job suspends.

The table of `lifecycle` says where a job may be; these say what a read that shows it there has to look like, and what may
not have changed since an earlier one. A read is a job as DescribeJobs shows it, in AWS's own members. A member that is
absent, null, zero or empty says nothing: clients are told to bear that (ST-23), so nothing is held against it but where a
rule promises that it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .limits import CONTAINER_REASON_CHARACTERS
from .status import BEFORE_STARTING, PENDING, RUNNING, STARTED, STARTING, SUBMITTED, SUCCEEDED, TERMINAL

Read = Mapping[str, Any]
"""A job as DescribeJobs shows it."""

FIRST_MS, LAST_MS = 10**12, 10**13
"""Milliseconds since 1970, of these centuries: seconds are a thousand times too few."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a read shows against a law.

    expected, observed   both sides, in words
    """

    expected: str
    observed: str


@dataclass(frozen=True, slots=True)
class Law:
    """
    One law. Exactly one of `one` and `two` is there.

    rule       the id of the promise that it is
    says       it, in a sentence
    one        what a single read shows against it
    two        what a read shows against it beside an earlier one, which was answered before it began
    rests_on   assumptions without which it proves nothing
    """

    rule: str
    says: str
    one: Callable[[Read], Iterator[Found]] | None = None
    two: Callable[[Read, Read], Iterator[Found]] | None = None
    rests_on: tuple[str, ...] = ()


LAWS: list[Law] = []
"""All of them, in the order of this file."""


OfOne: TypeAlias = Callable[[Read], Iterator[Found]]
OfTwo: TypeAlias = Callable[[Read, Read], Iterator[Found]]


def _one(rule: str, *rests_on: str) -> Callable[[OfOne], OfOne]:
    def register(law: OfOne) -> OfOne:
        LAWS.append(Law(rule, _sentence(law), one=law, rests_on=rests_on))
        return law

    return register


def _two(rule: str, *rests_on: str) -> Callable[[OfTwo], OfTwo]:
    def register(law: OfTwo) -> OfTwo:
        LAWS.append(Law(rule, _sentence(law), two=law, rests_on=rests_on))
        return law

    return register


def _sentence(law: Callable) -> str:
    return (law.__doc__ or "").strip().splitlines()[0]


# What a read is made of.


def tries(read: Read) -> Sequence[Mapping[str, Any]]:
    """
    Its attempts, in the order in which it shows them.

    >>> tries({"attempts": None})
    ()
    """
    return _objects(read, "attempts")


def container(shown: Mapping[str, Any]) -> Mapping[str, Any]:
    """The container of a read or of an attempt; empty where there is none, as of jobs with several."""
    found = shown.get("container")
    return found if isinstance(found, Mapping) else {}


def _objects(read: Read, member: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a list; a service may have put anything there, and other laws speak of that."""
    found = read.get(member)
    return tuple(item for item in found if isinstance(item, Mapping)) if isinstance(found, list) else ()


def is_time(value: object) -> bool:
    """Whether this is a time as Batch shows it: whole milliseconds since 1970, within these centuries."""
    return isinstance(value, int) and FIRST_MS <= value < LAST_MS


def _time(shown: Mapping[str, Any], member: str) -> int:
    value = shown.get(member)
    return value if is_time(value) else 0  # type: ignore[return-value]


def _never_ran(read: Read) -> bool:
    """Whether it shows a job none of whose attempts has ended, and which runs in none."""
    return not tries(read) and read.get("status") in (*BEFORE_STARTING, STARTING)


def _is_plain(read: Read) -> bool:
    """Whether it is neither the parent of an array nor one of its children, nor a node: their times are open (ARR-12, ARR-17)."""
    return not read.get("arrayProperties") and not read.get("nodeDetails") and not read.get("nodeProperties")


# Times.


@_one("ST-02")
def times_are_in_milliseconds(read: Read) -> Iterator[Found]:
    """createdAt, startedAt and stoppedAt are milliseconds since 1970."""
    for member in ("createdAt", "startedAt", "stoppedAt"):
        value = read.get(member)
        if value and not is_time(value):
            yield Found(f"{member} in milliseconds since 1970", repr(value))


@_one("ST-22")
def attempts_times_are_in_milliseconds(read: Read) -> Iterator[Found]:
    """The times of an attempt are milliseconds since 1970."""
    for number, attempt in enumerate(tries(read), start=1):
        for member in ("startedAt", "stoppedAt"):
            value = attempt.get(member)
            if value and not is_time(value):
                yield Found(f"{member} of attempt {number} in milliseconds since 1970", repr(value))


@_two("ST-02")
def created_once(earlier: Read, later: Read) -> Iterator[Found]:
    """createdAt never changes."""
    yield from _same(earlier, later, "createdAt")


@_one("ST-22", "no_faults")
def started_at_is_absent_before_running(read: Read) -> Iterator[Found]:
    """startedAt is absent until a job has become RUNNING; after a start that failed it is open (RETRY-25)."""
    started = read.get("startedAt")
    if started and _never_ran(read):
        yield Found(f"no startedAt of a job that is {read['status']} and has had no attempt", f"startedAt {started}")


@_one("ST-22")
def started_at_comes_with_running(read: Read) -> Iterator[Found]:
    """startedAt is there while a job is RUNNING."""
    started = read.get("startedAt")
    if not started and read.get("status") == RUNNING and _is_plain(read):
        yield Found("startedAt of a job that is RUNNING", repr(started))


@_two("ST-22")
def started_once_an_attempt(earlier: Read, later: Read) -> Iterator[Found]:
    """startedAt stays the same while an attempt runs."""
    if earlier.get("status") == later.get("status") == RUNNING and len(tries(earlier)) == len(tries(later)):
        yield from _same(earlier, later, "startedAt", "of the same attempt")


@_one("ST-24")
def stopped_at_comes_with_the_end(read: Read) -> Iterator[Found]:
    """stoppedAt is there once a job that ran has ended."""
    stopped, status = read.get("stoppedAt"), read.get("status")
    ran = any(attempt.get("startedAt") for attempt in tries(read))
    if not stopped and status in TERMINAL and ran and _is_plain(read):
        yield Found(f"stoppedAt of a job that ran and is {status}", repr(stopped))


@_one("ST-24", "no_faults")
def stopped_at_is_absent_before_the_end(read: Read) -> Iterator[Found]:
    """stoppedAt is absent while a first attempt is on its way; after a start that failed it is open (RETRY-25)."""
    stopped, status = read.get("stoppedAt"), read.get("status")
    if stopped and not tries(read) and status in (SUBMITTED, PENDING, *STARTED):
        yield Found(f"no stoppedAt of a job that is {status} and has had no attempt", f"stoppedAt {stopped}")


@_one("ST-26")
def times_are_in_order(read: Read) -> Iterator[Found]:
    """createdAt <= startedAt <= stoppedAt; between attempts stoppedAt is open (RETRY-25)."""
    created, started = _time(read, "createdAt"), _time(read, "startedAt")
    stopped = _time(read, "stoppedAt") if read.get("status") in TERMINAL else 0
    if created and started and created > started:
        yield Found(f"startedAt from createdAt {created} on", f"startedAt {started}")
    if started and stopped and started > stopped:
        yield Found(f"stoppedAt from startedAt {started} on", f"stoppedAt {stopped}")
    if created and stopped and created > stopped:
        yield Found(f"stoppedAt from createdAt {created} on", f"stoppedAt {stopped}")
    for number, attempt in enumerate(tries(read), start=1):
        began, ended = _time(attempt, "startedAt"), _time(attempt, "stoppedAt")
        if began and ended and began > ended:
            yield Found(f"stoppedAt of attempt {number} from its startedAt {began} on", f"stoppedAt {ended}")
        if began and created and began < created:
            yield Found(f"startedAt of attempt {number} from createdAt {created} on", f"startedAt {began}")


# Attempts.


@_one("RETRY-23")
def attempts_are_in_order(read: Read) -> Iterator[Found]:
    """Attempts follow each other: none has started before the one that stands before it had stopped."""
    for number, (one, other) in enumerate(zip(tries(read), tries(read)[1:], strict=False), start=1):
        ended, began = _time(one, "stoppedAt"), _time(other, "startedAt")
        if ended and began and began < ended:
            yield Found(
                f"attempt {number + 1} started after attempt {number} had stopped at {ended}", f"startedAt {began}"
            )


KEPT = ("startedAt", "stoppedAt")
KEPT_OF_CONTAINER = ("exitCode", "logStreamName", "taskArn")
"""What of an attempt that has stopped is never rewritten."""


@_two("RETRY-23")
def attempts_are_never_rewritten(earlier: Read, later: Read) -> Iterator[Found]:
    """What was shown of an attempt that had stopped stays as it was."""
    for number, (one, other) in enumerate(zip(tries(earlier), tries(later), strict=False), start=1):
        if not one.get("stoppedAt"):
            continue
        where = f"of attempt {number}"
        for member in KEPT:
            yield from _same(one, other, member, where)
        for member in KEPT_OF_CONTAINER:
            yield from _same(container(one), container(other), member, where, zero_counts=True)


@_one("ST-34")
def each_attempt_has_its_own(read: Read) -> Iterator[Found]:
    """Each attempt has a task and a log stream of its own."""
    for member in ("taskArn", "logStreamName"):
        shown = [str(value) for attempt in tries(read) if (value := container(attempt).get(member))]
        if len(set(shown)) < len(shown):
            yield Found(f"{member} of each attempt another one", f"{shown}")


@_one("ST-28")
def running_jobs_have_a_log_stream(read: Read) -> Iterator[Found]:
    """container.logStreamName is there from RUNNING on."""
    if read.get("status") in (RUNNING, SUCCEEDED) and container(read) and not container(read).get("logStreamName"):
        yield Found(f"container.logStreamName of a job that is {read['status']}", "none")


# How it ended.


@_one("ST-08")
def the_end_agrees_with_the_code(read: Read) -> Iterator[Found]:
    """A job that SUCCEEDED exited 0, and its container's exit code is that of its last attempt."""
    status, code = read.get("status"), container(read).get("exitCode")
    if status not in TERMINAL:
        return
    if status == SUCCEEDED and code:
        yield Found("container.exitCode 0 of a job that SUCCEEDED", f"exitCode {code}")
    if tries(read):
        last = container(tries(read)[-1]).get("exitCode")
        if code is not None and last is not None and code != last:
            yield Found(f"container.exitCode {last}, like the last of {len(tries(read))} attempts", f"exitCode {code}")
        if status == SUCCEEDED and last:
            yield Found("exit code 0 of the last attempt of a job that SUCCEEDED", f"exitCode {last}")


@_two("ST-10")
def the_end_stays_as_it_was(earlier: Read, later: Read) -> Iterator[Found]:
    """Once a job has ended its startedAt and its exit code stay as they are; of other members nothing is said (CANCEL-09)."""
    if earlier.get("status") in TERMINAL and later.get("status") in TERMINAL:
        yield from _same(earlier, later, "startedAt", f"of a job that was {earlier['status']}")
        yield from _same(
            container(earlier), container(later), "exitCode", f"of a job that was {earlier['status']}", zero_counts=True
        )


@_one("ENV-10")
def container_reasons_are_short(read: Read) -> Iterator[Found]:
    """container.reason has at most 255 characters."""
    most = CONTAINER_REASON_CHARACTERS.high or 0
    for shown in (read, *tries(read)):
        reason = container(shown).get("reason")
        if isinstance(reason, str) and len(reason) > most:
            yield Found(f"container.reason of {most} characters or fewer", f"{len(reason)} characters")


# What it was submitted with.


@_two("ST-02")
def a_name_stays(earlier: Read, later: Read) -> Iterator[Found]:
    """A job keeps its name, its queue and its definition."""
    for member in ("jobName", "jobQueue", "jobDefinition", "jobArn"):
        yield from _same(earlier, later, member)


@_two("RETRY-37")
def a_strategy_stays(earlier: Read, later: Read) -> Iterator[Found]:
    """The effective strategy is shown, and it never changes."""
    yield from _same(earlier, later, "retryStrategy")


@_two("DEP-23")
def dependencies_stay(earlier: Read, later: Read) -> Iterator[Found]:
    """What a job depends on is shown as it was submitted, whatever has become of it."""
    one, other = (sorted(str(item.get("jobId")) for item in _objects(read, "dependsOn")) for read in (earlier, later))
    if one and one != other:
        yield Found(f"dependsOn {one}, as shown before", f"{other}")


def _same(earlier: Read, later: Read, member: str, where: str = "", *, zero_counts: bool = False) -> Iterator[Found]:
    """A member that both show is the same; one that one of them lacks says nothing."""
    one, other = earlier.get(member), later.get(member)
    says = (lambda value: value is not None) if zero_counts else bool
    if says(one) and says(other) and one != other:
        yield Found(f"{member} {one!r}{f' {where}' if where else ''}, as shown before", f"{other!r}")
