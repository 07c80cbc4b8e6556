"""TerminateJob: also stops what runs, which ends FAILED, and overrides the retry strategy."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.status import FAILED, SUCCEEDED
from ..claim import Point, accepted, attempts, claim, ends, exit_code, shown
from ..seen import Job, Seen
from .showing.jobs import dependents_fail, flagged, reason_shown

HEARD_LATE_MS = 500
"""A report of a SIGTERM takes a moment to arrive, so a little less than the grace time is seen."""


@claim("TERM-02")
def a_running_job_is_stopped(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), FAILED)


@claim("TERM-07")
def sigterm_comes_before_sigkill(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.accepted("terminate"):
        yield from stopped_by_sigterm(job)
    yield from ends(job, FAILED, "by SIGKILL after the grace time")


def stopped_by_sigterm(job: Job) -> Iterator[Point]:
    """A job that did not obey has got a SIGTERM before it was killed."""
    if job.end and job.end.status == FAILED:
        yield Point(bool(job.signalled), "SIGTERM", "no signal", rests_on=("no_faults",), job=job.label)
        code = exit_code(job.end.detail)
        yield Point(code in (None, 137), "exit code 137, or none", str(code), rests_on=("no_faults",), job=job.label)


@claim("TERM-09")
def the_grace_time_is_granted(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    request = job.accepted("terminate") if job else None
    if not job or not request or not job.looks:
        return
    # Where it is still there at the last look, it had all the time until then.
    gone_ms = job.gone[-1].at_ms if job.gone else job.looks[-1].saw.at_ms
    yield from grace_is_granted(seen, job, gone_ms, request.called_ms, "TerminateJob")


def grace_is_granted(seen: Seen, job: Job, gone_ms: int, called_ms: int, call: str) -> Iterator[Point]:
    """
    From SIGTERM until its process had gone, or was still there, the grace time has passed.

    called_ms   when the call was made before which no SIGTERM came: what is shorter from there on is too short, whatever
                was heard late
    """
    grace_ms, surely_ms = seen.bounds.grace, gone_ms - called_ms
    heard_ms = gone_ms - job.signalled[0].at_ms if job.signalled else 0
    enough = heard_ms >= grace_ms - min(HEARD_LATE_MS, grace_ms / 2)
    if enough or (job.gone and surely_ms < grace_ms):
        observed = f"{(heard_ms if enough else surely_ms) / 1000:.1f} s from {'it' if enough else call}"
        expected = f"{grace_ms / 1000:g} s from SIGTERM to SIGKILL"
        yield Point(enough, expected, observed, rests_on=("no_faults",), job=job.label)


@claim("TERM-08")
def a_job_that_obeys_is_not_killed(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.end and any(exiting.code == 42 for exiting in job.exits):
        code = exit_code(job.end.detail)
        yield Point(code == 42, "exit code 42, its own", str(code), rests_on=("no_faults",), job=job.label)
        yield from ends(job, FAILED)


@claim("TERM-11")
def exit_zero_after_terminate(seen: Seen) -> Iterator[Point]:
    for job in seen.each():
        if job.accepted("terminate") and job.looks:
            ended = job.status in (FAILED, SUCCEEDED)
            yield Point(ended, "FAILED or SUCCEEDED", shown(job), by_life=True, job=job.label)


@claim("TERM-12")
def a_terminated_job_is_not_retried(seen: Seen) -> Iterator[Point]:
    for role, most in (("job", 1), ("in its third", 3)):
        job = seen.job(role)
        if job and job.accepted("terminate"):
            yield from ends(job, FAILED)
            if job.end:
                tries = len(attempts(job.end.detail))
                yield Point(tries <= most, f"{most} attempts", f"{tries} attempts", by_life=True, job=job.label)


@claim("TERM-13")
def the_reason_is_shown(seen: Seen) -> Iterator[Point]:
    for call in seen.of("terminate_job"):
        yield from accepted([call], f"a reason of {len(call.arguments['reason'])} characters")
    yield from reason_shown(seen, "terminate")


@claim("TERM-14")
def an_accepted_terminate_is_shown(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.accepted("terminate") and job.end and job.end.status == FAILED:
        observed = f"isTerminated {job.end.detail.get('isTerminated', 'absent')}"
        expected, right = "isTerminated true in DescribeJobs or ListJobs", flagged(seen, job, "isTerminated")
        yield Point(right, expected, observed, rests_on=("no_faults",), job=job.label)


@claim("TERM-15")
def a_terminate_before_starting_is_shown(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.accepted("terminate") and job.end and job.end.status == FAILED:
        flags = [name for name in ("isTerminated", "isCancelled") if flagged(seen, job, name)]
        reading = ("terminate_before_starting_sets", flags[0] if len(flags) == 1 else "both") if flags else None
        expected = "isTerminated or isCancelled, or both"
        observed, facts = " and ".join(flags) or "neither", ("no_faults",)
        yield Point(bool(flags), expected, observed, rests_on=facts, reading=reading, job=job.label)


@claim("TERM-25")
def dependents_of_a_terminated_job_fail(seen: Seen) -> Iterator[Point]:
    yield from dependents_fail(seen)


@claim("TERM-28")
def terminate_after_cancel_stops(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), FAILED)
