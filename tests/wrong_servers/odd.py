"""Servers that are no Batch at all, or have a fault that no rule is about: what comes of them, tests of their own say."""

from __future__ import annotations

from dataclasses import replace

from batchproof.model.readings import valuation
from batchproof.reference_impl.settings import Parts

from .defining import described, handles, odd


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
    answers = ["yes", "no"]

    @handles("SubmitJob")
    async def server(right, call, request):
        if (request.retryStrategy and request.retryStrategy.attempts) == 2:
            parts.engine.changes.readings = valuation({"cancel_overrides_retry": answers[0]})
            answers.reverse()
        return await right(call, request)

    return server(parts)


@odd
@described
def shows_no_flags(job):
    """DescribeJobs never shows isCancelled."""
    job.isCancelled = None


@odd
@handles("ListJobs")
async def lists_fail(right, call, request):
    """ListJobs has a fault."""
    raise ZeroDivisionError("on purpose")
