"""Job definitions: registered in revisions, and shown as `echo.py` says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from ...model import attempts, multinode
from ...model.limits import (
    ATTEMPT_DURATION_S,
    DEFINITION_PAYLOAD_BYTES,
    RESERVED_ENVIRONMENT_PREFIX,
    SCHEDULING_PRIORITY,
    check_job_name,
)
from ..deciding import arns
from ..deciding.messages import Put
from ..deciding.records import Definition
from ..http import wire
from ..http.call import Call, asks, shows
from ..http.errors import ClientException
from . import echo
from .consumables import requirements
from .pages import page
from .tag_limits import check_tags

NOT_SERVED = ("eksProperties", "ecsProperties")

PROPERTIES = {"container": "containerProperties", "multinode": "nodeProperties"}
"""What a definition of each type must have, and must not have."""

CAPABILITIES = ("EC2", "FARGATE", "MANAGED_INSTANCES")


@asks
async def register(call: Call, request: Any) -> Any:
    """A definition of a known name becomes its next revision."""
    DEFINITION_PAYLOAD_BYTES.check(call.body_bytes, "the RegisterJobDefinition payload")
    wire.required(request, "jobDefinitionName", "type")
    check_job_name(request.jobDefinitionName, "jobDefinitionName")
    if request.type not in PROPERTIES:
        raise ClientException(f"type is {request.type!r}: it must be one of {', '.join(PROPERTIES)}")
    wire.not_served(request, *NOT_SERVED)
    _check_capabilities(request)
    wanted = PROPERTIES[request.type]
    for member in PROPERTIES.values():
        if (getattr(request, member) is None) == (member == wanted):
            word = "required" if member == wanted else "not allowed"
            raise ClientException(f"{member} is {word} for type {request.type}")
    if request.nodeProperties is not None:
        check_nodes(request.nodeProperties)
    else:
        check_container(request.containerProperties, "containerProperties")
    check_parameters(request.parameters)
    check_strategy(request.retryStrategy)
    check_timeout(request.timeout)
    check_tags(request.tags)
    if request.schedulingPriority is not None:
        SCHEDULING_PRIORITY.check(request.schedulingPriority, "schedulingPriority")

    requirements(call, request.consumableResourceProperties, "consumableResourceProperties")

    name = request.jobDefinitionName
    revision = len(call.ledger.revisions(call.region, name)) + 1
    arn = arns.of(call.region, f"job-definition/{name}:{revision}")
    definition = Definition(arn, call.region, name, revision, active=True, registered=wire.plain(request))
    await call.ask(lambda number: Put(number, definition))
    return wire.reply_type("RegisterJobDefinition")(jobDefinitionName=name, jobDefinitionArn=arn, revision=revision)


@asks
async def deregister(call: Call, request: Any) -> Any:
    """The revision becomes INACTIVE: jobs that use it go on, new ones are refused (ERR-04)."""
    wire.required(request, "jobDefinition")
    found = list(_named(call, request.jobDefinition))
    if not found:
        raise ClientException(f"JobDefinition {request.jobDefinition} not found.")
    if len(found) > 1 or ":" not in request.jobDefinition:
        raise ClientException(f"jobDefinition is {request.jobDefinition!r}: it must name a revision, as name:1 does")
    await call.ask(lambda number: Put(number, replace(found[0], active=False)))
    return wire.reply_type("DeregisterJobDefinition")()


@shows
async def describe(call: Call, request: Any) -> Any:
    """All definitions, or those named, newest revision first; unknown ones are left out."""
    found: Iterable[Definition]
    if request.jobDefinitions:
        named = (definition for name in request.jobDefinitions for definition in _named(call, name))
        found = {definition.arn: definition for definition in named}.values()
    elif request.jobDefinitionName:
        found = _named(call, request.jobDefinitionName)
    else:
        here = [known for known in call.ledger.definitions.values() if known.region == call.region]
        found = sorted(here, key=lambda known: (known.name, -known.revision))
    if request.status:
        found = [definition for definition in found if _status(definition) == request.status]
    shown, token = page(list(found), request)
    return wire.reply_type("DescribeJobDefinitions")(
        jobDefinitions=[_detail(definition) for definition in shown], nextToken=token
    )


def definition_named(call: Call, text: str) -> Definition:
    """The ACTIVE definition that SubmitJob means: by name its latest revision (ENV-08), by name:revision, by ARN."""
    name, _, revision = (arns.short(text) if text.startswith("arn:") else text).partition(":")
    if text.startswith("arn:") and arns.of(call.region, f"job-definition/{arns.short(text)}") != text:
        definition = None
    elif revision:
        definition = call.ledger.definitions.get(arns.of(call.region, f"job-definition/{name}:{revision}"))
    else:
        definition = call.ledger.latest(call.region, name)
    if definition is None or not definition.active:
        raise ClientException(f"JobDefinition name {text} does not exist or is not in ACTIVE status")
    return definition


def _check_capabilities(request: Any) -> None:
    """Nodes run on EC2 only (MNP-10)."""
    allowed = CAPABILITIES if request.type == "container" else CAPABILITIES[:1]
    for index, capability in enumerate(request.platformCapabilities or ()):
        if capability not in allowed:
            raise ClientException(
                f"platformCapabilities[{index}] is {capability[:200]!r}: type {request.type} takes {', '.join(allowed)}"
            )


def check_container(properties: Any, field: str) -> None:
    """Refuse a container without an image, or with what no process can be given."""
    wire.required(properties, "image", field=f"{field}.")
    check_command(properties.command, f"{field}.command")
    check_environment(properties.environment, f"{field}.environment")


def check_nodes(properties: Any) -> None:
    """Refuse nodes that nothing describes, and more of them than there may be (MNP-09)."""
    field = "nodeProperties"
    wire.required(properties, "numNodes", "mainNode", "nodeRangeProperties", field=f"{field}.")
    ranges: list[multinode.Range] = []
    for index, group in enumerate(properties.nodeRangeProperties):
        at = f"{field}.nodeRangeProperties[{index}]"
        wire.required(group, "targetNodes", "container", field=f"{at}.")
        wire.not_served(group, "ecsProperties", "eksProperties", "consumableResourceProperties", field=f"{at}.")
        check_container(group.container, f"{at}.container")
        ranges.append(multinode.parse(group.targetNodes, f"{at}.targetNodes"))
    multinode.check(ranges, count=properties.numNodes, main=properties.mainNode)


def check_command(command: list[str] | None, field: str) -> None:
    """Refuse arguments that no process can be given."""
    for index, argument in enumerate(command or ()):
        _check_text(argument, f"{field}[{index}]")


def check_parameters(parameters: dict[str, str] | None) -> None:
    """Refuse parameters that could not be put into a command."""
    for name, value in (parameters or {}).items():
        _check_text(value, f"parameters[{name!r}]")


def _check_text(text: str | None, field: str, also: str = "") -> None:
    """A process is given its arguments and variables as texts that a NUL ends."""
    for character in f"\0{also}":
        if text is not None and character in text:
            shown = "NUL" if character == "\0" else character
            raise ClientException(f"{field} is {text[:100]!r}: it must not contain {shown}")


def check_environment(entries: list[Any] | None, field: str) -> None:
    """Refuse names that Batch keeps for itself (ENV-02), and what no process can be given."""
    for index, entry in enumerate(entries or ()):
        wire.required(entry, "name", field=f"{field}[{index}].")
        _check_text(entry.name, f"{field}[{index}].name", also="=")
        _check_text(entry.value, f"{field}[{index}].value")
        if entry.name.startswith(RESERVED_ENVIRONMENT_PREFIX):
            raise ClientException(
                f"{field}[{index}].name is {entry.name!r}: names that start with {RESERVED_ENVIRONMENT_PREFIX} are reserved"
            )


def check_strategy(strategy: Any) -> attempts.RetryStrategy | None:
    """The retry strategy of a request, checked."""
    return None if strategy is None else attempts.parse(wire.plain(strategy))


def check_timeout(timeout: Any) -> int | None:
    """The timeout of a request in seconds, checked (TO-01)."""
    if timeout is None or timeout.attemptDurationSeconds is None:
        return None
    ATTEMPT_DURATION_S.check(timeout.attemptDurationSeconds, "timeout.attemptDurationSeconds")
    return timeout.attemptDurationSeconds


def _named(call: Call, text: str) -> Iterable[Definition]:
    """The revisions that a name, a name:revision or an ARN means, newest first."""
    if text.startswith("arn:") or ":" in text:
        arn = text if text.startswith("arn:") else arns.of(call.region, f"job-definition/{text}")
        definition = call.ledger.definitions.get(arn)
        return [definition] if definition is not None and definition.region == call.region else []
    return reversed(call.ledger.revisions(call.region, text))


def _status(definition: Definition) -> str:
    return "ACTIVE" if definition.active else "INACTIVE"


def _detail(definition: Definition) -> Any:
    return wire.filled(
        "JobDefinition",
        {
            **echo.definition(definition.registered),
            "jobDefinitionArn": definition.arn,
            "revision": definition.revision,
            "status": _status(definition),
            "containerOrchestrationType": "ECS",
        },
    )
