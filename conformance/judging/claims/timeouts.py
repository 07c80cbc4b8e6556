"""Timeouts of attempts.

How long an attempt had run is told in two ways: by the service's own times, and by the kit's, which knows what it put the
clock forward by, and when nothing of the attempt can have been yet. What it says is the longest that can have passed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....model.status import FAILED, SUCCEEDED, TERMINAL
from ..claim import Point, attempts, claim, ends, holds, shown
from ..seen import Job, Look, Seen
from .arrays import children
from .showing.jobs import parent_ends
from .states import CLOCKS_DIFFER_MS
from .terminate import grace_is_granted, stopped_by_sigterm

REASON = "Job attempt duration exceeded timeout"


def had(seen: Seen, from_ms: int, until_ms: int) -> float:
    """The longest time, in seconds, that can have passed at the service between these two moments."""
    advanced = sum(
        call.arguments["seconds"]
        for call in seen.of("advance_clock")
        if call.answered_ms >= from_ms and call.sent_ms <= until_ms
    )
    return (until_ms - from_ms) / 1000 + advanced


def not_early(seen: Seen, job: Job, seconds: int, *, attempt: int = 1, since_ms: int | None = None) -> Iterator[Point]:
    """
    An attempt that nobody let go was not stopped before its timeout.

    since_ms   when the attempt cannot have begun yet; by default when the job was submitted
    """
    if job.requests or any(released.attempt == attempt for released in job.let_go):
        return
    expected, facts = f"attempt {attempt} runs for {seconds} s", ("no_faults",)
    since_ms = job.asked_ms if since_ms is None else since_ms
    for signalled in job.signalled:
        if signalled.attempt == attempt:
            ran_s = had(seen, since_ms, signalled.at_ms)
            observed = f"SIGTERM after {ran_s:.1f} s at most"
            yield Point(ran_s >= seconds, expected, observed, rests_on=facts, job=job.label)
    for entry in attempts(job.end.detail)[attempt - 1 : attempt] if job.end else ():
        started, ended = entry.get("startedAt"), entry.get("stoppedAt")
        if isinstance(started, int) and isinstance(ended, int):
            enough = ended - started >= seconds * 1000 - CLOCKS_DIFFER_MS
            observed = f"stoppedAt {(ended - started) / 1000:.1f} s after startedAt"
            yield Point(enough, expected, observed, rests_on=facts, job=job.label)


def still_there(job: Job, over_ms: int) -> list[Look]:
    """Settled reads, when a thing that was due had all its time, that show the job not ended."""
    return [
        look for look in job.looks if look.saw.settled and look.saw.at_ms >= over_ms and look.status not in TERMINAL
    ]


def has_ended_by(job: Job, over_ms: int, expected: str) -> Iterator[Point]:
    """A job has ended by the time that what ends it was over."""
    there = still_there(job, over_ms)
    if there or job.ended:
        yield Point(not there, expected, shown(job), rests_on=("deadline",), job=job.label)


def times_out(seen: Seen, job: Job | None, seconds: int) -> Iterator[Point]:
    """A job whose attempt has outlived its timeout has ended FAILED, once a stop had all the time that it may take."""
    advanced = [call for call in seen.of("advance_clock") if call.says.name == "DONE"]
    if not job or not job.looks or not advanced:
        return
    over_ms = advanced[-1].answered_ms + seen.bounds.stopping
    yield from has_ended_by(job, over_ms, f"FAILED, for its timeout of {seconds} s has passed")
    if job.ended or still_there(job, over_ms):
        yield from ends(job, FAILED)


def not_tried_again(job: Job) -> Iterator[Point]:
    """A job that its timeout has ended, which nobody let go, has had one attempt."""
    ran = job.ran
    if job.end or ran > 1:
        expected, observed = "no second attempt", f"{ran} attempts came to the gate"
        yield Point(ran <= 1, expected, observed, rests_on=("no_faults",), job=job.label)
    if job.end:
        tries = len(attempts(job.end.detail))
        yield Point(tries <= 1, "1 attempt", f"{tries} attempts", by_life=True, job=job.label)


@claim("TO-02")
def starting_does_not_count(seen: Seen) -> Iterator[Point]:
    first = next(seen.of("advance_clock"), None)
    now = first.said.get("now") if first else None
    for job in (seen.job(), seen.job("queued")):
        if job and job.end and first and isinstance(now, int):
            started = next((entry.get("startedAt") for entry in attempts(job.end.detail)), None)
            started = job.end.detail.get("startedAt") if started is None else started
            if isinstance(started, int) and started >= now:  # else it ran already when the clock was put forward
                yield from not_early(seen, job, 61, since_ms=first.answered_ms)
                yield from ends(job, FAILED, "by its timeout")


@claim("TO-03")
def each_attempt_has_its_own_countdown(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.let_go and any(began.attempt == 2 for began in job.began):
        yield from not_early(seen, job, 61, attempt=2, since_ms=job.let_go[0].at_ms)
        yield from times_out(seen, job, 61)


@claim("TO-04")
def no_timeout_comes_early(seen: Seen) -> Iterator[Point]:
    for job, seconds in ((seen.job("witness"), 61), (seen.job(), 120)):
        if job:
            yield from not_early(seen, job, seconds)


@claim("TO-06")
def a_timeout_is_the_end(seen: Seen) -> Iterator[Point]:
    yield from times_out(seen, seen.job(), 61)
    if job := seen.job():
        yield from not_tried_again(job)


@claim("TO-07")
def a_timeout_sends_sigterm_before_sigkill(seen: Seen) -> Iterator[Point]:
    job, advanced = seen.job(), next(seen.of("advance_clock"), None)
    if not job or not advanced:
        return
    yield from stopped_by_sigterm(job)
    if job.gone:
        # The process was there when the clock was put forward, and no SIGTERM came before that.
        yield from grace_is_granted(seen, job, job.gone[-1].at_ms, advanced.sent_ms, "AdvanceClock")
    yield from times_out(seen, job, 61)


@claim("TO-09")
def submission_replaces_the_definitions_timeout(seen: Seen) -> Iterator[Point]:
    for role, seconds in (("inherits", 61), ("longer", 600), ("shorter", 61)):
        job = seen.job(role)
        if job and job.last:
            found = (job.last.detail.get("timeout") or {}).get("attemptDurationSeconds")
            yield holds(found == seconds, f"timeout.attemptDurationSeconds {seconds}", found, job=job.label)
            yield from not_early(seen, job, seconds)
            if role != "longer":
                yield from times_out(seen, job, seconds)


@claim("TO-10")
def each_child_has_its_timeout(seen: Seen) -> Iterator[Point]:
    first, second = children(seen) or (None, None)
    if first and second and first.let_go and first.status == SUCCEEDED:
        yield from not_early(seen, second, 61, since_ms=first.let_go[0].at_ms)
        yield from times_out(seen, second, 61)
        if second.status == FAILED:
            yield from parent_ends(seen, FAILED)


@claim("TO-12")
def the_reason_of_a_timeout_is_shown(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.end and job.end.status == FAILED:
        reason = str(job.end.detail.get("statusReason"))
        expected = f"a statusReason that begins with {REASON!r}"
        yield Point(reason.startswith(REASON), expected, repr(reason), rests_on=("no_faults",), job=job.label)


@claim("TO-15")
def no_entry_retries_a_timeout(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), FAILED, "for no entry is asked about a timeout")
    if job := seen.job():
        yield from not_tried_again(job)
