"""Compute environments: here a number of vCPUs that jobs share, and a name."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ..deciding import arns
from ..deciding.messages import Put
from ..deciding.records import Environment
from ..http import wire
from ..http.call import Call, asks, shows
from ..http.errors import ClientException
from .pages import page
from .queues import check_name, check_state
from .tag_limits import check_tags

MEMORY_TAG = "batchproof:memory-mib"
"""A tag of a compute environment: so much memory its jobs may ask for together, in MiB."""

TYPES = ("MANAGED", "UNMANAGED")

RESOURCES = ("EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "ECS_MANAGED_INSTANCES")
FOR_NODES = "EC2"
"""computeResources.type of the environments that take multi-node jobs; UNMANAGED ones do not either (MNP-10)."""


@asks
async def create(call: Call, request: Any) -> Any:
    wire.required(request, "computeEnvironmentName", "type")
    name = check_name(request.computeEnvironmentName, "computeEnvironmentName")
    if request.type not in TYPES:
        raise ClientException(f"type is {request.type!r}: it must be one of {', '.join(TYPES)}")
    wire.not_served(request, "eksConfiguration")
    arn = arns.of(call.region, f"compute-environment/{name}")
    if arn in call.ledger.environments:
        raise ClientException(f"Object already exists: computeEnvironmentName {name} is taken by {arn}")
    if request.type == "MANAGED":
        if request.computeResources is None:
            raise ClientException("computeResources is required for type MANAGED, and it is absent")
        wire.required(request.computeResources, "type", "maxvCpus", field="computeResources.")
        if request.unmanagedvCpus is not None:
            raise ClientException("unmanagedvCpus is given for type MANAGED: it belongs to type UNMANAGED")
    elif request.computeResources is not None:
        raise ClientException("computeResources is given for type UNMANAGED: it belongs to type MANAGED")
    created = wire.plain(request)
    created |= {
        "computeEnvironmentArn": arn,
        "ecsClusterArn": f"arn:aws:ecs:{call.region}:{arns.ACCOUNT}:cluster/batchproof",
        "tags": check_tags(request.tags),
        "state": check_state(request.state) or "ENABLED",
        "status": "VALID",
        "statusReason": "ComputeEnvironment Healthy",
        "containerOrchestrationType": "ECS",
    }
    _check_resources(created)
    await call.ask(lambda number: Put(number, environment_of(created)))
    return wire.reply_type("CreateComputeEnvironment")(computeEnvironmentName=name, computeEnvironmentArn=arn)


@asks
async def update(call: Call, request: Any) -> Any:
    """State and capacity take effect; the other members are remembered, and those of EKS refused."""
    wire.required(request, "computeEnvironment")
    environment = _named(call, request.computeEnvironment)
    wire.not_served(request, "eksConfiguration")
    given = wire.plain(request)
    remembered = ("updatePolicy", "serviceRole", "context", "ecsSettings")
    changed = {**environment.created, **{member: given[member] for member in remembered if member in given}}
    if request.state is not None:
        changed["state"] = check_state(request.state)
    if request.unmanagedvCpus is not None:
        if changed["type"] != "UNMANAGED":
            raise ClientException("unmanagedvCpus is given for type MANAGED: it belongs to type UNMANAGED")
        changed["unmanagedvCpus"] = request.unmanagedvCpus
    if request.computeResources is not None:
        if changed["type"] != "MANAGED":
            raise ClientException("computeResources is given for type UNMANAGED: it belongs to type MANAGED")
        changed["computeResources"] = {**changed["computeResources"], **wire.plain(request.computeResources)}
    _check_resources(changed)
    await call.ask(lambda number: Put(number, environment_of(changed)))
    return wire.reply_type("UpdateComputeEnvironment")(
        computeEnvironmentName=changed["computeEnvironmentName"], computeEnvironmentArn=environment.arn
    )


@asks
async def delete(call: Call, request: Any) -> Any:
    """A DISABLED environment goes that no queue uses."""
    wire.required(request, "computeEnvironment")
    environment = _named(call, request.computeEnvironment)
    name = arns.short(environment.arn)
    if environment.enabled:
        raise ClientException(f"Cannot delete, state of ComputeEnvironment {name} is ENABLED: it must be DISABLED")
    for queue in call.ledger.queues.values():
        if environment.arn in queue.environments:
            raise ClientException(f"Cannot delete, found existing JobQueue relationship: {queue.name} uses {name}")
    await call.ask(lambda number: Put(number, replace(environment, deleted=True)))
    return wire.reply_type("DeleteComputeEnvironment")()


@shows
async def describe(call: Call, request: Any) -> Any:
    """All environments, or those named; unknown ones are left out."""
    here = {arn: known for arn, known in call.ledger.environments.items() if arns.region(arn) == call.region}
    if request.computeEnvironments:
        kind = "compute-environment"
        named = dict.fromkeys(arns.expanded(call.region, kind, name) for name in request.computeEnvironments)
        found = [here[arn] for arn in named if arn in here]
    else:
        found = list(here.values())
    shown, token = page(found, request)
    return wire.reply_type("DescribeComputeEnvironments")(
        computeEnvironments=[wire.filled("ComputeEnvironmentDetail", environment.created) for environment in shown],
        nextToken=token,
    )


def _named(call: Call, name_or_arn: str) -> Environment:
    arn = arns.expanded(call.region, "compute-environment", name_or_arn)
    environment = call.ledger.environments.get(arn)
    if environment is None or arns.region(arn) != call.region:
        raise ClientException(f"ComputeEnvironment {name_or_arn} not found.")
    return environment


def _check_resources(created: dict[str, Any]) -> None:
    kind = created.get("computeResources", {}).get("type", FOR_NODES)
    if kind not in RESOURCES:
        raise ClientException(f"computeResources.type is {kind[:200]!r}: it must be one of {', '.join(RESOURCES)}")
    for field, vcpus in (
        ("computeResources.maxvCpus", created.get("computeResources", {}).get("maxvCpus")),
        ("unmanagedvCpus", created.get("unmanagedvCpus")),
    ):
        if vcpus is not None and vcpus < 0:
            raise ClientException(f"{field} is {vcpus}: it must be at least 0")


def _memory_mib(created: dict[str, Any]) -> int | None:
    """No member of AWS's bounds the memory of an environment, so a tag of ours does."""
    text = created["tags"].get(MEMORY_TAG)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ClientException(f"tags[{MEMORY_TAG!r}] is {text!r}: it must be a number of MiB, in digits")
    return int(text[:18])


def environment_of(created: dict[str, Any]) -> Environment:
    """The environment that these members make."""
    managed = created["type"] == "MANAGED"
    vcpus = created["computeResources"]["maxvCpus"] if managed else created.get("unmanagedvCpus")
    return Environment(
        arn=created["computeEnvironmentArn"],
        enabled=created["state"] == "ENABLED",
        max_mcpus=None if vcpus is None else vcpus * 1000,
        created=created,
        max_memory_mib=_memory_mib(created),
        multinode=managed and created["computeResources"]["type"] == FOR_NODES,
    )
