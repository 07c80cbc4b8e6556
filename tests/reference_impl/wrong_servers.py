"""Servers that are wrong on purpose in ways that no table can express: `--server wrong_servers:NAME`."""

from __future__ import annotations

from dataclasses import replace

from batchproof.reference_impl.serving import Parts


def shows_no_flags(parts: Parts) -> Parts:
    """DescribeJobs never shows isCancelled."""
    right = parts.handlers["DescribeJobs"]

    async def describe_jobs(call, request):
        reply = await right(call, request)
        for job in reply.jobs:
            job.isCancelled = None
        return reply

    return replace(parts, handlers={**parts.handlers, "DescribeJobs": describe_jobs})


def breaks(parts: Parts) -> Parts:
    """ListJobs has a fault."""

    async def list_jobs(call, request):
        raise ZeroDivisionError("on purpose")

    return replace(parts, handlers={**parts.handlers, "ListJobs": list_jobs})
