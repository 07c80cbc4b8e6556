"""Servers that are no Batch at all, for `--server odd_servers:NAME`."""

from __future__ import annotations

from dataclasses import replace

from batchproof.model.readings import valuation
from batchproof.reference_impl.serving import Parts


def never_moves(parts: Parts) -> Parts:
    """Answers everything with success, and no job ever leaves SUBMITTED."""
    lifecycle = parts.engine.lifecycle
    stuck = type(lifecycle)([move for move in lifecycle.table if move.event in ("cancel", "terminate")])
    parts.engine.lifecycle = stuck
    return parts


def lacks_cancel(parts: Parts) -> Parts:
    """Has no CancelJob and no CancelJobs."""
    handlers = {name: found for name, found in parts.handlers.items() if not name.startswith("CancelJob")}
    return replace(parts, handlers=handlers)


def mixes_readings(parts: Parts) -> Parts:
    """Every other job follows the API reference instead of the founding document."""
    right, engine = parts.handlers["SubmitJob"], parts.engine
    answers = ["yes", "no"]

    async def submit_job(call, request):
        if (request.retryStrategy and request.retryStrategy.attempts) == 2:
            engine.readings = valuation({"cancel_overrides_retry": answers[0]})
            answers.reverse()
        return await right(call, request)

    return replace(parts, handlers={**parts.handlers, "SubmitJob": submit_job})
