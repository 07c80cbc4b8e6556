"""Whether the kit and the service understand each other at all. Nothing here is ever held against a service."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.status import RUNNABLE, SUBMITTED, SUCCEEDED
from ..claim import Point, claim, ends, exit_code, holds
from ..seen import Seen


@claim("SMOKE-01")
def a_plain_job_ends(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.end:
        missing = [
            name for name in ("jobId", "jobName", "jobQueue", "status", "jobDefinition") if name not in job.end.detail
        ]
        yield holds(not missing, "DescribeJobs with jobId, jobName, jobQueue, status, jobDefinition", f"no {missing}")


@claim("SMOKE-02")
def the_command_runs(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.end:
        code = exit_code(job.end.detail)
        observed = f"{job.status} with exit code {code}: does the service run the commands of jobs? If not, say so with --power none"
        yield holds(code == 7, "a job that runs `exit 7` ends with exit code 7", observed)


@claim("SMOKE-03")
def the_gate_works(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), SUCCEEDED, "as it was told at the gate")


@claim("SMOKE-04")
def a_full_queue_holds(seen: Seen) -> Iterator[Point]:
    job, holder = seen.job(), seen.job("holder")
    if job and holder and job.looks:
        full_until_ms = holder.let_go[0].at_ms if holder.let_go else job.looks[-1].saw.at_ms + 1
        meanwhile = [look.status for look in job.looks if look.saw.at_ms < full_until_ms]
        other = [status for status in meanwhile if status not in (SUBMITTED, RUNNABLE)]
        observed = f"{' -> '.join(meanwhile)}: does the service bound what runs at once?"
        yield holds(not other, "RUNNABLE in a queue without room", observed)
