"""Servers that get DescribeJobs or ListJobs wrong."""

from __future__ import annotations

from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.errors import ClientException

from .defining import (
    DESCRIPTIONS,
    LISTS,
    answered,
    asked,
    breaks,
    handles,
)


@breaks("DESC-01", unclear="ERR-05", reach=DESCRIPTIONS)
@handles("DescribeJobs")
async def unknown_jobs_cannot_be_described(right, call, request):
    """DescribeJobs is an error when it is asked for an id that no job has."""
    for job_id in request.jobs:
        if call.ledger.job(call.region, job_id) is None:
            raise ClientException(f"job {job_id} does not exist")
    return await right(call, request)


@breaks("ERR-05", reach=DESCRIPTIONS)
@asked("DescribeJobs")
def the_first_hundred_are_described(request):
    """DescribeJobs ignores all ids but the first hundred."""
    request.jobs = request.jobs[:100]


@breaks("LIST-01", reach=LISTS)
@handles("ListJobs")
async def a_list_without_a_selector_is_of_some_queue(right, call, request):
    """ListJobs without a selector takes the first queue there is."""
    if not (request.jobQueue or request.arrayJobId or request.multiNodeJobId):
        request.jobQueue = next(iter(call.ledger.queues))
    return await right(call, request)


@breaks("LIST-02", reach=LISTS)
@asked("ListJobs")
def lists_show_every_status(request):
    """Without jobStatus ListJobs lists all jobs."""
    if request.jobStatus is None and not request.filters:
        request.filters = [wire.shape("KeyValuesPair")(name="JOB_NAME", values=["*"])]


@breaks("LIST-02 ARR-14", reach=LISTS)
@handles("ListJobs")
async def lists_are_empty_unless_asked(right, call, request):
    """Without jobStatus and without filters ListJobs lists nothing."""
    reply = await right(call, request)
    if request.jobStatus is None and not request.filters:
        reply.jobSummaryList = []
    return reply


@breaks("LIST-03 LIST-04 LIST-05 LIST-06 LIST-09 LIST-10", reach=LISTS)
@handles("ListJobs")
async def filtered_lists_show_running_jobs_only(right, call, request):
    """ListJobs lists RUNNING jobs unless it is asked for a status, also with filters."""
    reply = await right(call, request)
    if request.filters:
        reply.jobSummaryList = [item for item in reply.jobSummaryList if item.status == "RUNNING"]
    return reply


@breaks("LIST-04", reach=LISTS)
@handles("ListJobs")
async def names_have_a_case_in_filters(right, call, request):
    """The JOB_NAME filter tells capitals from small letters."""
    reply = await right(call, request)
    if request.jobQueue and request.filters and request.filters[0].name == "JOB_NAME":
        wanted = request.filters[0].values[0].rstrip("*")
        reply.jobSummaryList = [item for item in reply.jobSummaryList if item.jobName.startswith(wanted)]
    return reply


@breaks("LIST-10", reach=LISTS)
@asked("ListJobs")
def max_results_is_ignored(request):
    """ListJobs shows a hundred jobs a page, whatever it is asked for."""
    request.maxResults = None


@breaks("LIST-10", reach=LISTS)
@answered("ListJobs")
def pages_end_after_the_first(reply):
    """ListJobs never gives a nextToken."""
    reply.nextToken = None


@breaks("LIST-12", reach=LISTS)
@answered("ListJobs")
def lists_show_false_flags(reply):
    """isCancelled and isTerminated are in every summary, as false where they are not true."""
    for item in reply.jobSummaryList:
        item.isCancelled, item.isTerminated = bool(item.isCancelled), bool(item.isTerminated)
