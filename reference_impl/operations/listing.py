"""ListJobs: one page of a queue's jobs, by status or by one filter, or of an array's children or a job's nodes."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from itertools import islice
from typing import Any

from ...model.limits import FILTERED_PAGE_JOBS, LIST_PAGE_JOBS
from ...model.status import RUNNING, Status
from ..deciding import arns
from ..deciding.records import Job
from ..http import wire
from ..http.call import Call, shows
from ..http.errors import ClientException
from .jobs import status_named, summary
from .queues import queue_named

LOOKED_AT_ONCE = 1000
"""With a filter so many jobs are looked at in one go."""

LOOKS = 20
"""So often for one answer: a page may have fewer jobs than were asked for, and none, where a filter fits few of very many."""

SELECTORS = ("jobQueue", "arrayJobId", "multiNodeJobId")


@shows
async def list_jobs(call: Call, request: Any) -> Any:
    """Newest first (LIST-08); only RUNNING jobs unless asked otherwise (LIST-02); filters look at all (LIST-03)."""
    given = [member for member in SELECTORS if getattr(request, member)]
    if len(given) != 1:
        named = " and ".join(given) or "none"
        raise ClientException(f"exactly one of {', '.join(SELECTORS)} must be given: {named} was")
    status = status_named(request.jobStatus, "jobStatus") if request.jobStatus is not None else RUNNING
    limit = FILTERED_PAGE_JOBS if request.filters else LIST_PAGE_JOBS
    assert limit.high is not None
    size = limit.high if request.maxResults is None else request.maxResults
    limit.check(size, "maxResults")
    wanted = _wanted(request.filters) if request.filters else None
    if not request.jobQueue:
        wanted = None  # filters do not apply to children (LIST-09)
    before = _ordinal(request.nextToken) if request.nextToken else None
    listed = _listed(call, request)
    # A filter looks at all statuses; that of a share may be told one (LIST-03).
    both = wanted and request.jobStatus is not None and request.filters[0].name == "SHARE_IDENTIFIER"
    page, more_before = await _page(call, listed, None if wanted and not both else status, before, wanted, size)
    return wire.reply_type("ListJobs")(
        jobSummaryList=[summary(job, call.ledger) for job in page],
        nextToken=None if more_before is None else _token(more_before),
    )


async def _page(
    call: Call, listed: str, status: Status | None, before: int | None, wanted: Callable[[Job], bool] | None, size: int
) -> tuple[list[Job], int | None]:
    """Up to `size` jobs, and where the next page begins. Others are served meanwhile."""
    at_once = LOOKED_AT_ONCE if wanted else size + 1
    found: list[Job] = []
    for _ in range(LOOKS):
        looked_at = list(islice(call.ledger.newest_first(listed, status, before), at_once))
        found += filter(wanted, looked_at)
        if len(found) > size:
            return found[:size], found[size - 1].ordinal
        if len(looked_at) < at_once:
            return found, None
        before = looked_at[-1].ordinal
        await asyncio.sleep(0)
    return found, before


def _listed(call: Call, request: Any) -> str:
    """The list that is meant: a queue's jobs, an array's children (ARR-14) or a job's nodes; none where there is no such job."""
    if request.jobQueue:
        return queue_named(call, request.jobQueue).arn
    parent = call.ledger.job(call.region, request.arrayJobId or request.multiNodeJobId)
    return "" if parent is None else parent.id


def _wanted(filters: list[Any]) -> Callable[[Job], bool]:
    if len(filters) != 1:
        raise ClientException(f"Only one filter key-value pair can be specified. filters has {len(filters)} entries")
    name, values = filters[0].name, filters[0].values or []
    if len(values) != 1:
        if values:
            raise ClientException(
                f"Filter cannot take more than one value. filters[0].values has {len(values)} entries"
            )
        raise ClientException("filters[0].values has 0 entries: exactly one is needed")
    value: str = values[0]
    match name:  # the names are case-sensitive (LIST-07)
        case "JOB_NAME":
            fits = _pattern(value.lower())
            return lambda job: fits(job.order.name.lower())  # LIST-04
        case "JOB_DEFINITION":
            return _of_definition(value)
        case "BEFORE_CREATED_AT":
            at_ms = _milliseconds(value)
            return lambda job: job.created_at_ms < at_ms
        case "AFTER_CREATED_AT":
            at_ms = _milliseconds(value)
            return lambda job: job.created_at_ms > at_ms
        case "SHARE_IDENTIFIER":
            return lambda job: job.order.share == value
    known = "JOB_NAME, JOB_DEFINITION, BEFORE_CREATED_AT, AFTER_CREATED_AT, SHARE_IDENTIFIER"
    raise ClientException(f"filters[0].name is {name!r}: it must be one of {known}, in capitals")


def _of_definition(value: str) -> Callable[[Job], bool]:
    """A name means all its revisions, an ARN one (LIST-05)."""
    if value.startswith("arn:"):
        if value.endswith("*"):
            raise ClientException(f"filters[0].values[0] is {value!r}: an ARN takes no *")
        return lambda job: job.order.definition == value
    fits = _pattern(value)
    return lambda job: fits(arns.short(job.order.definition).partition(":")[0])


def _pattern(pattern: str) -> Callable[[str], bool]:
    if pattern.endswith("*"):
        return lambda text: text.startswith(pattern[:-1])
    return lambda text: text == pattern


def _milliseconds(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ClientException(f"filters[0].values[0] is {value!r}: it must be milliseconds since 1970, in digits")
    return int(value[:20])


def _token(ordinal: int) -> str:
    return urlsafe_b64encode(f"before {ordinal}".encode()).decode()


def _ordinal(token: str) -> int:
    try:
        word, number = urlsafe_b64decode(token.encode()).decode().split(" ")
        if word == "before" and number.isdigit():
            return int(number[:20])
    except ValueError:
        pass
    raise ClientException(f"nextToken is {token[:100]!r}: it is not one that this server gave")
