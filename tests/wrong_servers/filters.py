"""Servers that get the selectors, filters and pages of ListJobs wrong, or the children that DescribeJobs is asked for."""

from __future__ import annotations

from batchproof.reference_impl.operations import listing

from .defining import (
    DESCRIPTIONS,
    LISTS,
    asked,
    breaks,
    handles,
)


def _filter(name):
    """A server in which `change(right, value)` says which jobs the filter of this name means."""

    def decorated(change):
        def server(parts):
            right = listing._wanted

            def wanted(filters):
                fits = right(filters)
                one = filters[0]
                return change(fits, one.values[0]) if one.name == name else fits

            listing._wanted = wanted
            return parts

        server.__name__, server.__doc__ = change.__name__, change.__doc__
        return server

    return decorated


@breaks("LIST-01", reach=LISTS)
@asked("ListJobs")
def the_queue_is_what_counts(request):
    """Beside a jobQueue any other selector is ignored."""
    if request.jobQueue:
        request.arrayJobId = request.multiNodeJobId = None


@breaks("LIST-02", reach=LISTS)
@handles("ListJobs")
async def whatever_has_ended_has_failed(right, call, request):
    """A list of the FAILED jobs has the SUCCEEDED ones as well."""
    reply = await right(call, request)
    if request.jobQueue and request.jobStatus == "FAILED" and not request.filters:
        request.jobStatus = "SUCCEEDED"
        reply.jobSummaryList = [*reply.jobSummaryList, *(await right(call, request)).jobSummaryList]
    return reply


@breaks("LIST-03", reach=LISTS)
@handles("ListJobs")
async def a_status_narrows_a_filtered_list(right, call, request):
    """jobStatus is not ignored beside a filter."""
    reply = await right(call, request)
    if request.filters and request.jobStatus:
        reply.jobSummaryList = [item for item in reply.jobSummaryList if item.status == request.jobStatus]
    return reply


@breaks("LIST-04", reach=LISTS)
@_filter("JOB_NAME")
def a_star_means_anywhere_in_the_name(fits, value):
    """JOB_NAME with a star finds the text in the middle of a name."""
    return lambda job: value[:-1].lower() in job.order.name.lower() if value.endswith("*") else fits(job)


@breaks("LIST-05", reach=LISTS)
@_filter("JOB_DEFINITION")
def definitions_have_no_case(fits, value):
    """JOB_DEFINITION takes capitals for small letters."""

    def any_case(job):
        text = job.order.definition.rpartition("/")[2].partition(":")[0]
        for one in (text, text.lower(), text.upper()):
            if one == value or (value.endswith("*") and one.startswith(value[:-1])):
                return True
        return fits(job)

    return any_case


@breaks("LIST-05", reach=LISTS)
@_filter("JOB_DEFINITION")
def an_arn_means_all_revisions(fits, value):
    """JOB_DEFINITION with the ARN of a revision lists the jobs of all of them."""
    name = value.rpartition(":")[0]
    return lambda job: job.order.definition.rpartition(":")[0] == name if value.startswith("arn:") else fits(job)


@breaks("LIST-05", reach=LISTS)
@_filter("JOB_DEFINITION")
def a_name_means_its_first_revision(fits, value):
    """JOB_DEFINITION with a name lists the jobs of one revision."""
    return lambda job: fits(job) and (value.startswith("arn:") or job.order.definition.endswith(":1"))


@breaks("LIST-06", reach=LISTS)
@_filter("AFTER_CREATED_AT")
def after_a_time_is_in_seconds(fits, value):
    """AFTER_CREATED_AT is taken for seconds since 1970."""
    return lambda job: job.created_at_ms > int(value) * 1000


@breaks("LIST-06", reach=LISTS)
@_filter("BEFORE_CREATED_AT")
def before_a_time_is_after_it(fits, value):
    """BEFORE_CREATED_AT lists what AFTER_CREATED_AT lists."""
    return lambda job: job.created_at_ms > int(value)


@breaks("LIST-07", reach=LISTS)
@asked("ListJobs")
def filter_names_have_no_case(request):
    """job_name is JOB_NAME."""
    for entry in request.filters or ():
        entry.name = entry.name.upper()


@breaks("LIST-09", reach=LISTS)
@handles("ListJobs")
async def children_are_filtered_by_their_names(right, call, request):
    """A filter applies to the children of an array as well."""
    reply = await right(call, request)
    if request.arrayJobId and request.filters:
        name = request.filters[0].values[0]
        reply.jobSummaryList = [item for item in reply.jobSummaryList if item.jobName == name]
    return reply


@breaks("LIST-13", reach=LISTS)
@handles("ListJobs")
async def parents_are_in_no_list(right, call, request):
    """The parent of an array is not listed before it has ended."""
    reply = await right(call, request)
    reply.jobSummaryList = [
        item
        for item in reply.jobSummaryList
        if item.status in ("SUCCEEDED", "FAILED") or item.arrayProperties is None or not item.arrayProperties.size
    ]
    return reply


@breaks("LIST-13", blind="LIST-02", reach=LISTS)
@handles("ListJobs")
async def parents_are_listed_with_what_runs(right, call, request):
    """The parent of an array is listed under RUNNING, still as PENDING."""
    reply = await right(call, request)
    if request.jobQueue and request.jobStatus in (None, "RUNNING") and not request.filters and not request.nextToken:
        request.jobStatus = "PENDING"
        parents = [item for item in (await right(call, request)).jobSummaryList if item.arrayProperties is not None]
        reply.jobSummaryList = [*reply.jobSummaryList, *parents]
    return reply


@breaks("ERR-06", reach="ERR-06 LIST-*")
@asked("ListJobs")
def only_the_first_filter_counts(request):
    """Of several filters the first is taken."""
    request.filters = request.filters and request.filters[:1]


@breaks("ERR-06", reach="ERR-06 LIST-*")
@asked("ListJobs")
def only_the_first_value_counts(request):
    """Of several values of a filter the first is taken."""
    for entry in request.filters or ():
        entry.values = entry.values[:1]


@breaks("DESC-03", reach=DESCRIPTIONS)
@asked("DescribeJobs")
def the_tenth_child_is_not_found(request):
    """An index of two digits is not understood."""
    request.jobs = [id for id in request.jobs if not (":" in id and len(id.rpartition(":")[2]) > 1)]


@breaks("DESC-03", reach=DESCRIPTIONS)
@asked("DescribeJobs")
def fifty_jobs_are_described_at_once(request):
    """DescribeJobs ignores all ids that exist but the first fifty."""
    request.jobs = request.jobs[:50] if len(request.jobs) <= 100 else request.jobs


@breaks("LIST-10", reach=LISTS)
@handles("ListJobs")
async def pages_overlap(right, call, request):
    """A page begins with the last job of the page before."""
    if request.nextToken:
        request.nextToken = listing._token(listing._ordinal(request.nextToken) + 1)
        request.maxResults = request.maxResults and request.maxResults + 1
    return await right(call, request)


@breaks("LIST-10", reach=LISTS)
@handles("ListJobs")
async def one_child_is_lost_between_pages(right, call, request):
    """Lists of an array's children lose a child where a page begins."""
    reply = await right(call, request)
    if request.nextToken and request.arrayJobId:
        reply.jobSummaryList = reply.jobSummaryList[1:]
    return reply


@breaks("LIST-10", reach=LISTS)
@handles("ListJobs")
async def a_full_page_is_the_last(right, call, request):
    """A list of three jobs a page is over after the first."""
    reply = await right(call, request)
    if request.maxResults == 3:
        reply.nextToken = None
    return reply
