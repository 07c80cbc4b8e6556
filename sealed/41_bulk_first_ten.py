"""
TerminateJobs works in chunks of ten and leaves after the first one, but reports every id as successful.

Breaks: BULK-11, BULK-12
"""

from __future__ import annotations

from batchproof.reference_impl.operations import bulk


def break_it() -> None:
    each = bulk._each

    async def first_chunk(call, request, operation, do):
        if operation != "TerminateJobs" or request.jobs is None:
            return await each(call, request, operation, do)
        chunk = list(dict.fromkeys(request.jobs))[:10]

        async def of_chunk(call, job_id, reason):
            if job_id in chunk:
                await do(call, job_id, reason)

        return await each(call, request, operation, of_chunk)

    bulk._each = first_chunk
