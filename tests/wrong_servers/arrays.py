"""Servers that get arrays wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from batchproof.model.arrays import CHILD_FAILED, parent_and_index
from batchproof.model.attempts import RetryStrategy
from batchproof.model.status import RUNNABLE, SUCCEEDED, Status
from batchproof.reference_impl.deciding import parents as inheritance
from batchproof.reference_impl.deciding.messages import TerminateRequested
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.settings import Parts

from .defining import ARRAYS, LISTS, Wrong, answered, asked, breaks, described, handles


def parents(change: Callable[[Any, Any], None]) -> Wrong:
    """A server that changes each parent that DescribeJobs shows; `change` gets its counts as well."""

    def parent(job: Any) -> None:
        if job.arrayProperties is not None and job.arrayProperties.size is not None:
            change(job, job.arrayProperties.statusSummary)

    parent.__name__, parent.__doc__ = change.__name__, change.__doc__
    return described(parent)


def also_terminating(operation: str, others: Callable[[str], list[str]]) -> Wrong:
    """A server that terminates, beside the job that is asked for, those that `others` names."""

    async def handler(right: Callable, call: Any, request: Any) -> Any:
        reply = await right(call, request)
        for job_id in others(request.jobId):
            await call.ask(lambda number, job_id=job_id: TerminateRequested(number, job_id, request.reason))
        return reply

    return handles(operation)(handler)


def array_of(job_id: str) -> list[str]:
    """The array of a child; nothing where it is none."""
    return [job_id.rpartition(":")[0]] if ":" in job_id else []


@breaks(
    "ARR-01", unclear="DEP-15 RETRY-33 ARR-02 ARR-08 ARR-10 ARR-13 ARR-14 CANCEL-24 CANCEL-28 TERM-20", reach=ARRAYS
)
@asked("SubmitJob")
def every_array_has_two_children(request):
    """Any size is taken, and two are made of it."""
    if request.arrayProperties is not None:
        request.arrayProperties.size = 2


@breaks("ARR-03 ARR-04", reach=ARRAYS)
@parents
def a_parent_runs(job, counts):
    """A parent is shown as RUNNING while a child runs."""
    if counts["RUNNING"]:
        job.status = "RUNNING"


@breaks("ARR-05", reach=ARRAYS)
@parents
def a_parent_never_succeeds(job, counts):
    """A parent is shown as FAILED although all children succeeded."""
    if job.status == "SUCCEEDED":
        job.status = "FAILED"


@breaks(
    "ARR-05 ARR-06 CANCEL-27 TERM-20 TERM-21 RETRY-33",
    unclear="ARR-07 ARR-08 ARR-19 CANCEL-24 CANCEL-28 DEP-18",
    reach=ARRAYS,
)
@parents
def a_parent_never_ends(job, counts):
    """An array stays PENDING when all of its children have ended."""
    job.status = "PENDING" if job.status in ("SUCCEEDED", "FAILED") else job.status


@breaks("ARR-06 CANCEL-24", reach=ARRAYS)
@parents
def a_parent_fails_early(job, counts):
    """A parent is shown as FAILED as soon as one child has failed."""
    if counts["FAILED"]:
        job.status = "FAILED"


@breaks("ARR-08", reach=ARRAYS)
@parents
def one_child_is_not_counted(job, counts):
    """statusSummary has one FAILED child less."""
    counts["FAILED"] = max(0, counts["FAILED"] - 1)


@breaks("ARR-15", reach=ARRAYS)
def every_child_is_the_first(parts: Parts) -> Parts:
    """AWS_BATCH_JOB_ARRAY_INDEX is 0 in every child."""
    right = parts.host.spawn

    def spawn(job_id, number, command, environment):
        right(job_id, number, command, {**environment, "AWS_BATCH_JOB_ARRAY_INDEX": "0"})

    parts.host.spawn = spawn  # type: ignore[method-assign]
    return parts


@breaks("DEP-12 CANCEL-24 CANCEL-27 CANCEL-28", reach=ARRAYS, also="DEP-02")
@asked("SubmitJob")
def sequential_is_forgotten(request):
    """Children do not wait for the one before them."""
    request.dependsOn = [entry for entry in request.dependsOn or () if entry.type != "SEQUENTIAL"]


@breaks("DEP-14 DEP-15", reach=ARRAYS, also="DEP-02")
@asked("SubmitJob")
def n_to_n_is_forgotten(request):
    """Children do not wait for the child of the same index."""
    request.dependsOn = [entry for entry in request.dependsOn or () if entry.type != "N_TO_N"]


@breaks("DEP-15", unclear="DEP-14", reach=ARRAYS)
@asked("SubmitJob")
def n_to_n_waits_for_the_whole_array(request):
    """Children are made when the whole other array has succeeded."""
    for entry in request.dependsOn or ():
        entry.type = None if entry.type == "N_TO_N" else entry.type


@breaks("ARR-08", reach=ARRAYS)
@parents
def who_never_ran_is_counted_as_runnable(job, counts):
    """A child that failed with the one before it is RUNNABLE in statusSummary for ever."""
    if job.arrayProperties.size == 3 and counts["FAILED"] == 3:
        counts["FAILED"], counts["RUNNABLE"] = 1, 2


@breaks("CANCEL-27 CANCEL-28", reach=ARRAYS)
def a_cancelled_child_ends_its_array(parts: Parts) -> Parts:
    """CancelJob on a child terminates the whole array."""
    return also_terminating("CancelJob", array_of)(parts)


@breaks("TERM-21", reach=ARRAYS)
def a_terminated_child_ends_its_array(parts: Parts) -> Parts:
    """TerminateJob on a child terminates the whole array."""
    return also_terminating("TerminateJob", array_of)(parts)


@breaks("TERM-20", reach=ARRAYS)
@handles("TerminateJob")
async def terminate_ends_the_first_child(right, call, request):
    """TerminateJob on an array ends its first child only."""
    job = call.ledger.jobs.get(request.jobId)
    if job is not None and job.order.is_parent:
        request.jobId += ":0"
    return await right(call, request)


def children(change) -> Wrong:
    """A server that changes each child that DescribeJobs shows."""

    def child(job: Any) -> None:
        if job.arrayProperties is not None and job.arrayProperties.index is not None:
            change(job)

    child.__name__, child.__doc__ = change.__name__, change.__doc__
    return described(child)


@breaks("ARR-02", reach=f"{ARRAYS} {LISTS}")
@answered("ListJobs")
def the_tenth_child_is_not_listed(reply):
    """ListJobs shows the children with an index of one digit, counted from 1."""
    reply.jobSummaryList = [item for item in reply.jobSummaryList if not item.jobId.endswith(":9")]


@breaks("ARR-04", reach=ARRAYS)
@parents
def a_parent_waits_to_be_evaluated(job, counts):
    """An array is shown as SUBMITTED until its first child has ended."""
    if not counts["SUCCEEDED"] and not counts["FAILED"]:
        job.status = "SUBMITTED"


@breaks("ARR-07", reach=ARRAYS)
@parents
def a_parent_does_not_say_why(job, counts):
    """An array that failed for a child says no more than that."""
    if job.statusReason == CHILD_FAILED:
        job.statusReason = "Job failed"


@breaks("ARR-10", reach=ARRAYS)
@children
def the_first_child_has_no_index(job):
    """An index of 0 is taken for none, and left out."""
    job.arrayProperties.index = job.arrayProperties.index or None


@breaks("ARR-11 ST-02", reach=ARRAYS)
@children
def children_are_older_than_their_array(job):
    """createdAt of a child is in another zone of time."""
    job.createdAt -= 3_600_000


@breaks("ARR-13", reach=ARRAYS)
@children
def children_have_no_timeout(job):
    """The timeout of an array is not that of its children."""
    job.timeout = None


@breaks("ARR-14 LIST-02", reach=f"{ARRAYS} {LISTS}")
@handles("ListJobs")
async def children_are_listed_whatever_they_do(right, call, request):
    """ListJobs of an array shows all of its children, not only those that are RUNNING."""
    if not request.arrayJobId or request.jobStatus is not None:
        return await right(call, request)
    found = []
    for status in Status:
        request.jobStatus = status.value
        found += (await right(call, request)).jobSummaryList
    return wire.reply_type("ListJobs")(jobSummaryList=found, nextToken=None)


@breaks("ARR-16", reach=ARRAYS)
@asked("TagResource", "ListTagsForResource")
def tags_of_a_child_are_those_of_its_array(request):
    """TagResource and ListTagsForResource take a child's ARN for its array's."""
    array, colon, index = (request.resourceArn or "").rpartition(":")
    if "job/" in array and colon and index.isdigit():
        request.resourceArn = array


@breaks("ARR-19", reach=ARRAYS)
@asked("SubmitJob")
def arrays_wait_for_nobody(request):
    """An array starts at once, whatever it depends on."""
    if request.arrayProperties is not None:
        request.dependsOn = [entry for entry in request.dependsOn or () if entry.type is not None]


@breaks("CANCEL-24", reach=ARRAYS)
@handles("CancelJob")
async def cancelling_an_array_does_nothing(right, call, request):
    """CancelJob on an array is accepted and forgotten."""
    job = call.ledger.jobs.get(request.jobId or "")
    if job is not None and job.order.is_parent:
        return wire.reply_type("CancelJob")()
    return await right(call, request)


@breaks("CANCEL-28", reach=ARRAYS, also="DEP-02")
def the_next_child_does_not_mind_a_cancelled_one(parts: Parts) -> Parts:
    """In a SEQUENTIAL array a cancelled child counts as done, and the next one runs."""
    jobs, books = parts.engine.ledger.jobs, parts.engine.dependencies.books
    right = books.ended

    def ended(job_id, status):
        cancelled = parent_and_index(job_id) is not None and jobs[job_id].memory.is_cancelled
        return right(job_id, SUCCEEDED if cancelled else status)

    books.ended = ended
    return parts


@breaks("TERM-20", reach=ARRAYS)
@handles("TerminateJob")
async def terminating_an_array_leaves_who_waits(right, call, request):
    """TerminateJob on an array stops the children that have started, and lets the RUNNABLE ones run."""
    job = call.ledger.jobs.get(request.jobId or "")
    if job is None or not job.order.is_parent:
        return await right(call, request)
    ids = [f"{job.id}:{index}" for index in range(job.order.array_size)]
    for id in [id for id in ids if id in call.ledger.jobs and call.ledger.jobs[id].status is not RUNNABLE]:
        await call.ask(lambda number, id=id: TerminateRequested(number, id, request.reason))
    return wire.reply_type("TerminateJob")()


@breaks("RETRY-33", reach=ARRAYS)
def children_are_tried_once(parts: Parts) -> Parts:
    """The retry strategy of an array is shown by its children, each of which has one attempt."""
    right = inheritance.order_of_child

    def order_of_child(order, index):
        return structs.replace(right(order, index), strategy=RetryStrategy())

    inheritance.order_of_child = order_of_child
    return parts
