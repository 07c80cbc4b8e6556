"""
The reason of a CancelJob is kept in a column of 256 characters, and the rest of it is lost.

Breaks: CANCEL-14
"""

from __future__ import annotations

from batchproof.reference_impl.operations import bulk, jobs


def break_it() -> None:
    cancel = jobs.cancel

    async def cut(call, job_id, reason):
        await cancel(call, job_id, reason[:256])

    jobs.cancel = bulk.cancel = cut
