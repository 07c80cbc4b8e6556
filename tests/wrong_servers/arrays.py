"""Servers that get arrays wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from batchproof.reference_impl.deciding.messages import TerminateRequested
from batchproof.reference_impl.settings import Parts

from .defining import ARRAYS, Wrong, asked, breaks, described, handles


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


@breaks("ARR-01", reach=ARRAYS)
@asked("SubmitJob")
def every_array_has_two_children(request):
    """Any size is taken, and two are made of it."""
    if request.arrayProperties is not None:
        request.arrayProperties.size = 2


@breaks("ARR-03", reach=ARRAYS)
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


@breaks("ARR-06", reach=ARRAYS)
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


@breaks("DEP-12 CANCEL-27", reach=ARRAYS)
@asked("SubmitJob")
def sequential_is_forgotten(request):
    """Children do not wait for the one before them."""
    request.dependsOn = [entry for entry in request.dependsOn or () if entry.type != "SEQUENTIAL"]


@breaks("DEP-14", reach=ARRAYS)
@asked("SubmitJob")
def n_to_n_is_forgotten(request):
    """Children do not wait for the child of the same index."""
    request.dependsOn = [entry for entry in request.dependsOn or () if entry.type != "N_TO_N"]


@breaks("CANCEL-27", reach=ARRAYS)
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
