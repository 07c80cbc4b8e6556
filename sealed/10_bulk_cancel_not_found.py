"""
CancelJobs reports an id that nobody knows as an error of that id, "Job not found".

Breaks: BULK-05
"""

from __future__ import annotations

from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.call import asks
from batchproof.reference_impl.operations import HANDLERS


def break_it() -> None:
    cancel_jobs = HANDLERS["CancelJobs"].do

    @asks
    async def strict(call, request):
        reply = await cancel_jobs(call, request)
        unknown = [one for one in reply.successful if call.ledger.job(call.region, one) is None]
        reply.successful = [one for one in reply.successful if one not in unknown]
        detail = wire.shape("CancelJobsErrorDetail")
        reply.errors += [detail(job=one, code="ClientException", message=f"Job {one} not found") for one in unknown]
        return reply

    HANDLERS["CancelJobs"] = strict
