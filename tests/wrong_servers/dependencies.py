"""Servers that get dependencies wrong: their failure, their chains, and those on arrays."""

from __future__ import annotations

from batchproof.model.arrays import parent_and_index
from batchproof.model.dependencies import DEPENDENCY_FAILED
from batchproof.model.status import FAILED, RUNNING, SUCCEEDED
from batchproof.reference_impl.settings import Parts

from .defining import ARRAYS, DEPENDENCIES, breaks, described, handles


@breaks("DEP-03", reach=f"{DEPENDENCIES} CANCEL-28 CANCEL-31 TERM-25 RETRY-36", also="DEP-02")
def only_the_last_dependency_counts(parts: Parts) -> Parts:
    """A dependency that fails is forgotten when another one ends after it."""
    books = parts.engine.dependencies.books
    right = books._judge

    def judge(job_id, status):
        if job_id not in books._outstanding:
            right(job_id, status)

    books._judge = judge
    return parts


@breaks("DEP-08", reach=DEPENDENCIES)
def what_has_succeeded_before_is_waited_for(parts: Parts) -> Parts:
    """Of dependencies only what becomes of them later counts: one that has succeeded before is waited for in vain."""
    books = parts.engine.dependencies.books
    right = books.add

    def add(job_id, depends_on, status):
        right(job_id, depends_on, RUNNING if status is SUCCEEDED else status)

    books.add = add
    return parts


@breaks("DEP-04", reach=f"{DEPENDENCIES} CANCEL-28 CANCEL-31 TERM-25 RETRY-36")
def what_never_ran_fails_nobody(parts: Parts) -> Parts:
    """A job that failed for its dependency leaves those that wait for it waiting."""
    jobs, books = parts.engine.ledger.jobs, parts.engine.dependencies.books
    right = books.ended

    def ended(job_id, status):
        job = jobs.get(job_id)
        if status is FAILED and job is not None and job.status_reason == DEPENDENCY_FAILED:
            return []
        return right(job_id, status)

    books.ended = ended
    return parts


@breaks("DEP-05", reach=f"{DEPENDENCIES} RETRY-36")
@described
def a_failed_dependency_has_no_name(job):
    """The statusReason of a job that failed for its dependency says nothing of it."""
    if job.statusReason == DEPENDENCY_FAILED:
        job.statusReason = "Job failed"


@breaks("DEP-15", reach=f"{ARRAYS} {DEPENDENCIES}")
def one_failed_child_fails_all_that_wait(parts: Parts) -> Parts:
    """With N_TO_N one failed child of the dependency fails every child of the dependent."""
    books = parts.engine.dependencies.books
    right = books.ended

    def ended(job_id, status):
        waiting = right(job_id, status)
        mine = parent_and_index(job_id)
        others = {found[0] for one in waiting if (found := parent_and_index(one))} - {mine and mine[0]}
        if status is FAILED and mine:
            for other in [one for one in books._outstanding if (parent_and_index(one) or ("",))[0] in others]:
                books.forget(other)
                books._failed.add(other)
                waiting.append(other)
        return waiting

    books.ended = ended
    return parts


@breaks("DEP-18", reach=f"{ARRAYS} {DEPENDENCIES}", also="DEP-02")
@handles("SubmitJob")
async def an_array_is_its_first_child(right, call, request):
    """Who depends on an array waits for its first child."""
    for entry in request.dependsOn or ():
        job = call.ledger.jobs.get(entry.jobId or "")
        if job is not None and job.order.is_parent and entry.type is None:
            entry.jobId += ":0"
    return await right(call, request)


@breaks("DEP-20", reach=DEPENDENCIES)
@handles("SubmitJob")
async def names_are_taken_for_ids(right, call, request):
    """A dependency may be named by the name of its job."""
    ids = {job.order.name: job.id for job in call.ledger.jobs.values()}
    for entry in request.dependsOn or ():
        if entry.jobId not in call.ledger.jobs:
            entry.jobId = ids.get(entry.jobId, entry.jobId)
    return await right(call, request)
