"""Servers that forget what they have shown, or come to a status that nobody knows."""

from __future__ import annotations

from batchproof.model.status import FAILED, SUCCEEDED

from .defining import breaks, described, handles

cancelled_at_the_end: set[str] = set()


@breaks("ST-01 CANCEL-09", unclear="CANCEL-10", blind="CANCEL-01 CANCEL-08 CANCEL-12 CANCEL-13 BULK-03 BULK-04")
@handles("CancelJob", "DescribeJobs")
async def a_finished_job_becomes_cancelled(right, call, request):
    """CancelJob on a job that has ended makes its status CANCELLED, which Batch has not."""
    if hasattr(request, "jobId"):
        job = call.ledger.job(call.region, request.jobId)
        if job is not None and job.status.terminal:
            cancelled_at_the_end.add(request.jobId)
        return await right(call, request)
    reply = await right(call, request)
    for job in reply.jobs:
        if job.jobId in cancelled_at_the_end:
            job.status = "CANCELLED"
    return reply


@breaks("RETRY-03 RETRY-19 RETRY-23 RETRY-33 RETRY-34", unclear="RETRY-04 ST-34")
@described
def only_the_last_attempt_is_kept(job):
    """A finished job shows the last of its attempts alone, having shown all of them before."""
    if job.status in (SUCCEEDED, FAILED) and job.attempts:
        job.attempts = job.attempts[-1:]


@breaks("CANCEL-15")
@described
def a_finished_job_was_never_cancelled(job):
    """isCancelled is shown until the job ends."""
    if job.status in (SUCCEEDED, FAILED):
        job.isCancelled = None


@breaks("TERM-14 TERM-15")
@described
def a_finished_job_was_never_terminated(job):
    """isTerminated is shown until the job ends."""
    if job.status in (SUCCEEDED, FAILED):
        job.isTerminated = None
