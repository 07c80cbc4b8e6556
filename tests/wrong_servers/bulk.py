"""Servers that get CancelJobs or TerminateJobs wrong."""

from __future__ import annotations

from dataclasses import replace

from batchproof.reference_impl.http import wire

from .defining import (
    BULK,
    answered,
    breaks,
    handles,
)


@breaks("BULK-03", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def errors_are_left_out_when_there_are_none(reply):
    """An empty `errors` is absent."""
    reply.errors = reply.errors or None


@breaks("BULK-04", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def finished_jobs_are_not_answered(right, call, request):
    """A job that has ended is neither in `successful` nor in `errors`."""
    reply = await right(call, request)
    ended = {job_id for job_id in request.jobs if (job := call.ledger.jobs.get(job_id)) and job.status.terminal}
    reply.successful = [job_id for job_id in reply.successful if job_id not in ended]
    return reply


@breaks("BULK-05", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def unknown_jobs_are_errors_in_bulk(right, call, request):
    """An id that no job has is in `errors`."""
    reply = await right(call, request)
    error = wire.shape("CancelJobsErrorDetail")
    for job_id in [job_id for job_id in reply.successful if job_id not in call.ledger.jobs]:
        reply.successful.remove(job_id)
        reply.errors.append(error(job=job_id, code="ClientException", message="no such job"))
    return reply


@breaks("BULK-07", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def error_codes_are_made_up(reply):
    """The code of an item of `errors` is none of those that are documented."""
    for item in reply.errors:
        item.code = "BadId"


@breaks("BULK-11", reach=BULK)
def cancel_jobs_is_terminate_jobs(parts):
    """CancelJobs also stops what runs."""
    return replace(parts, handlers={**parts.handlers, "CancelJobs": parts.handlers["TerminateJobs"]})
