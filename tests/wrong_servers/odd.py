"""Servers that are no Batch at all, or have a fault that no rule is about: what comes of them, tests of their own say."""

from __future__ import annotations

from dataclasses import replace

from batchproof.model.readings import valuation
from batchproof.reference_impl.settings import Parts

from .defining import odd


@odd
def never_moves(parts: Parts) -> Parts:
    """Answers everything with success, and no job ever leaves SUBMITTED."""
    lifecycle = parts.engine.changes.lifecycle
    stuck = type(lifecycle)([move for move in lifecycle.table if move.event in ("cancel", "terminate")])
    parts.engine.changes.lifecycle = stuck
    return parts


@odd
def lacks_cancel(parts: Parts) -> Parts:
    """Has no CancelJob and no CancelJobs."""
    handlers = {name: found for name, found in parts.handlers.items() if not name.startswith("CancelJob")}
    return replace(parts, handlers=handlers)


@odd
def mixes_readings(parts: Parts) -> Parts:
    """Every other job follows the API reference instead of the founding document."""
    right, engine = parts.handlers["SubmitJob"], parts.engine
    answers = ["yes", "no"]

    async def submit_job(call, request):
        if (request.retryStrategy and request.retryStrategy.attempts) == 2:
            engine.changes.readings = valuation({"cancel_overrides_retry": answers[0]})
            answers.reverse()
        return await right(call, request)

    return replace(parts, handlers={**parts.handlers, "SubmitJob": submit_job})


@odd
def shows_no_flags(parts: Parts) -> Parts:
    """DescribeJobs never shows isCancelled."""
    right = parts.handlers["DescribeJobs"]

    async def describe_jobs(call, request):
        reply = await right(call, request)
        for job in reply.jobs:
            job.isCancelled = None
        return reply

    return replace(parts, handlers={**parts.handlers, "DescribeJobs": describe_jobs})


@odd
def lists_fail(parts: Parts) -> Parts:
    """ListJobs has a fault."""

    async def list_jobs(call, request):
        raise ZeroDivisionError("on purpose")

    return replace(parts, handlers={**parts.handlers, "ListJobs": list_jobs})
