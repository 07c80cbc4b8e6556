"""
TerminateJobs never looks at what an id is made of: a malformed one is one that is not found, and so successful.

Breaks: BULK-06
"""

from __future__ import annotations

from batchproof.reference_impl.http.call import asks
from batchproof.reference_impl.operations import HANDLERS


def break_it() -> None:
    terminate_jobs = HANDLERS["TerminateJobs"].do

    @asks
    async def lenient(call, request):
        reply = await terminate_jobs(call, request)
        reply.successful = [*reply.successful, *(error.job for error in reply.errors)]
        reply.errors = []
        return reply

    HANDLERS["TerminateJobs"] = lenient
