"""Faults that show where few histories come: what random ones alone are to find, without a rule that looks there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from batchproof.model.status import RUNNING
from batchproof.reference_impl.http import wire

from .defining import handles, odd

RARE = (
    "cancel protects from terminate",
    "cancel is lost between attempts",
    "terminate stops nothing",
    "cancel is ignored after a retry",
    "one attempt too many from four on",
    "terminate is lost in STARTING",
    "bulk ends at what runs",
    "one of two requests at once is lost",
)
"""Each is found by random histories alone."""


@odd
@handles("CancelJobs", "TerminateJobs")
async def bulk_ends_at_what_runs(right: Callable, call: Any, request: Any) -> Any:
    """CancelJobs and TerminateJobs do nothing more after the first job that runs already, and say that they did."""
    asked = list(request.jobs or ())
    jobs = call.ledger.jobs
    running = next(
        (place for place, job in enumerate(asked) if job in jobs and jobs[job].status is RUNNING), len(asked)
    )
    request.jobs = asked[: running + 1]
    reply = await right(call, request)
    reply.successful = [*reply.successful, *asked[running + 1 :]]
    return reply


WRITES_FOR_S = 0.02
_writing: set[str] = set()


@odd
@handles("CancelJob", "TerminateJob")
async def one_of_two_requests_at_once_is_lost(right: Callable, call: Any, request: Any) -> Any:
    """A job is read, changed and written back: of two requests for one job that overlap only the first is there after."""
    if request.jobId in _writing:
        await asyncio.sleep(WRITES_FOR_S)
        return wire.reply_type("CancelJob")()
    _writing.add(request.jobId)
    try:
        reply = await right(call, request)
        await asyncio.sleep(WRITES_FOR_S)
        return reply
    finally:
        _writing.discard(request.jobId)
