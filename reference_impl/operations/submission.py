"""SubmitJob: a definition and what overrides it become the order for a job."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from ...model import attempts
from ...model.limits import (
    CONTAINER_OVERRIDES_CHARACTERS,
    DEPENDENCIES,
    SUBMIT_PAYLOAD_BYTES,
    TAGS,
    Violation,
    check_job_name,
)
from .. import arns, wire
from ..errors import ClientException
from ..messages import Submitted
from ..payload import substituted
from ..records import Definition, Order
from .call import Call
from .definitions import check_environment, check_strategy, check_timeout, definition_named
from .demands import consumption, fair_share
from .labels import check_tags
from .queues import queue_named

NOT_SERVED = (
    "arrayProperties",
    "nodeOverrides",
    "eksPropertiesOverride",
    "ecsPropertiesOverride",
)

EMPTY_LISTS = ("command", "volumes", "environment", "mountPoints", "ulimits", "resourceRequirements", "secrets")
"""Members of `container` that AWS shows as empty lists where a definition has none."""


async def submit_job(call: Call, request: Any) -> Any:
    """Two identical calls make two jobs (ST-33)."""
    SUBMIT_PAYLOAD_BYTES.check(call.body_bytes, "the SubmitJob payload")
    wire.required(request, "jobName", "jobQueue", "jobDefinition")
    check_job_name(request.jobName)
    wire.not_served(request, *NOT_SERVED)
    depends_on = _depends_on(call, request.dependsOn)
    check_tags(request.tags)
    strategy, timeout_s = check_strategy(request.retryStrategy), check_timeout(request.timeout)
    if request.containerOverrides is not None:
        _check_overrides(request.containerOverrides)
    queue = queue_named(call, request.jobQueue)
    if not queue.enabled:
        raise ClientException(f"JobQueue {queue.name} is DISABLED: it accepts no new jobs")
    definition = definition_named(call, request.jobDefinition)

    registered = definition.registered
    share, priority = fair_share(call, request, queue, registered)
    consumes, consumed = consumption(call, request, registered)
    container = _container(registered["containerProperties"], request.containerOverrides)
    parameters = {**registered.get("parameters", {}), **(request.parameters or {})}
    echoed = wire.plain(request.retryStrategy) if strategy is not None else registered.get("retryStrategy")
    strategy = strategy or attempts.parse(registered.get("retryStrategy")) or attempts.RetryStrategy()  # RETRY-04
    if timeout_s is None:
        timeout_s = registered.get("timeout", {}).get("attemptDurationSeconds")  # TO-09
    order = Order(
        id=str(uuid4()),
        region=call.region,
        name=request.jobName,
        queue=queue.arn,
        definition=definition.arn,
        command=substituted(container["command"], parameters),
        environment={entry["name"]: entry.get("value", "") for entry in container["environment"]},
        container=container,
        members={
            "retryStrategy": {
                "attempts": strategy.attempts,
                "evaluateOnExit": (echoed or {}).get("evaluateOnExit", []),
            },
            "dependsOn": [wire.plain(dependency) for dependency in request.dependsOn or ()],
            "parameters": parameters,
            "timeout": None if timeout_s is None else {"attemptDurationSeconds": timeout_s},
            "tags": request.tags or {},
            "propagateTags": _propagates(request, registered),
            "platformCapabilities": registered.get("platformCapabilities", []),
            "shareIdentifier": share or None,
            "schedulingPriority": priority if share else None,
            "consumableResourceProperties": consumed,
        },
        mcpus=_mcpus(container),
        memory_mib=_memory_mib(container),
        strategy=strategy,
        timeout_s=timeout_s,
        depends_on=depends_on,
        late_refusal=_late_refusal(request, definition),
        share=share,
        priority=priority,
        consumes=consumes,
    )
    await call.shell.ask(lambda number: Submitted(number, order))
    return wire.reply_type("SubmitJob")(
        jobArn=arns.of(call.region, f"job/{order.id}"), jobName=order.name, jobId=order.id
    )


def _depends_on(call: Call, dependencies: list[Any] | None) -> tuple[str, ...]:
    """The ids that a job waits for, each once. Only ids of jobs that exist are accepted (DEP-10, DEP-20)."""
    dependencies = dependencies or []
    try:
        DEPENDENCIES.check(len(dependencies), "dependsOn")
    except Violation as violation:
        raise ClientException(f"Job cannot have more than {DEPENDENCIES.high} dependencies: {violation}") from None
    for index, dependency in enumerate(dependencies):
        wire.not_served(dependency, "type", field=f"dependsOn[{index}].")
        wire.required(dependency, "jobId", field=f"dependsOn[{index}].")
        if call.ledger.job(call.region, dependency.jobId) is None:
            raise ClientException(f"dependsOn[{index}].jobId is {dependency.jobId[:200]!r}: no job has this id")
    return tuple(dict.fromkeys(dependency.jobId for dependency in dependencies))


def _check_overrides(overrides: Any) -> None:
    wire.not_served(overrides, "instanceType", field="containerOverrides.")
    for index, argument in enumerate(overrides.command or ()):
        if argument == "":
            raise ClientException(
                f"Command field cannot have empty strings: containerOverrides.command[{index}] is empty"
            )
    check_environment(overrides.environment, "containerOverrides.environment")
    for index, requirement in enumerate(overrides.resourceRequirements or ()):
        wire.required(requirement, "type", "value", field=f"containerOverrides.resourceRequirements[{index}].")


def _container(properties: Mapping[str, Any], overrides: Any) -> dict[str, Any]:
    """The container as it will run: the definition's properties with the overrides laid over them."""
    container: dict[str, Any] = {**{member: [] for member in EMPTY_LISTS}, **properties}
    if overrides is None:
        return container
    given = wire.plain(overrides)
    if given.get("command"):
        container["command"] = given["command"]  # replaced as a whole (ENV-06)
    container["environment"] = _replaced(container["environment"], given.get("environment", []), "name")  # ENV-03
    container["resourceRequirements"] = _replaced(
        container["resourceRequirements"], given.get("resourceRequirements", []), "type"
    )
    settled = {requirement.get("type") for requirement in container["resourceRequirements"]}
    for member, kind in (("vcpus", "VCPU"), ("memory", "MEMORY")):
        if member in given and kind not in settled:  # these do not override resourceRequirements (ENV-07)
            container[member] = given[member]
    return container


def _replaced(entries: list[dict[str, Any]], overriding: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Entries of the same name are replaced where they stand, new ones are added behind."""
    merged = {entry.get(key): entry for entry in entries}
    merged.update((entry.get(key), entry) for entry in overriding)
    return list(merged.values())


def _mcpus(container: Mapping[str, Any]) -> int:
    """What the job takes of a compute environment; 1 vCPU where nothing is said."""
    required = {entry.get("type"): entry.get("value") for entry in container["resourceRequirements"]}
    vcpus = required.get("VCPU") or container.get("vcpus") or 1
    try:
        mcpus = int(Decimal(vcpus) * 1000)
    except (InvalidOperation, ValueError, OverflowError):
        mcpus = 0
    if mcpus <= 0:
        raise ClientException(f"the VCPU requirement is {str(vcpus)[:100]!r}: it must be a number above 0")
    return mcpus


def _memory_mib(container: Mapping[str, Any]) -> int:
    """What the job asks of an environment's memory."""
    required = {entry.get("type"): entry.get("value") for entry in container["resourceRequirements"]}
    memory = required.get("MEMORY") or container.get("memory") or 0
    try:
        memory_mib = int(memory)
    except ValueError:
        memory_mib = -1
    if memory_mib < 0:
        raise ClientException(f"the MEMORY requirement is {str(memory)[:100]!r}: it must be a number of MiB")
    return memory_mib


def _propagates(request: Any, registered: Mapping[str, Any]) -> bool:
    given = request.propagateTags
    return bool(registered.get("propagateTags") if given is None else given)


def _late_refusal(request: Any, definition: Definition) -> str | None:
    """What AWS finds out only after it has accepted the job, which then fails without an attempt."""
    overrides = request.containerOverrides
    allowed = CONTAINER_OVERRIDES_CHARACTERS.high
    if overrides is not None and allowed is not None and len(wire.encoded(overrides)) > allowed:
        return f"Container Overrides length must be at most {allowed}"  # ENV-09
    tags = {**definition.registered.get("tags", {}), **(request.tags or {})}
    if _propagates(request, definition.registered) and TAGS.high is not None and len(tags) > TAGS.high:
        return f"the job and its definition have {len(tags)} tags together: at most {TAGS.high} can be propagated"
    return None
