"""Compute environments: here a number of vCPUs that jobs share, and a name."""

from __future__ import annotations

from typing import Any

from .. import arns, wire
from ..errors import ClientException
from ..messages import EnvironmentPut
from ..records import Environment
from .call import Call
from .pages import page
from .queues import check_name, check_state

TYPES = ("MANAGED", "UNMANAGED")


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
        "tags": request.tags or {},
        "state": check_state(request.state) or "ENABLED",
        "status": "VALID",
        "statusReason": "ComputeEnvironment Healthy",
        "containerOrchestrationType": "ECS",
    }
    _check_capacity(created)
    await call.shell.ask(lambda number: EnvironmentPut(number, _environment(created)))
    return wire.reply_type("CreateComputeEnvironment")(computeEnvironmentName=name, computeEnvironmentArn=arn)


async def update(call: Call, request: Any) -> Any:
    """State and capacity; other members are refused rather than forgotten."""
    wire.required(request, "computeEnvironment")
    environment = _named(call, request.computeEnvironment)
    wire.not_served(request, "eksConfiguration", "updatePolicy", "serviceRole", "context", "ecsSettings")
    changed = dict(environment.created)
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
    _check_capacity(changed)
    await call.shell.ask(lambda number: EnvironmentPut(number, _environment(changed)))
    return wire.reply_type("UpdateComputeEnvironment")(
        computeEnvironmentName=changed["computeEnvironmentName"], computeEnvironmentArn=environment.arn
    )


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


def _check_capacity(created: dict[str, Any]) -> None:
    for field, vcpus in (
        ("computeResources.maxvCpus", created.get("computeResources", {}).get("maxvCpus")),
        ("unmanagedvCpus", created.get("unmanagedvCpus")),
    ):
        if vcpus is not None and vcpus < 0:
            raise ClientException(f"{field} is {vcpus}: it must be at least 0")


def _environment(created: dict[str, Any]) -> Environment:
    managed = created["type"] == "MANAGED"
    vcpus = created["computeResources"]["maxvCpus"] if managed else created.get("unmanagedvCpus")
    return Environment(
        arn=created["computeEnvironmentArn"],
        enabled=created["state"] == "ENABLED",
        max_mcpus=None if vcpus is None else vcpus * 1000,
        created=created,
    )
