"""What claims of several themes look at: flags, reasons, dependents, the parents of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .....model.status import FAILED, STARTED, SUCCEEDED
from ...claim import Point, attempts, ends, holds
from ...seen import Detail, Job, Seen


def reason_shown(seen: Seen, request: str) -> Iterator[Point]:
    """The caller's reason is what a job that the request ended shows; of several one of them (CANCEL-23)."""
    for job in seen.each():
        given = [call.arguments["reason"] for call in seen.of(f"{request}_job", jobId=job.id)]
        if given and job.accepted(request) and job.end and job.end.status == FAILED:
            found = job.end.detail.get("statusReason")
            expected, observed = f"statusReason {' or '.join(map(_short, given))}", _short(found)
            # One that was let go may have ended by itself before a request that acts late.
            facts = ("no_faults", "prompt_calls") if job.let_go else ("no_faults",)
            yield Point(found in given, expected, observed, rests_on=facts, job=job.label)


def _short(text: object) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else f"{shown[:40]}... of {len(str(text))} characters"


def flagged(seen: Seen, job: Job, flag: str) -> bool:
    """Whether a flag of a job was shown true, by DescribeJobs or by ListJobs (CANCEL-16: they need not agree)."""
    return any(look.detail.get(flag) for look in job.looks) or any(
        summary.get(flag) for summary in summaries(seen, job)
    )


def summaries(seen: Seen, job: Job) -> list[dict]:
    """What ListJobs showed of a job."""
    pages = [call.body for call in seen.of("list_jobs") if isinstance(call.body, dict)]
    return [s for page in pages for s in page.get("jobSummaryList") or () if s.get("jobId") == job.id]


def dependents_fail(seen: Seen) -> Iterator[Point]:
    """Where a request has ended a job, the one that depends on it fails."""
    yield from fails_with(seen.job("dependent"), seen.job())


def fails_with(job: Job | None, dependency: Job | None) -> Iterator[Point]:
    """Where what a job depends on has ended FAILED, it fails as well, and has never run (DEP-02, DEP-03)."""
    if job is None or dependency is None or not dependency.end or dependency.end.status != FAILED:
        return
    ran = [look.status for look in job.looks if look.status in (*STARTED, SUCCEEDED)]
    yield Point(not ran, "never STARTING, for its dependency FAILED", " -> ".join(ran), job=job.label)
    yield from ends(job, FAILED, "like its dependency")


def parent_ends(seen: Seen, status: str, *, of: str = "") -> Iterator[Point]:
    """
    An array's parent ends so. It has no life of its own: what it shows at last is what counts.

    of   its id, where the scenario has several arrays
    """
    looks = [look for look in parents(seen) if of in ("", look.get("jobId"))]
    ended = [look for look in looks if look.get("status") in (FAILED, SUCCEEDED)]
    if ended:
        yield holds(ended[-1]["status"] == status, f"the parent {status}", ended[-1]["status"])
    elif looks and _is_overdue(seen, str(looks[-1].get("jobId"))):
        shown = looks[-1].get("status")
        yield holds(False, f"the parent {status}, for all children have ended", shown, rests_on=("deadline",))


def _is_overdue(seen: Seen, parent_id: str) -> bool:
    """Whether an array was looked at when it had to have ended: all of its children had, for so long."""
    mine = [job for job in seen.jobs.values() if job.id.rpartition(":")[0] == parent_id]
    ends = [
        next(look.saw.at_ms for look in job.looks if look.status in (FAILED, SUCCEEDED)) for job in mine if job.ended
    ]
    last_ms = max((at_ms for at_ms, look in parents_at(seen) if look.get("jobId") == parent_id), default=0)
    return bool(ends) and len(ends) == len(mine) and last_ms > max(ends) + seen.bounds.longest + seen.bounds.lag


def parents(seen: Seen) -> list[dict]:
    """What DescribeJobs showed of the scenario's array parents, in order."""
    return [look for _, look in parents_at(seen)]


def parents_at(seen: Seen) -> list[tuple[int, dict]]:
    """The same, each with the time of the answer."""
    known = {job.id for job in seen.jobs.values()}
    pages = [call for call in seen.of("describe_jobs") if isinstance(call.body, dict)]
    return [
        (call.answered_ms, job)
        for call in pages
        for job in call.said.get("jobs") or ()
        if job.get("jobId") not in known
    ]


def unwatched(seen: Seen) -> list[tuple[dict[str, Any], list[Detail]]]:
    """Jobs that no monitor follows, in the order of submission: how each was submitted, and what DescribeJobs showed of it."""
    found: dict[str, tuple[dict[str, Any], list[Detail]]] = {}
    watched = {job.id for job in seen.jobs.values()}
    for call in seen.calls:
        if call.says.name != "DONE" or not isinstance(call.body, dict):
            continue
        if call.operation == "submit_job" and (id := call.said.get("jobId")) not in watched:
            found[str(id)] = (call.arguments, [])
        elif call.operation == "describe_jobs":
            for detail in call.said.get("jobs") or ():
                if detail.get("jobId") in found:
                    found[detail["jobId"]][1].append(detail)
    return [(arguments, looks) for arguments, looks in found.values() if looks]


def starts(looks: list[Detail], what: str, *, never: bool) -> Iterator[Point]:
    """A job with something that is too long for it starts nothing, and else fails of nothing."""
    last = looks[-1]
    tries = attempts(last)
    began = [look["status"] for look in looks if look.get("status") in (*STARTED, SUCCEEDED)]
    if never:
        expected = f"with {what} FAILED without an attempt"
        yield holds(not began and not tries, expected, f"{last.get('status')} with {len(tries)} attempts")
        if not began and not tries:
            yield holds(last.get("status") == FAILED, expected, last.get("status"), rests_on=("deadline",))
    elif last.get("status") == FAILED and not tries and not began:
        yield holds(False, f"with {what} an attempt", "FAILED without one", rests_on=("no_faults",))
