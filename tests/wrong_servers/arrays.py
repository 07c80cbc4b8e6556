"""Servers that get arrays wrong, each in one way, for `--server wrong_servers.arrays:NAME`. The name says which rule it breaks."""

from __future__ import annotations

from dataclasses import replace

from batchproof.reference_impl.deciding.messages import TerminateRequested
from batchproof.reference_impl.serving import Parts


def _submitting(parts: Parts, change) -> Parts:
    right = parts.handlers["SubmitJob"]

    async def submit_job(call, request):
        change(request)
        return await right(call, request)

    return replace(parts, handlers={**parts.handlers, "SubmitJob": submit_job})


def _showing(parts: Parts, change) -> Parts:
    """`change` gets each parent as DescribeJobs shows it, and its counts."""
    right = parts.handlers["DescribeJobs"]

    async def describe_jobs(call, request):
        reply = await right(call, request)
        for job in reply.jobs:
            if job.arrayProperties is not None and job.arrayProperties.size is not None:
                change(job, job.arrayProperties.statusSummary)
        return reply

    return replace(parts, handlers={**parts.handlers, "DescribeJobs": describe_jobs})


def arr_01(parts: Parts) -> Parts:
    """Takes any size, and makes one of it that is allowed."""

    def clamp(request):
        if request.arrayProperties is not None:
            request.arrayProperties.size = min(max(request.arrayProperties.size, 2), 2)

    return _submitting(parts, clamp)


def arr_03(parts: Parts) -> Parts:
    """Shows a parent as RUNNING while a child runs."""

    def running(job, counts):
        if counts["RUNNING"]:
            job.status = "RUNNING"

    return _showing(parts, running)


def arr_05(parts: Parts) -> Parts:
    """Shows a parent as FAILED although all children succeeded."""

    def failed(job, counts):
        if job.status == "SUCCEEDED":
            job.status = "FAILED"

    return _showing(parts, failed)


def arr_06(parts: Parts) -> Parts:
    """Shows a parent as FAILED as soon as one child has failed."""

    def early(job, counts):
        if counts["FAILED"]:
            job.status = "FAILED"

    return _showing(parts, early)


def arr_08(parts: Parts) -> Parts:
    """Counts one child less."""

    def less(job, counts):
        counts["FAILED"] = max(0, counts["FAILED"] - 1)

    return _showing(parts, less)


def arr_15(parts: Parts) -> Parts:
    """Tells every child that it is the first."""
    right = parts.launcher.spawn

    def spawn(job_id, number, command, environment):
        right(job_id, number, command, {**environment, "AWS_BATCH_JOB_ARRAY_INDEX": "0"})

    parts.launcher.spawn = spawn  # type: ignore[method-assign]
    return parts


def _forgetting(parts: Parts, kind: str) -> Parts:
    def forget(request):
        request.dependsOn = [entry for entry in request.dependsOn or () if entry.type != kind]

    return _submitting(parts, forget)


def dep_12(parts: Parts) -> Parts:
    """Forgets SEQUENTIAL."""
    return _forgetting(parts, "SEQUENTIAL")


def dep_14(parts: Parts) -> Parts:
    """Forgets N_TO_N."""
    return _forgetting(parts, "N_TO_N")


def _instead(parts: Parts, operation: str, of) -> Parts:
    """Terminates, beside the job that is asked for, those that `of` names."""
    right = parts.handlers[operation]

    async def request(call, asked):
        reply = await right(call, asked)
        for job_id in of(asked.jobId):
            await call.shell.ask(lambda number, job_id=job_id: TerminateRequested(number, job_id, asked.reason))
        return reply

    return replace(parts, handlers={**parts.handlers, operation: request})


def cancel_27(parts: Parts) -> Parts:
    """A cancelled child takes its whole array with it."""
    return _instead(parts, "CancelJob", lambda job_id: [job_id.rpartition(":")[0]] if ":" in job_id else [])


def term_21(parts: Parts) -> Parts:
    """So does a terminated one."""
    return _instead(parts, "TerminateJob", lambda job_id: [job_id.rpartition(":")[0]] if ":" in job_id else [])


def term_20(parts: Parts) -> Parts:
    """Terminating an array ends its first child only."""
    right = parts.handlers["TerminateJob"]

    async def terminate_job(call, request):
        job = call.ledger.jobs.get(request.jobId)
        if job is not None and job.order.is_parent:
            request.jobId += ":0"
        return await right(call, request)

    return replace(parts, handlers={**parts.handlers, "TerminateJob": terminate_job})
