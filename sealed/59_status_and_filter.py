"""
ListJobs with a filter and a jobStatus shows only the jobs in that status.

Breaks: LIST-03
"""

from __future__ import annotations

from batchproof.reference_impl.http.call import shows
from batchproof.reference_impl.operations import HANDLERS


def break_it() -> None:
    list_jobs = HANDLERS["ListJobs"].do

    @shows
    async def both(call, request):
        reply = await list_jobs(call, request)
        if request.filters and request.jobStatus is not None:
            reply.jobSummaryList = [one for one in reply.jobSummaryList if one.status == request.jobStatus]
        return reply

    HANDLERS["ListJobs"] = both
