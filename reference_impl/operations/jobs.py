"""DescribeJobs, CancelJob, TerminateJob: of single jobs, of arrays and their children, of multi-node jobs and their nodes."""

from __future__ import annotations

from typing import Any

from ...model.limits import DESCRIBED_JOBS, REASON_CHARACTERS, Violation
from ...model.status import STARTED, Status
from ..deciding import arns
from ..deciding.ledger import Ledger
from ..deciding.messages import CancelRequested, TerminateRequested
from ..deciding.records import Attempt, Job
from ..http import wire
from ..http.call import Call, asks, shows
from ..http.errors import ClientException


@asks
async def cancel_job(call: Call, request: Any) -> Any:
    """Accepted whatever the job is doing (CANCEL-08), and also where there is no such job (CANCEL-10)."""
    check_reason(request)
    wire.required(request, "jobId")
    await cancel(call, request.jobId, request.reason)
    return wire.reply_type("CancelJob")()


@asks
async def terminate_job(call: Call, request: Any) -> Any:
    """Accepted whatever the job is doing (TERM-16), and also where there is no such job (TERM-17)."""
    check_reason(request)
    wire.required(request, "jobId")
    await terminate(call, request.jobId, request.reason)
    return wire.reply_type("TerminateJob")()


@shows
async def describe_jobs(call: Call, request: Any) -> Any:
    """Unknown ids are left out (DESC-01); an id that is named twice is answered once (DESC-02)."""
    if request.jobs is None:
        raise ClientException("jobs is required, and it is absent")
    try:
        DESCRIBED_JOBS.check(len(request.jobs), "jobs")
    except Violation as violation:
        # Two blanks, as AWS writes it (ERR-05).
        raise ClientException(f"Maximum number of jobs supported is  {DESCRIBED_JOBS.high}: {violation}") from None
    found = (call.ledger.job(call.region, job_id) for job_id in dict.fromkeys(request.jobs))
    return wire.reply_type("DescribeJobs")(jobs=[detail(job, call.ledger) for job in found if job is not None])


def check_reason(request: Any) -> None:
    """A reason has 1 to 1024 characters (CANCEL-12, CANCEL-13, TERM-01)."""
    wire.required(request, "reason")
    REASON_CHARACTERS.check(len(request.reason), "reason")


async def cancel(call: Call, job_id: str, reason: str) -> None:
    """Hand a valid cancel in; a job of another region is one that does not exist."""
    if call.ledger.job(call.region, job_id) is not None:
        await call.ask(lambda number: CancelRequested(number, job_id, reason))


async def terminate(call: Call, job_id: str, reason: str) -> None:
    """Hand a valid terminate in; a job of another region is one that does not exist."""
    if call.ledger.job(call.region, job_id) is not None:
        await call.ask(lambda number: TerminateRequested(number, job_id, reason))


def detail(job: Job, ledger: Ledger) -> Any:
    """A job as DescribeJobs shows it."""
    order = job.order
    return wire.shape("JobDetail")(
        jobArn=arns.of(order.region, f"job/{job.id}"),
        jobName=order.name,
        jobId=job.id,
        jobQueue=order.queue,
        status=job.status.value,
        attempts=[_attempt(job, attempt) for attempt in job.attempts],
        statusReason=job.status_reason,
        createdAt=job.created_at_ms,
        startedAt=job.started_at_ms,
        stoppedAt=job.stopped_at_ms,
        jobDefinition=order.definition,
        container=None if order.is_multinode else _container(job),  # MNP-13
        nodeDetails=_node("NodeDetails", job),
        arrayProperties=_array("ArrayPropertiesDetail", job, ledger),
        isCancelled=job.memory.is_cancelled,
        isTerminated=job.shows_terminated,
        **order.members,
    )


def _attempt(job: Job, attempt: Attempt) -> Any:
    order = job.order
    ran = attempt.started_at_ms is not None
    return wire.shape("AttemptDetail")(
        container=wire.shape("AttemptContainerDetail")(
            containerInstanceArn=arns.container_instance(order.region, order.process_id, attempt.number),
            taskArn=arns.task(order.region, order.process_id, attempt.number),
            exitCode=attempt.exit_code,
            reason=attempt.reason,
            logStreamName=arns.log_stream(order.definition, order.process_id, attempt.number) if ran else None,
            networkInterfaces=[],
        ),
        startedAt=attempt.started_at_ms,
        stoppedAt=attempt.stopped_at_ms,
        statusReason=attempt.status_reason,
    )


def _container(job: Job) -> Any:
    """The container of the run under way, else of the last attempt."""
    order = job.order
    shown = {**order.container, "networkInterfaces": []}  # as in AWS's own sample of an event (EVT-02)
    last = job.attempts[-1] if job.attempts else None
    number = job.run.number if job.run is not None else last.number if last is not None else None
    if number is not None:
        shown["taskArn"] = arns.task(order.region, job.id, number)  # from STARTING on (ST-06)
        shown["containerInstanceArn"] = arns.container_instance(order.region, job.id, number)
        started_at_ms = job.run.started_at_ms if job.run is not None else last and last.started_at_ms
        if started_at_ms is not None:
            shown["logStreamName"] = arns.log_stream(order.definition, job.id, number)  # from RUNNING on (ST-28)
    if last is not None and job.status not in STARTED:
        shown["exitCode"], shown["reason"] = last.exit_code, last.reason
    return wire.filled("ContainerDetail", shown)


def _node(shape: str, job: Job) -> Any:
    """Which node of a multi-node job this is (MNP-12); None for what is none."""
    order = job.order
    if order.node_index is None:
        return None
    return wire.shape(shape)(nodeIndex=order.node_index, isMainNode=order.is_main_node)


def _node_summary(job: Job) -> Any:
    nodes = job.order.nodes
    if nodes is None:
        return None
    shown = _node("NodePropertiesSummary", job) or wire.shape("NodePropertiesSummary")()
    shown.numNodes = nodes.count
    return shown


def _array(shape: str, job: Job, ledger: Ledger) -> Any:
    """Where a child stands (ARR-10), and how an array's children do (ARR-08). There is nothing of it on other jobs."""
    order = job.order
    if order.array_index is not None:
        return wire.shape(shape)(index=order.array_index)
    if order.array_size is None:
        return None
    counted = {status.value: count for status, count in ledger.summary(job.id).items()}
    return wire.shape(shape)(size=order.array_size, statusSummary=counted)


def summary(job: Job, ledger: Ledger) -> Any:
    """A job as ListJobs shows it. The two flags are there only when they are true (LIST-12)."""
    order = job.order
    last = job.attempts[-1] if job.attempts and job.status not in STARTED else None
    container = None
    if last is not None:
        container = wire.shape("ContainerSummary")(exitCode=last.exit_code, reason=last.reason)
    return wire.shape("JobSummary")(
        jobArn=arns.of(order.region, f"job/{job.id}"),
        jobId=job.id,
        jobName=order.name,
        createdAt=job.created_at_ms,
        shareIdentifier=order.share or None,
        status=job.status.value,
        statusReason=job.status_reason,
        startedAt=job.started_at_ms,
        stoppedAt=job.stopped_at_ms,
        container=container,
        arrayProperties=_array("ArrayPropertiesSummary", job, ledger),
        nodeProperties=_node_summary(job),
        jobDefinition=order.definition,
        isCancelled=job.memory.is_cancelled or None,
        isTerminated=job.shows_terminated or None,
    )


def status_named(text: str, field: str) -> Status:
    """The status of this name; refuses what is none."""
    try:
        return Status(text)
    except ValueError:
        raise ClientException(f"{field} is {text!r}: it must be one of {', '.join(Status)}") from None
