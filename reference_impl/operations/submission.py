"""SubmitJob: a definition and what overrides it become the order for a job."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from ...model import arrays, attempts, dependencies
from ...model.dependencies import Waits
from ...model.limits import (
    ARRAY_SIZE,
    CONTAINER_OVERRIDES_CHARACTERS,
    SUBMIT_PAYLOAD_BYTES,
    TAGS,
    check_job_name,
)
from .. import arns, wire
from ..errors import ClientException
from ..messages import Submitted
from ..payload import substituted
from ..records import Definition, Order
from .call import Call
from .definitions import check_environment, check_strategy, check_timeout, definition_named
from .queues import queue_named

NOT_SERVED = (
    "nodeOverrides",
    "eksPropertiesOverride",
    "ecsPropertiesOverride",
    "consumableResourcePropertiesOverride",
    "shareIdentifier",
    "schedulingPriorityOverride",
)

EMPTY_LISTS = ("command", "volumes", "environment", "mountPoints", "ulimits", "resourceRequirements", "secrets")
"""Members of `container` that AWS shows as empty lists where a definition has none."""


async def submit_job(call: Call, request: Any) -> Any:
    """Two identical calls make two jobs (ST-33)."""
    SUBMIT_PAYLOAD_BYTES.check(call.body_bytes, "the SubmitJob payload")
    wire.required(request, "jobName", "jobQueue", "jobDefinition")
    check_job_name(request.jobName)
    wire.not_served(request, *NOT_SERVED)
    array_size = _array_size(request.arrayProperties)
    waits = _waits(call, request.dependsOn, array_size)
    TAGS.check(len(request.tags or ()), "tags")
    strategy, timeout_s = check_strategy(request.retryStrategy), check_timeout(request.timeout)
    if request.containerOverrides is not None:
        _check_overrides(request.containerOverrides)
    queue = queue_named(call, request.jobQueue)
    if not queue.enabled:
        raise ClientException(f"JobQueue {queue.name} is DISABLED: it accepts no new jobs")
    definition = definition_named(call, request.jobDefinition)

    registered = definition.registered
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
        },
        mcpus=_mcpus(container),
        strategy=strategy,
        timeout_s=timeout_s,
        depends_on=waits.whole,
        n_to_n=waits.n_to_n,
        sequential=waits.sequential,
        array_size=array_size,
        late_refusal=_late_refusal(request, definition),
    )
    await call.shell.ask(lambda number: Submitted(number, order))
    return wire.reply_type("SubmitJob")(
        jobArn=arns.of(call.region, f"job/{order.id}"), jobName=order.name, jobId=order.id
    )


def _array_size(properties: Any) -> int | None:
    """The number of children, None for a job that is no array (ARR-01)."""
    if properties is None:
        return None
    wire.required(properties, "size", field="arrayProperties.")
    ARRAY_SIZE.check(properties.size, "arrayProperties.size")
    return properties.size


def _waits(call: Call, entries: list[Any] | None, array_size: int | None) -> Waits:
    """
    What a job waits for. Only ids of jobs that exist are accepted (DEP-10, DEP-20), those of an array's children as well
    (DEP-19), and N_TO_N only between arrays of one size (DEP-16).
    """
    given = [wire.plain(entry) for entry in entries or ()]
    waits = dependencies.parse(given, array=array_size is not None)
    for index, entry in enumerate(given):
        job_id = entry.get("jobId")
        if job_id is None:
            continue
        size = _size_of(call, job_id)
        if size is None:
            raise ClientException(f"dependsOn[{index}].jobId is {job_id[:200]!r}: no job has this id")
        if entry.get("type") == "N_TO_N" and size != array_size:
            found = f"an array of size {size}" if size else "no array"
            raise ClientException(
                f"dependsOn[{index}] is N_TO_N, and job {job_id[:200]} is {found}: both must be arrays of size {array_size}"
            )
    return waits


def _size_of(call: Call, job_id: str) -> int | None:
    """The size of an array, 0 for a job that is none, None for one that does not exist and never will."""
    job = call.ledger.job(call.region, job_id)
    if job is not None:
        return job.order.array_size if job.order.is_parent else 0
    if (found := arrays.parent_and_index(job_id)) is not None:  # a child that its parent has not borne yet (ARR-19)
        parent = call.ledger.job(call.region, found[0])
        if parent is not None and found[1] < (parent.order.array_size or 0):
            return 0
    return None


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
