"""Job queues: created, changed, described."""

from __future__ import annotations

import re
from typing import Any

from ...model.limits import COMPUTE_ENVIRONMENTS, TIME_LIMIT_S
from ..deciding import arns
from ..deciding.messages import Put, QueueDeleted
from ..deciding.records import Queue
from ..deciding.scheduling.blocking import TEXTS
from ..http import wire
from ..http.call import Call, asks, shows
from ..http.errors import ClientException
from .pages import page
from .tag_limits import check_tags

NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
STATES = ("ENABLED", "DISABLED")


@asks
async def create(call: Call, request: Any) -> Any:
    wire.required(request, "jobQueueName", "priority")
    name = check_name(request.jobQueueName, "jobQueueName")
    wire.not_served(request, "serviceEnvironmentOrder")
    if request.jobQueueType not in (None, "ECS", "ECS_FARGATE"):
        raise ClientException(f"jobQueueType is {request.jobQueueType!r}: this server serves ECS and ECS_FARGATE only")
    arn = arns.of(call.region, f"job-queue/{name}")
    if arn in call.ledger.queues:
        raise ClientException(f"Object already exists: jobQueueName {name} is taken by {arn}")
    created = {
        "jobQueueName": name,
        "jobQueueArn": arn,
        "state": check_state(request.state) or "ENABLED",
        "status": "VALID",
        "statusReason": "JobQueue Healthy",
        "priority": _priority(request.priority),
        "computeEnvironmentOrder": _order(call, request.computeEnvironmentOrder),
        "jobStateTimeLimitActions": _actions(request.jobStateTimeLimitActions),
        "tags": check_tags(request.tags),
    }
    if request.schedulingPolicyArn is not None:
        created["schedulingPolicyArn"] = _policy(call, request.schedulingPolicyArn)
    await call.ask(lambda number: Put(number, _queue(call.region, created)))
    return wire.reply_type("CreateJobQueue")(jobQueueName=name, jobQueueArn=arn)


@asks
async def update(call: Call, request: Any) -> Any:
    wire.required(request, "jobQueue")
    queue = queue_named(call, request.jobQueue)
    if queue.deleting:
        raise ClientException(f"JobQueue {queue.name} is being deleted: it cannot be changed")
    wire.not_served(request, "serviceEnvironmentOrder")
    changed = dict(queue.created)
    if request.state is not None:
        changed["state"] = check_state(request.state)
    if request.schedulingPolicyArn is not None:
        if queue.policy is None:  # documented: a policy can be replaced, and neither added nor removed
            raise ClientException(f"schedulingPolicyArn is given, and JobQueue {queue.name} was created without one")
        changed["schedulingPolicyArn"] = _policy(call, request.schedulingPolicyArn)
    if request.jobStateTimeLimitActions is not None:
        changed["jobStateTimeLimitActions"] = _actions(request.jobStateTimeLimitActions)
    if request.priority is not None:
        changed["priority"] = _priority(request.priority)
    if request.computeEnvironmentOrder is not None:
        changed["computeEnvironmentOrder"] = _order(call, request.computeEnvironmentOrder)
    await call.ask(lambda number: Put(number, _queue(call.region, changed)))
    return wire.reply_type("UpdateJobQueue")(jobQueueName=queue.name, jobQueueArn=queue.arn)


@asks
async def delete(call: Call, request: Any) -> Any:
    """A DISABLED queue goes, and its jobs end (Q-02)."""
    wire.required(request, "jobQueue")
    queue = queue_named(call, request.jobQueue)
    if queue.enabled:
        raise ClientException(f"Cannot delete, state of JobQueue {queue.name} is ENABLED: it must be DISABLED")
    if not queue.deleting:
        await call.ask(lambda number: QueueDeleted(number, queue.arn))
    return wire.reply_type("DeleteJobQueue")()


@shows
async def describe(call: Call, request: Any) -> Any:
    """All queues, or those named; unknown ones are left out."""
    queues = call.ledger.queues
    if request.jobQueues:
        named = dict.fromkeys(arns.expanded(call.region, "job-queue", name) for name in request.jobQueues)
        found = [queues[arn] for arn in named if arn in queues and queues[arn].region == call.region]
    else:
        found = [queue for queue in queues.values() if queue.region == call.region]
    shown, token = page(found, request)
    return wire.reply_type("DescribeJobQueues")(
        jobQueues=[wire.filled("JobQueueDetail", queue.created) for queue in shown], nextToken=token
    )


def queue_named(call: Call, name_or_arn: str) -> Queue:
    """The queue of this name or ARN in the caller's region; refuses when there is none (ERR-04)."""
    queue = call.ledger.queues.get(arns.expanded(call.region, "job-queue", name_or_arn))
    if queue is None or queue.region != call.region:
        raise ClientException(f"JobQueue {name_or_arn} not found.")
    return queue


def check_name(name: str, field: str) -> str:
    """The name, if it is one that a queue, an environment or a definition can have."""
    if not NAME.fullmatch(name):
        raise ClientException(f"{field} is {name[:200]!r}: 1 to 128 letters, digits, - and _ are allowed")
    return name


def check_state(state: str | None) -> str | None:
    """The state, if it is one."""
    if state is not None and state not in STATES:
        raise ClientException(f"state is {state!r}: it must be one of {', '.join(STATES)}")
    return state


def _priority(priority: int) -> int:
    if priority < 0:
        raise ClientException(f"priority is {priority}: it must be at least 0")
    return priority


def _policy(call: Call, arn: str) -> str:
    if arn not in call.ledger.policies or arns.region(arn) != call.region:
        raise ClientException(f"schedulingPolicyArn is {arn[:200]!r}: there is no such scheduling policy")
    return arn


def _actions(entries: list[Any] | None) -> list[dict[str, Any]]:
    """What is done with a job that blocks the queue for long (Q-11, Q-14)."""
    for index, entry in enumerate(entries or ()):
        field = f"jobStateTimeLimitActions[{index}]."
        wire.required(entry, "reason", "state", "maxTimeSeconds", "action", field=field)
        TIME_LIMIT_S.check(entry.maxTimeSeconds, f"{field}maxTimeSeconds")
        for member, allowed in (("reason", tuple(TEXTS)), ("state", ("RUNNABLE",)), ("action", ("CANCEL",))):
            if (given := getattr(entry, member)) not in allowed:
                raise ClientException(f"{field}{member} is {given[:200]!r}: it must be one of {', '.join(allowed)}")
    return wire.plain(entries or [])


def _order(call: Call, entries: list[Any] | None) -> list[dict[str, Any]]:
    """The environments to try, checked, in their order (Q-04); echoed as ARNs, as AWS does."""
    field = "computeEnvironmentOrder"
    COMPUTE_ENVIRONMENTS.check(len(entries or ()), field)
    ordered: list[dict[str, Any]] = []
    for index, entry in enumerate(entries or ()):
        wire.required(entry, "order", "computeEnvironment", field=f"{field}[{index}].")
        arn = arns.expanded(call.region, "compute-environment", entry.computeEnvironment)
        if arn not in call.ledger.environments or arns.region(arn) != call.region:
            raise ClientException(
                f"{field}[{index}].computeEnvironment is {entry.computeEnvironment!r}: no such compute environment"
            )
        ordered.append({"order": entry.order, "computeEnvironment": arn})
    if len({entry["order"] for entry in ordered}) < len(ordered):
        raise ClientException(f"{field} has two entries of the same order: each needs one of its own")
    return sorted(ordered, key=lambda entry: entry["order"])


def _queue(region: str, created: dict[str, Any]) -> Queue:
    return Queue(
        arn=created["jobQueueArn"],
        region=region,
        name=created["jobQueueName"],
        enabled=created["state"] == "ENABLED",
        priority=created["priority"],
        environments=tuple(entry["computeEnvironment"] for entry in created["computeEnvironmentOrder"]),
        created=created,
        policy=created.get("schedulingPolicyArn"),
    )
