"""Servers that get states, times or dependencies wrong."""

from __future__ import annotations

from batchproof.model.status import FAILED, SUCCEEDED
from batchproof.reference_impl.http import wire

from .defining import (
    DEPENDENCIES,
    LISTS,
    TIMES,
    answered,
    breaks,
    described,
    handles,
)


@breaks("ST-01", reach=LISTS)
@answered("ListJobs")
def succeeded_has_another_name_in_lists(reply):
    """ListJobs calls SUCCEEDED COMPLETED."""
    for item in reply.jobSummaryList:
        item.status = {"SUCCEEDED": "COMPLETED"}.get(item.status, item.status)


@breaks("ST-02", reach=TIMES)
@described
def created_at_is_in_seconds(job):
    """createdAt counts seconds, as it does nearly everywhere else at AWS."""
    job.createdAt //= 1000


@breaks("ST-02", reach=TIMES)
@answered("SubmitJob")
def the_answer_does_not_name_the_job(reply):
    """SubmitJob answers without jobName."""
    reply.jobName = None


@breaks("ST-04 DEP-03", also="DEP-02")
def one_dependency_is_enough(parts):
    """A job with several dependencies starts when the first of them has succeeded."""
    books = parts.engine.dependencies.books
    right = books.ended

    def ended(job_id, status):
        waiting = right(job_id, status)
        for dependent in waiting:
            for other in books._outstanding.pop(dependent, ()):
                books._dependents[other].remove(dependent)
        return waiting

    books.ended = ended
    return parts


@breaks("DEP-07")
def a_failed_attempt_fails_the_dependents(parts):
    """A dependency counts as failed from its first failed attempt on, though it is tried again."""
    dependencies, runs, right = parts.engine.dependencies, parts.engine.runs, parts.engine.runs.ended

    def attempt_ended(job_id, number, end):
        right(job_id, number, end)
        if end.exit_code:
            for dependent in dependencies.books.ended(job_id, FAILED):
                dependencies.look_at(dependent)

    runs.ended = attempt_ended
    return parts


@breaks("CANCEL-28 CANCEL-31 TERM-25", also="DEP-02")
def dependents_of_a_stopped_job_start(parts):
    """A job that was cancelled or terminated counts as a success for those that wait for it."""
    engine, books = parts.engine, parts.engine.dependencies.books
    right = books.ended

    def ended(job_id, status):
        memory = engine.ledger.jobs[job_id].memory
        return right(job_id, SUCCEEDED if memory.is_cancelled or memory.is_terminated else status)

    books.ended = ended
    return parts


@breaks("DEP-23", reach=DEPENDENCIES)
@described
def dependencies_are_not_echoed(job):
    """DescribeJobs shows an empty dependsOn."""
    job.dependsOn = []


@breaks("ST-08 ARR-15")
@described
def exit_code_zero_is_not_shown(job):
    """A zero is taken for nothing, and container.exitCode is left out."""
    if job.container is not None:
        job.container.exitCode = job.container.exitCode or None


@breaks(
    "ST-08 ST-10 DEP-03 DEP-04 DEP-05 DEP-15 DEP-18 RETRY-02 RETRY-03 RETRY-04 RETRY-12 RETRY-28 RETRY-36 ARR-06 ARR-07 ARR-08 "
    "CANCEL-10 TERM-13 TERM-17"
)
def failed_does_not_last(parts):
    """A job whose only attempt exited 1 is shown FAILED once, and RUNNABLE from then on."""
    shown = set()

    @described
    def server(job):
        code = job.container and job.container.exitCode
        if job.status == "FAILED" and code == 1 and job.retryStrategy["attempts"] == 1:
            if job.jobId in shown:
                job.status = "RUNNABLE"
            shown.add(job.jobId)

    return server(parts)


@breaks("ST-22", reach=TIMES)
@described
def started_at_is_the_time_of_submission(job):
    """startedAt is there from the beginning."""
    job.startedAt = job.createdAt


@breaks("ST-24", reach=TIMES)
@described
def stopped_at_is_not_shown(job):
    """stoppedAt is never there."""
    job.stoppedAt = None


@breaks("ST-26", reach=TIMES)
@described
def the_end_comes_before_the_beginning(job):
    """stoppedAt is a minute too early."""
    job.stoppedAt = job.stoppedAt and job.startedAt and job.startedAt - 60_000


@breaks("ST-33", blind="LIST-10", reach=TIMES)
def identical_submissions_are_one_job(parts):
    """SubmitJob takes a second submission that is the same in every member for a repetition of the first."""
    answers = {}

    @handles("SubmitJob")
    async def server(right, call, request):
        key = wire.encoded(request)
        if key not in answers:
            answers[key] = await right(call, request)
        return answers[key]

    return server(parts)


@breaks("ST-28", reach=TIMES)
@described
def log_streams_are_shown_at_the_end(job):
    """container.logStreamName is absent while the job runs."""
    if job.status == "RUNNING" and job.container is not None:
        job.container.logStreamName = None


@breaks("ST-34", reach=TIMES)
@described
def attempts_share_a_log_stream(job):
    """All attempts of a job write to the log stream of its first."""
    for attempt in job.attempts[1:]:
        attempt.container.logStreamName = job.attempts[0].container.logStreamName


@breaks("ST-34", reach=TIMES)
@described
def attempts_share_a_task(job):
    """All attempts of a job are one task."""
    for attempt in job.attempts[1:]:
        attempt.container.taskArn = job.attempts[0].container.taskArn
