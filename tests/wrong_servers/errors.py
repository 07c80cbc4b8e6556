"""Servers whose answers to bad requests say nothing of the request."""

from __future__ import annotations

from batchproof.reference_impl.http.errors import ClientException

from .defining import breaks, handles

REFUSING = "ERR-* LIST-01 CANCEL-1*"


@breaks("ERR-01", unclear="CANCEL-12")
@handles("CancelJob", "TerminateJob")
async def an_empty_reason_is_a_fault_of_the_service(right, call, request):
    """CancelJob and TerminateJob answer 500 to an empty reason."""
    if request.reason == "":
        raise ZeroDivisionError("on purpose")
    return await right(call, request)


@breaks("ERR-01", unclear="ERR-04")
@handles("SubmitJob")
async def an_unknown_definition_is_a_fault_of_the_service(right, call, request):
    """SubmitJob answers 500 where the job definition is not known."""
    if request.jobDefinition.startswith("no-such"):
        raise ZeroDivisionError("on purpose")
    return await right(call, request)


@breaks("ERR-01", reach=REFUSING)
def refusals_are_called_after_what_is_wrong(parts):
    """A request that cannot be served is answered with InvalidParameterException."""
    ClientException.kind = "InvalidParameterException"
    return parts


@breaks("ERR-01", reach=REFUSING)
def refusals_are_unprocessable(parts):
    """A request that cannot be served is answered with HTTP 422."""
    ClientException.status = 422
    return parts


@breaks("ERR-01", reach=REFUSING)
@handles("SubmitJob")
async def an_unknown_queue_is_a_resource_not_found(right, call, request):
    """Where SubmitJob names a queue that there is not the error is another one."""
    try:
        return await right(call, request)
    except ClientException as refusal:
        if request.jobQueue.startswith("no-such"):
            refusal.kind = "ResourceNotFoundException"
        raise
