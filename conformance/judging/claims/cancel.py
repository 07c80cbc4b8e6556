"""CancelJob: drops what has not reached STARTING, lets the rest finish, overrides the retry strategy."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.limits import REASON_CHARACTERS
from ....model.status import FAILED, SUCCEEDED
from ..claim import Point, accepted, attempts, claim, ends, exit_code, refused, shown
from ..seen import Seen
from .showing.jobs import dependents_fail, flagged, reason_shown


@claim("CANCEL-04")
def a_cancelled_pending_job_fails(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), FAILED, "once its dependencies have ended")


@claim("CANCEL-05")
def a_cancelled_pending_job_never_starts(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    yield from ends(job, FAILED, "and was never STARTING")
    if job:
        yield Point(not job.began, "no attempt", f"{len(job.began)} attempts ran", by_life=True, job=job.label)


@claim("CANCEL-07")
def a_running_job_is_left_alone(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.accepted("cancel"):
        yield Point(not job.signalled, "no signal", "SIGTERM", by_life=True, job=job.label)
        yield from ends(job, SUCCEEDED, "by its own exit code 0")


@claim("CANCEL-08")
def it_succeeds_with_nothing_to_cancel(seen: Seen) -> Iterator[Point]:
    yield from accepted(seen.of("cancel_job"), "CancelJob on a finished job, the first and the second one,")


@claim("CANCEL-12")
def it_needs_an_id_and_a_reason(seen: Seen) -> Iterator[Point]:
    yield from refused(seen.of("cancel_job", jobId=""), "an empty jobId")
    yield from refused(seen.of("cancel_job", reason=""), "an empty reason")


@claim("CANCEL-13")
def a_long_reason_is_accepted(seen: Seen) -> Iterator[Point]:
    most = REASON_CHARACTERS.high
    long = [call for call in seen.of("cancel_job") if len(call.arguments["reason"]) == most]
    yield from accepted(long, f"a reason of {most} characters")


@claim("CANCEL-14")
def the_reason_is_shown(seen: Seen) -> Iterator[Point]:
    yield from reason_shown(seen, "cancel")


@claim("CANCEL-18")
def a_cancelled_job_is_not_retried(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.accepted("cancel"):
        yield from ends(job, FAILED, "without a third attempt")
        tries = job.ran
        yield Point(tries <= 2, "2 attempts", f"{tries} attempts ran", by_life=True, job=job.label)


@claim("CANCEL-15")
def an_accepted_cancel_is_shown(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.accepted("cancel") and job.ended:
        observed = f"isCancelled {job.end.detail.get('isCancelled', 'absent') if job.end else ''}, {shown(job)}"
        # One that acts after the job has ended by itself need not show (CANCEL-09).
        facts = ("no_faults",) if job.status == FAILED else ("prompt_calls",)
        expected = "isCancelled true in DescribeJobs or ListJobs"
        yield Point(flagged(seen, job, "isCancelled"), expected, observed, rests_on=facts, job=job.label)


@claim("CANCEL-19")
def the_retry_strategy_is_overridden_or_not(seen: Seen) -> Iterator[Point]:
    for job in seen.each():
        if job.accepted("cancel"):
            ended = job.status in (FAILED, SUCCEEDED)
            yield Point(ended, "an end, with or without a second attempt", shown(job), by_life=True, job=job.label)


@claim("CANCEL-21")
def a_retry_that_waits_is_cancelled(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    yield from ends(job, FAILED)
    if job and job.end and job.end.status == FAILED:
        tries = attempts(job.end.detail)
        facts = ("prompt_calls", "no_faults", "capacity")
        expected, observed = "its first attempt in `attempts`", f"{len(tries)} attempts"
        yield Point(len(tries) == 1, expected, observed, rests_on=facts, job=job.label)


@claim("CANCEL-31")
def dependents_of_a_cancelled_job_fail(seen: Seen) -> Iterator[Point]:
    yield from dependents_fail(seen)


@claim("CANCEL-35")
def what_never_ran_shows_no_attempt(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.end and job.end.status == FAILED:
        tries, code, facts = attempts(job.end.detail), exit_code(job.end.detail), ("prompt_calls", "no_faults")
        yield Point(not tries, "attempts []", str(tries), rests_on=facts, job=job.label)
        yield Point(code is None, "no container.exitCode", str(code), rests_on=facts, job=job.label)
