"""Servers whose answers to bad requests say nothing of the request."""

from __future__ import annotations

from .defining import breaks, handles


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
