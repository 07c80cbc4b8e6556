"""What holds of every job, whatever was done with it: the memory of reads, and what a failure says of the tries before it.

A monitor keeps where a job may be; it forgets what a read showed besides. These look at one job's reads together.
"""

from __future__ import annotations

from collections.abc import Iterator

from .....model.status import FAILED, RUNNING, STARTED, TERMINAL, Status
from ...claim import Point, attempts, exit_codes, in_turn, throughout
from ...seen import Job, Look, Seen
from ..showing.jobs import flagged, summaries


@throughout("ST-01", breaks="CANCEL-09 TERM-16")
def status_is_one_of_the_seven(seen: Seen) -> Iterator[Point]:
    expected = f"one of {', '.join(Status)}"
    for job in seen.jobs.values():
        for look in job.looks:
            if look.status not in Status.__members__:
                yield Point(
                    False, expected, f"status {look.status!r}{after(job, look)}", job=job.label, breaks=broken(job)
                )
        for status in {summary.get("status") for summary in summaries(seen, job)}:
            if status not in Status.__members__:
                yield Point(False, expected, f"status {status!r} in ListJobs", job=job.label, breaks=broken(job))


def after(job: Job, look: Look) -> str:
    """The request that came before a read, in words; empty where none did."""
    request = next((r for r in reversed(job.requests) if r.called_ms <= look.saw.at_ms), None)
    before = next((other.status for other in reversed(job.looks) if other.number < look.number), "")
    if request is None:
        return f" after {before}" if before else ""
    return f" after {request.request.title()}Job{f' of a job that was {before}' if before else ''}"


def broken(job: Job) -> tuple[str, ...]:
    """Where a request has brought a job that had ended to another status: what that breaks besides."""
    ended = next((look for look in job.looks if look.status in TERMINAL), None)
    asked = {request.request for request in job.requests if ended and request.called_ms >= ended.saw.at_ms}
    return tuple(id for request, id in (("cancel", "CANCEL-09"), ("terminate", "TERM-16")) if request in asked)


@throughout("RETRY-23")
def attempts_are_never_fewer(seen: Seen) -> Iterator[Point]:
    for job in seen.jobs.values():
        for earlier, later in in_turn(job):
            one, other = len(attempts(earlier.detail)), len(attempts(later.detail))
            expected = f"{one} attempts or more, as shown before"
            yield Point(other >= one, expected, f"{other} attempts", rests_on=("monotone_reads",), job=job.label)
            yield from _codes_stay(job, earlier, later)
        if job.end and job.began:
            ran, facts = _surely_ran(job)
            shown, expected = len(attempts(job.end.detail)), f"{ran} attempts, for so many have run"
            yield Point(shown >= ran, expected, f"{shown} attempts", rests_on=facts, job=job.label)


def _surely_ran(job: Job) -> tuple[int, tuple[str, ...]]:
    """
    How many attempts have come to RUNNING, and the assumptions on which that rests: that no start failed, at least.

    A process may say that it runs while its job is STARTING; a terminate may end it there, and then no entry is owed (TERM-26).
    """
    ran = job.ran
    if not _may_have_been_given_up(job):
        return ran, ("no_faults",)
    last_ms = max(began.at_ms for began in job.began)
    if not any(look.status == RUNNING and look.began_ms >= last_ms for look in job.looks):
        return ran - 1, ("no_faults",)
    return ran, ("no_faults", "fresh_reads")  # an old read may show the attempt before


def _may_have_been_given_up(job: Job) -> bool:
    """Whether a terminate may have ended this job in STARTING: one that was not refused, asked for before it was seen to end."""
    ends = [look for look in job.looks if look.status in TERMINAL]
    seen_ms = min(look.saw.at_ms for look in ends)
    terminates = [request for request in job.requests if request.request == "terminate" and not request.refused]
    return ends[-1].status == FAILED and any(request.called_ms <= seen_ms for request in terminates)


def _codes_stay(job: Job, earlier: Look, later: Look) -> Iterator[Point]:
    for number, (code, now) in enumerate(
        zip(exit_codes(earlier.detail), exit_codes(later.detail), strict=False), start=1
    ):
        if code is not None:
            expected = f"exit code {code} of attempt {number}, as shown before"
            yield Point(now == code, expected, str(now), rests_on=("monotone_reads",), job=job.label)


@throughout("CANCEL-15")
def a_cancel_shows_and_stays(seen: Seen) -> Iterator[Point]:
    for job in seen.jobs.values():
        yield from _stays(job, "isCancelled")
        # Nothing but the cancel can have ended it: it waited for nobody, never ran, and was asked for nothing else.
        if (
            {request.request for request in job.requests} == {"cancel"}
            and (request := job.accepted("cancel"))
            and job.end
            and job.end.status == FAILED
            and not any(look.status in TERMINAL and look.began_ms <= request.called_ms for look in job.looks)
            and job.arguments
            and not job.arguments.get("dependsOn")
            and not job.began
            and not attempts(job.end.detail)
            and not any(look.status in STARTED for look in job.looks)
        ):
            shown = flagged(seen, job, "isCancelled")
            yield Point(shown, "isCancelled, of a job that it ended", "none", rests_on=("no_faults",), job=job.label)


@throughout("TERM-14")
def a_terminate_shows_and_stays(seen: Seen) -> Iterator[Point]:
    for job in seen.jobs.values():
        yield from _stays(job, "isTerminated")
        # An attempt that had begun has got a signal since, so the request meant one that ran: what is asked for in RUNNABLE may
        # act when the job is placed, and is shown as the readings say. What else stops one is a timeout; one that comes of a
        # cancel, as it must not, says nothing of a terminate beside it.
        request = job.accepted("terminate")
        if (
            request
            and {other.request for other in job.requests} == {"terminate"}
            and job.end
            and job.end.status == FAILED
            and not job.arguments.get("timeout")
            and _signalled_since(job, request.called_ms)
        ):
            shown = flagged(seen, job, "isTerminated")
            yield Point(shown, "isTerminated, of a job that got a SIGTERM", "none", job=job.label)


def _signalled_since(job: Job, at_ms: int) -> bool:
    """Whether an attempt that had begun by then has got a signal since."""
    begun = {began.attempt for began in job.began if began.at_ms <= at_ms}
    return any(signal.attempt in begun and signal.at_ms >= at_ms for signal in job.signalled)


def _stays(job: Job, flag: str) -> Iterator[Point]:
    for earlier, later in in_turn(job):
        if earlier.detail.get(flag):
            still = later.detail.get(flag)
            expected = f"{flag} true, as shown before"
            yield Point(bool(still), expected, repr(still), rests_on=("monotone_reads",), job=job.label)


@throughout("RETRY-03")
def a_job_fails_only_when_its_tries_are_used_up(seen: Seen) -> Iterator[Point]:
    for job in seen.cast:
        strategy = job.arguments.get("retryStrategy") or {}
        if (
            job.end
            and job.end.status == FAILED
            and strategy.get("attempts")
            and not job.requests
            and not any(strategy.get("evaluateOnExit") or ())
            and not any(job.arguments.get(other) for other in ("dependsOn", "timeout", "arrayProperties"))
        ):
            wanted, shown = strategy["attempts"], len(attempts(job.end.detail))
            expected = f"{wanted} attempts of a job that FAILED and that nobody asked to end"
            yield Point(shown == wanted, expected, f"{shown} attempts", rests_on=("no_faults",), job=job.label)
