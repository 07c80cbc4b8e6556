"""Servers that get CancelJobs or TerminateJobs wrong."""

from __future__ import annotations

from dataclasses import replace

from batchproof.model.limits import Violation
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.errors import ClientException, Refusal
from batchproof.reference_impl.operations.bulk import JOB_ID

from .defining import (
    BULK,
    answered,
    asked,
    breaks,
    handles,
)


class ValidationException(Refusal):
    """What many of AWS's services call a bad request, and Batch does not."""

    kind = "ValidationException"


@breaks("BULK-01", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def fifty_are_too_many(right, call, request):
    """CancelJobs and TerminateJobs take fewer than 50 ids."""
    if len(request.jobs or ()) >= 50:
        raise ClientException("too many jobs")
    return await right(call, request)


@breaks("BULK-02", unclear="BULK-06 BULK-07 BULK-09", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def one_malformed_id_fails_the_call(right, call, request):
    """A malformed id is an error of the whole call."""
    for job_id in request.jobs or ():
        if not JOB_ID.fullmatch(job_id):
            raise ClientException(f"job id {job_id!r} is malformed")
    return await right(call, request)


@breaks("BULK-06", unclear="BULK-07 BULK-09", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def malformed_ids_are_only_unknown(right, call, request):
    """A malformed id is in `successful`, like one that no job has."""
    reply = await right(call, request)
    reply.successful += [item.job for item in reply.errors]
    reply.errors = []
    return reply


@breaks("BULK-06", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def malformed_ids_are_client_exceptions(reply):
    """The code of a malformed id is ClientException."""
    for item in reply.errors:
        item.code = "ClientException"


@breaks("BULK-07", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def an_empty_id_has_a_code_of_its_own(reply):
    """The code of an empty id is none of those that are documented."""
    for item in reply.errors:
        item.code = item.code if item.job else "MissingId"


@breaks("BULK-09", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def error_items_have_no_message(reply):
    """An item of `errors` carries the job and the code alone."""
    for item in reply.errors:
        item.message = None


@breaks("BULK-12", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def the_first_two_are_acted_on(right, call, request):
    """All ids are in `successful`, and only the jobs of the first two are cancelled or terminated."""
    others = [job_id for job_id in (request.jobs or ())[2:] if JOB_ID.fullmatch(job_id)]
    request.jobs = request.jobs and [job_id for job_id in request.jobs if job_id not in others]
    reply = await right(call, request)
    reply.successful += others
    return reply


@breaks("BULK-16", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def refused_calls_are_validation_exceptions(right, call, request):
    """CancelJobs and TerminateJobs are refused with ValidationException."""
    try:
        return await right(call, request)
    except (ClientException, Violation) as refusal:
        raise ValidationException(str(refusal)) from refusal


@breaks("BULK-17 CANCEL-14 TERM-13", reach=BULK)
@asked("CancelJobs", "TerminateJobs")
def reasons_in_bulk_are_cut(request):
    """Of a reason for many jobs 255 characters are kept."""
    request.reason = request.reason and request.reason[:255]


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


@breaks("BULK-06 BULK-07", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def error_codes_are_made_up(reply):
    """The code of an item of `errors` is none of those that are documented."""
    for item in reply.errors:
        item.code = "BadId"


@breaks("BULK-11 BULK-12 BULK-17", reach=BULK)
def cancel_jobs_is_terminate_jobs(parts):
    """CancelJobs also stops what runs."""
    return replace(parts, handlers={**parts.handlers, "CancelJobs": parts.handlers["TerminateJobs"]})
