"""GetJobQueueSnapshot: who goes next in a queue, and what its shares use."""

from __future__ import annotations

from typing import Any

from ..deciding import arns
from ..http import wire
from ..http.call import Call, shows
from .queues import queue_named

FRONT_JOBS = 100


@shows
async def get_job_queue_snapshot(call: Call, request: Any) -> Any:
    """The first RUNNABLE jobs in the order in which they would be placed if all of them fitted (Q-10)."""
    wire.required(request, "jobQueue")
    queue = queue_named(call, request.jobQueue)
    now_ms = call.shell.now_ms()
    line, jobs = call.engine.capacity.line(queue.arn), call.ledger.jobs
    front = line.front(FRONT_JOBS, lambda job_id: jobs[job_id].order.mcpus, now_ms)
    entry = wire.shape("FrontOfQueueJobSummary")
    usage = line.usage()
    return wire.reply_type("GetJobQueueSnapshot")(
        frontOfQueue=wire.shape("FrontOfQueueDetail")(
            jobs=[
                entry(
                    jobArn=arns.of(call.region, f"job/{jobs[job_id].order.shown_id}"), earliestTimeAtPosition=since_ms
                )
                for job_id, since_ms in front
            ],
            lastUpdatedAt=now_ms,
        ),
        queueUtilization=wire.shape("QueueSnapshotUtilizationDetail")(
            totalCapacityUsage=[_vcpus("QueueSnapshotCapacityUsage", sum(usage.values()))],
            fairshareUtilization=None if queue.policy is None else _shares(usage),
            lastUpdatedAt=now_ms,
        ),
    )


def _shares(usage: dict[str, int]) -> Any:
    top = sorted(usage.items(), key=lambda entry: -entry[1])[:FRONT_JOBS]
    use = wire.shape("FairshareCapacityUtilization")
    return wire.shape("FairshareUtilizationDetail")(
        activeShareCount=len(usage),
        topCapacityUtilization=[
            use(shareIdentifier=share, capacityUsage=[_vcpus("FairshareCapacityUsage", mcpus)]) for share, mcpus in top
        ],
    )


def _vcpus(shape: str, mcpus: int) -> Any:
    return wire.shape(shape)(capacityUnit="VCPU", quantity=mcpus / 1000)
