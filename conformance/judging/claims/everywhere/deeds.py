"""What the kit did, and what its jobs reported of themselves, held against what reads show of it, in every scenario."""

from __future__ import annotations

from collections.abc import Iterator

from .....model.status import FAILED, STARTED, SUCCEEDED, TERMINAL
from ...claim import Point, attempts, claim, exit_codes, throughout
from ...happenings import Answered
from ...seen import Call, Job, Request, Seen
from ..showing.jobs import summaries


@throughout("ST-08")
def attempts_show_the_codes_that_were_reported(seen: Seen) -> Iterator[Point]:
    """An attempt that nobody stopped said with which code it exits."""
    for job in seen.jobs.values():
        numbers = sorted({began.attempt for began in job.began})
        if not job.end or numbers != list(range(1, len(attempts(job.end.detail)) + 1)):
            continue
        stopped = {signalled.attempt for signalled in job.signalled}
        codes = exit_codes(job.end.detail)
        for report in job.exits:
            asked = any(r.request == "terminate" and r.called_ms <= report.at_ms for r in job.requests)
            shown = codes[report.attempt - 1] if report.attempt <= len(codes) else None
            if report.attempt not in stopped and not asked and not job.arguments.get("timeout"):
                expected = f"exit code {report.code} of attempt {report.attempt}, as it reported itself"
                yield Point(shown == report.code, expected, str(shown), rests_on=("no_faults",), job=job.label)


@throughout("CANCEL-14")
def a_cancelled_job_shows_the_callers_reason(seen: Seen) -> Iterator[Point]:
    """Where nothing but the cancel can have ended it: it never ran, and whatever it waited for has succeeded."""
    ends = {job.id: job.end.status for job in seen.jobs.values() if job.end}
    for job in seen.jobs.values():
        on = [dependency.get("jobId") for dependency in job.arguments.get("dependsOn") or ()]
        if (
            job.arguments
            and all(ends.get(id) == SUCCEEDED for id in on)
            and not job.began
            and not any(look.status in STARTED or attempts(look.detail) for look in job.looks)
        ):
            yield from _reason_shown(seen, job, "cancel")


@throughout("TERM-13")
def a_terminated_job_shows_the_callers_reason(seen: Seen) -> Iterator[Point]:
    """Where a signal has reached it because of the request, and it was not let go before that."""
    for job in seen.jobs.values():
        request = next(iter(job.requests), None)
        if request and not job.arguments.get("timeout"):
            signals = [signal.at_ms for signal in job.signalled if signal.at_ms >= request.called_ms]
            if signals and not any(release.at_ms <= signals[0] for release in job.let_go[-1:]):
                yield from _reason_shown(seen, job, "terminate")


def _reason_shown(seen: Seen, job: Job, request: str) -> Iterator[Point]:
    """The reason of the only request that was made of it."""
    only = job.requests[0] if len(job.requests) == 1 else None
    if not job.end or job.end.status != FAILED or only is None or only.request != request or only.answered_ms is None:
        return
    if any(look.status in TERMINAL and look.began_ms <= only.called_ms for look in job.looks):
        return
    call = _call_of(seen, job, only)
    if call is not None:
        reason, shown = call.arguments.get("reason"), job.end.detail.get("statusReason")
        expected = f"statusReason {reason!r}, the reason of the {request}"
        yield Point(shown == reason, expected, repr(shown), rests_on=("no_faults",), job=job.label)


def _call_of(seen: Seen, job: Job, request: Request) -> Call | None:
    number = next((h.call for h in job.life if isinstance(h, Answered) and h.request == request.request), None)
    return next((call for call in seen.calls if call.number == number), None)


@throughout("ST-02")
def lists_show_the_same_job(seen: Seen) -> Iterator[Point]:
    """What never changes is the same in ListJobs and in DescribeJobs, whenever each was asked."""
    for job in seen.jobs.values():
        last = job.last
        for summary in summaries(seen, job) if last else ():
            for member in ("jobName", "createdAt", "jobArn", "jobDefinition"):
                one, other = last.detail.get(member) if last else None, summary.get(member)
                if one and other:
                    expected = f"{member} {one!r} in ListJobs, as DescribeJobs shows it"
                    yield Point(one == other, expected, repr(other), job=job.label)


@claim("ST-18")
@throughout("ST-18")
def what_was_described_stays_describable(seen: Seen) -> Iterator[Point]:
    """DescribeJobs knows a job that it has shown."""
    for job in seen.cast:
        for call in seen.of("describe_jobs"):
            before = [look for look in job.looks if look.saw.at_ms < call.sent_ms]
            if before and call.says.name == "DONE" and job.id in (call.arguments.get("jobs") or ()):
                known = any(other.get("jobId") == job.id for other in call.said.get("jobs") or ())
                expected = f"the job, which was {before[-1].status} before"
                observed = "the job" if known else "DescribeJobs does not know it"
                yield Point(known, expected, observed, rests_on=("monotone_reads",), job=job.label)
