"""States, their order, their times, and dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....model.limits import DEPENDENCIES
from ....model.reads import is_time
from ....model.status import FAILED, SUCCEEDED, TERMINAL, Status
from ..claim import Point, accepted, attempts, claim, ends, exit_code, holds, refused
from ..seen import Seen
from .showing.jobs import summaries, unwatched

CLOCKS_DIFFER_MS = 1000
"""Two times of one record may be taken by two hosts."""


@claim("ST-01")
def status_is_one_of_the_seven(seen: Seen) -> Iterator[Point]:
    """Another status, here or anywhere, is what `throughout` looks for."""
    for job in seen.jobs.values():
        for status in {look.status for look in job.looks} | {s.get("status") for s in summaries(seen, job)}:
            if status in Status.__members__:
                yield Point(True, "one of the seven", f"status {status!r}", job=job.label)


@claim("ST-02")
def created_at_is_the_time_of_submission(seen: Seen) -> Iterator[Point]:
    for call in seen.of("submit_job"):
        if call.says.name == "DONE" and isinstance(call.body, dict):
            wanted = call.arguments["jobName"]
            yield holds(call.said.get("jobName") == wanted, f"jobName {wanted}", call.said.get("jobName"))
            yield holds(bool(call.said.get("jobId")), "a jobId", call.said.get("jobId"))
    first, second = seen.job("first"), seen.job("second")
    if first and second and first.last and second.last:
        name = first.arguments["jobName"]
        yield holds(first.last.detail.get("jobName") == name, f"jobName {name}", first.last.detail.get("jobName"))
        one, two = (job.last.detail.get("createdAt") for job in (first, second) if job.last)
        in_ms = is_time(one) and is_time(two)
        yield holds(in_ms, "createdAt in milliseconds since 1970", (one, two))
        if isinstance(one, int) and isinstance(two, int) and in_ms:
            # Two submissions from one thread: their times are in order, give or take what two hosts' clocks may differ.
            in_order = one <= two + CLOCKS_DIFFER_MS
            yield holds(in_order, "createdAt of the job submitted later is not the earlier one", (one, two))


@claim("ST-04")
def pending_waits_for_every_dependency(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), SUCCEEDED, "after its dependencies")


@claim("DEP-07")
def a_retried_dependency_has_not_failed(seen: Seen) -> Iterator[Point]:
    job, first = seen.job(), seen.job("dependency")
    if first and first.status == SUCCEEDED and len(first.exits) > 1:
        yield from ends(job, SUCCEEDED, "after its dependency's second attempt")


@claim("DEP-01")
def too_many_dependencies_are_refused(seen: Seen) -> Iterator[Point]:
    most = DEPENDENCIES.high
    assert most is not None
    for call in seen.of("submit_job"):
        number = len(call.arguments.get("dependsOn") or ())
        if number:
            yield from (accepted if number <= most else refused)([call], f"a job with {number} dependencies")


@claim("DEP-23")
def dependencies_are_echoed(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    shown = [(job.arguments, job.last.detail)] if job and job.last else []
    for arguments, detail in [*shown, *((arguments, looks[-1]) for arguments, looks in unwatched(seen))]:
        wanted = _depends_on(arguments)
        found = _depends_on(detail)
        yield holds(found == wanted, f"dependsOn with {wanted}", found)


def _depends_on(shown: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What a job waits for, in any order: what it is called, and its type where it has one."""
    return sorted((on.get("jobId") or "", on.get("type") or "") for on in shown.get("dependsOn") or ())


@claim("ST-08")
def the_exit_code_decides(seen: Seen) -> Iterator[Point]:
    for job in seen.cast:
        if job.end and (role := job.submitted.role).startswith("exits "):
            code = int(role.split()[1])
            yield from ends(job, SUCCEEDED if code == 0 else FAILED, f"after exit code {code}")
            found = exit_code(job.end.detail)
            yield Point(found == code, f"container.exitCode {code}", str(found), rests_on=("no_faults",), job=job.label)


@claim("ST-10")
def the_end_is_the_end(seen: Seen) -> Iterator[Point]:
    for job in seen.cast:
        first = next((look for look in job.looks if look.status in TERMINAL), None)
        if first and job.last is not first:
            # Another end is a breach however old a read is; an earlier status is one unless reads may go back.
            other = job.status in TERMINAL and job.status != first.status
            yield Point(not other, f"{first.status} for ever", f"{first.status} -> {job.status}", job=job.label)
            yield from ends(job, first.status, "for ever")


@claim("ST-22")
def started_at_begins_with_running(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job or not job.end:
        return
    for look in job.looks:
        if look.status in (Status.SUBMITTED, Status.PENDING, Status.RUNNABLE) and not attempts(look.detail):
            early = look.detail.get("startedAt")
            yield holds(not early, f"no startedAt while {look.status}", early)
    if job.end.status == SUCCEEDED:
        started, created = job.end.detail.get("startedAt"), job.end.detail.get("createdAt")
        yield holds(is_time(started), "startedAt in milliseconds", started)
        if isinstance(started, int) and isinstance(created, int):
            yield holds(started >= created, f"startedAt from createdAt {created} on", started)


@claim("ST-26")
def the_times_are_in_order(seen: Seen) -> Iterator[Point]:
    for job in seen.cast:
        if job.end:
            times = [job.end.detail[n] for n in ("createdAt", "startedAt", "stoppedAt") if job.end.detail.get(n)]
            yield holds(times == sorted(times), "createdAt <= startedAt <= stoppedAt", times)


@claim("ST-24")
def stopped_at_is_shown_at_the_end(seen: Seen) -> Iterator[Point]:
    for job in seen.cast:
        if job.end and job.end.status == SUCCEEDED:
            stopped = job.end.detail.get("stoppedAt")
            yield holds(is_time(stopped), "stoppedAt in milliseconds", stopped)


@claim("ST-33")
def submissions_are_not_merged(seen: Seen) -> Iterator[Point]:
    same = seen.each("same")
    if len(same) == 2:
        yield holds(same[0].id != same[1].id, "two job ids", f"{same[0].id} twice")


@claim("ST-28")
def the_log_stream_is_shown(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    for look in job.looks if job else ():
        if look.status in (Status.RUNNING, SUCCEEDED):
            found = (look.detail.get("container") or {}).get("logStreamName")
            yield holds(found, f"container.logStreamName while {look.status}", repr(found), job=job.label)  # type: ignore[union-attr]


@claim("ST-34")
def each_attempt_has_a_task_of_its_own(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    for member in ("taskArn", "logStreamName") if job and job.end else ():
        assert job is not None
        assert job.end is not None
        named = [(attempt.get("container") or {}).get(member) for attempt in attempts(job.end.detail)]
        found = [name for name in named if name]
        if len(found) > 1:
            expected = f"{member} of {len(found)} attempts, all different"
            yield holds(len({*found}) == len(found), expected, found, job=job.label)
