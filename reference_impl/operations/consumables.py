"""Consumable resources: counted things that jobs need beside vCPUs, such as licences (Q-20 to Q-23)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from msgspec.structs import replace

from ...model.limits import CLIENT_TOKEN_CHARACTERS, CONSUMABLE_QUANTITY
from ..deciding import arns
from ..deciding.messages import Put
from ..deciding.records import Consumable, Job
from ..http import wire
from ..http.call import Call, asks, each_job, shows
from ..http.errors import ClientException
from .pages import page, rest
from .queues import check_name
from .tag_limits import check_tags

TYPES = ("REPLENISHABLE", "NON_REPLENISHABLE")
OPERATIONS = ("SET", "ADD", "REMOVE")
TOKEN_MS = 8 * 3_600_000
"""A clientToken is good for so long (SVC-16)."""
TOKENS = 100
"""So many of the latest are remembered of each resource: whoever sends an update again does so within seconds."""


@asks
async def create(call: Call, request: Any) -> Any:
    """A name that was deleted is the same resource again: what its running jobs hold counts (Q-23)."""
    wire.required(request, "consumableResourceName")
    name = check_name(request.consumableResourceName, "consumableResourceName")
    arn = arns.of(call.region, f"consumable-resource/{name}")
    if arn in call.ledger.consumables:
        raise ClientException(f"Object already exists: consumableResourceName {name} is taken by {arn}")
    kind = request.resourceType or TYPES[0]
    if kind not in TYPES:
        raise ClientException(f"resourceType is {kind!r}: it must be one of {', '.join(TYPES)}")
    total = request.totalQuantity or 0
    CONSUMABLE_QUANTITY.check(total, "totalQuantity")
    made = Consumable(
        arn=arn,
        total=total,
        replenishable=kind == TYPES[0],
        created={"name": name, "type": kind, "createdAt": call.shell.now_ms(), "tags": check_tags(request.tags)},
        in_use=sum(dict(job.order.consumes).get(arn, 0) for job in call.ledger.jobs.values() if job.run is not None),
    )
    await call.ask(lambda number: Put(number, made))
    return wire.reply_type("CreateConsumableResource")(consumableResourceName=name, consumableResourceArn=arn)


@asks
async def update(call: Call, request: Any) -> Any:
    """A total below what is in use is fine: it takes effect as jobs end (Q-22). What was done already is not done again."""
    known = _known(call, request)
    operation = request.operation or OPERATIONS[0]
    if operation not in OPERATIONS:
        raise ClientException(f"operation is {operation!r}: it must be one of {', '.join(OPERATIONS)}")
    quantity = request.quantity
    if request.clientToken is not None:
        CLIENT_TOKEN_CHARACTERS.check(len(request.clientToken), "clientToken")
    now_ms = call.shell.now_ms()
    updates = [update for update in known.updates if update[1] > now_ms - TOKEN_MS]
    this = f"{operation} {quantity} {request.clientToken}"
    if quantity is not None and this not in dict(updates):
        CONSUMABLE_QUANTITY.check(quantity, "quantity")
        if request.clientToken is not None:
            updates = [*updates[1 - TOKENS :], (this, now_ms)]
        total = {"SET": quantity, "ADD": known.total + quantity, "REMOVE": known.total - quantity}[operation]
        CONSUMABLE_QUANTITY.check(total, f"the total after {operation} of quantity {quantity}")
        changed = replace(known, total=total, updates=tuple(updates))
        await call.ask(lambda number: Put(number, changed))
        known = changed
    return wire.reply_type("UpdateConsumableResource")(
        consumableResourceName=known.created["name"], consumableResourceArn=known.arn, totalQuantity=known.total
    )


@asks
async def delete(call: Call, request: Any) -> Any:
    """Jobs that hold some of it go on; those that need it wait until there is one of this name again (Q-23)."""
    known = _known(call, request)
    await call.ask(lambda number: Put(number, replace(known, deleted=True)))
    return wire.reply_type("DeleteConsumableResource")()


@shows
async def describe(call: Call, request: Any) -> Any:
    known = _known(call, request)
    return wire.reply_type("DescribeConsumableResource")(
        consumableResourceName=known.created["name"],
        consumableResourceArn=known.arn,
        totalQuantity=known.total,
        inUseQuantity=known.in_use,
        availableQuantity=max(0, known.total - known.in_use),
        resourceType=known.created["type"],
        createdAt=known.created["createdAt"],
        tags=known.created["tags"],
    )


@shows
async def list_resources(call: Call, request: Any) -> Any:
    """All of them, or those whose name a filter gives."""
    found = [known for arn, known in call.ledger.consumables.items() if arns.region(arn) == call.region]
    for name, values in _filters(request, "CONSUMABLE_RESOURCE_NAME"):
        assert name
        found = [known for known in found if any(_fits(known.created["name"], value) for value in values)]
    shown, token = page(found, request)
    entry = wire.shape("ConsumableResourceSummary")
    return wire.reply_type("ListConsumableResources")(
        consumableResources=[
            entry(
                consumableResourceArn=known.arn,
                consumableResourceName=known.created["name"],
                totalQuantity=known.total,
                inUseQuantity=known.in_use,
                resourceType=known.created["type"],
            )
            for known in shown
        ],
        nextToken=token,
    )


@shows
async def list_jobs(call: Call, request: Any) -> Any:
    """The jobs that need a resource, in the order of their submission."""
    known = _known(call, request)
    size, begin = rest(request)
    jobs: Iterable[Job] = sorted(
        [
            job
            async for some in each_job(call)
            for job in some
            if job.order.node_index is None and known.arn in dict(job.order.consumes)
        ],
        key=lambda job: job.ordinal,
    )
    for name, values in _filters(request, "JOB_STATUS", "JOB_NAME"):
        if name == "JOB_STATUS":
            jobs = filter(lambda job, values=values: job.status.value in values, jobs)
        else:
            jobs = filter(lambda job, values=values: any(_fits(job.order.name, value) for value in values), jobs)
    shown = list(islice(jobs, begin, begin + size + 1))
    return wire.reply_type("ListJobsByConsumableResource")(
        jobs=[_summary(job, known.arn) for job in shown[:size]],
        nextToken=str(begin + size) if len(shown) > size else None,
    )


def requirements(call: Call, given: Any, field: str) -> tuple[tuple[str, int], ...]:
    """What a definition or a submission says that jobs consume, by ARN; each resource must exist."""
    wanted: dict[str, int] = {}
    for index, entry in enumerate((given.consumableResourceList if given is not None else None) or ()):
        at = f"{field}.consumableResourceList[{index}]."
        wire.required(entry, "consumableResource", "quantity", field=at)
        CONSUMABLE_QUANTITY.check(entry.quantity, f"{at}quantity")
        arn = arns.expanded(call.region, "consumable-resource", entry.consumableResource)
        if arn not in call.ledger.consumables or arns.region(arn) != call.region:
            raise ClientException(
                f"{at}consumableResource is {entry.consumableResource[:200]!r}: there is no such resource"
            )
        wanted[arn] = wanted.get(arn, 0) + entry.quantity
    return tuple(wanted.items())


def _known(call: Call, request: Any) -> Consumable:
    wire.required(request, "consumableResource")
    arn = arns.expanded(call.region, "consumable-resource", request.consumableResource)
    known = call.ledger.consumables.get(arn)
    if known is None or arns.region(arn) != call.region:
        raise ClientException(f"consumableResource is {request.consumableResource[:200]!r}: there is no such resource")
    return known


def _filters(request: Any, *names: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for index, entry in enumerate(request.filters or ()):
        if entry.name not in names:
            raise ClientException(f"filters[{index}].name is {entry.name!r}: it must be one of {', '.join(names)}")
        if not entry.values:
            raise ClientException(f"filters[{index}].values has 0 entries: at least one is needed")
        found.append((entry.name, entry.values))
    return found


def _fits(name: str, value: str) -> bool:
    """Names are compared without case; a final `*` makes the value a prefix."""
    name, value = name.lower(), value.lower()
    return name.startswith(value[:-1]) if value.endswith("*") else name == value


def _summary(job: Job, arn: str) -> Any:
    order = job.order
    return wire.filled(
        "ListJobsByConsumableResourceSummary",
        {
            "jobArn": arns.of(order.region, f"job/{job.id}"),
            "jobQueueArn": order.queue,
            "jobName": order.name,
            "jobDefinitionArn": order.definition,
            "shareIdentifier": order.share or None,
            "jobStatus": job.status.value,
            "quantity": dict(order.consumes)[arn],
            "statusReason": job.status_reason,
            "startedAt": job.started_at_ms,
            "createdAt": job.created_at_ms,
            "consumableResourceProperties": order.members.get("consumableResourceProperties"),
        },
    )
