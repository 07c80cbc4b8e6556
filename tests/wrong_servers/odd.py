"""Servers that are no Batch at all, or have a fault that no rule is about: what comes of them, tests of their own say."""

from __future__ import annotations

from dataclasses import replace

from batchproof.model.readings import valuation
from batchproof.reference_impl.http import wire
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


@odd
@handles("SubmitJob")
async def one_job_of_term_12_is_over_at_once(right, call, request):
    """A legal haste: of the first job of TERM-12 nobody sees more than its end."""
    if request.jobName.endswith("-TERM-12-1"):
        request.containerOverrides.command = ["true"]
    return await right(call, request)


@odd
@handles("SubmitJob")
async def every_job_has_two_tries(right, call, request):
    """Whoever asks for one try, or for nothing, gets two."""
    strategy = wire.shape("RetryStrategy")
    if request.retryStrategy is None or request.retryStrategy.attempts == 1:
        request.retryStrategy = strategy(attempts=2)
    return await right(call, request)
