"""CancelJobs and TerminateJobs: the single operations for up to 50 jobs, each with a result of its own (BULK-11)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from ...model.limits import BULK_JOBS
from ..http import wire
from ..http.call import Call, asks
from ..http.errors import ClientException
from .jobs import cancel, check_reason, terminate

JOB_ID = re.compile(r"[A-Za-z0-9:#_-]{1,128}")
"""What a job id looks like, a child's `id:3` and a node's `id#1` included."""


@asks
async def cancel_jobs(call: Call, request: Any) -> Any:
    return await _each(call, request, "CancelJobs", cancel)


@asks
async def terminate_jobs(call: Call, request: Any) -> Any:
    return await _each(call, request, "TerminateJobs", terminate)


async def _each(call: Call, request: Any, operation: str, do: Callable[[Call, str, str], Awaitable[None]]) -> Any:
    if request.jobs is None:
        raise ClientException("jobs is required, and it is absent")
    BULK_JOBS.check(len(request.jobs), "jobs")
    check_reason(request)
    # Each id comes back in exactly one of the two lists (BULK-04), known or not (BULK-05).
    successful, malformed = _sorted_out(request.jobs)
    # All at once: what is asked for together is committed together.
    await asyncio.gather(*(do(call, job_id, request.reason) for job_id in successful))
    detail = wire.shape(f"{operation}ErrorDetail")
    errors = [detail(job=job_id, code="ValidationException", message=_refused(job_id)) for job_id in malformed]
    return wire.reply_type(operation)(successful=successful, errors=errors)


def _sorted_out(ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """The ids that are well formed, and those that are not, each once."""
    ids = dict.fromkeys(ids)
    return [one for one in ids if JOB_ID.fullmatch(one)], [one for one in ids if not JOB_ID.fullmatch(one)]


def _refused(job_id: str) -> str:
    return f"job id {job_id[:128]!r} is malformed: 1 to 128 letters, digits and : # _ - are allowed"
