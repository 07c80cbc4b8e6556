"""SubmitJob: a definition and what overrides it become the order for a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import arrays, attempts, dependencies
from ...model.dependencies import Waits
from ...model.limits import ARRAY_SIZE, CONTAINER_OVERRIDES_CHARACTERS, SUBMIT_PAYLOAD_BYTES, TAGS, check_job_name
from ..deciding import arns
from ..deciding.messages import Submitted
from ..deciding.records import Definition, Nodes, Order
from ..http import wire
from ..http.call import Call, asks
from ..http.errors import ClientException
from . import echo
from .containers import check_overrides, group
from .definitions import check_parameters, check_strategy, check_timeout, definition_named
from .demands import consumption, fair_share
from .multinode import check_queue, submitted_nodes, total
from .queues import queue_named
from .tag_limits import check_tags

NOT_SERVED = (
    "eksPropertiesOverride",
    "ecsPropertiesOverride",
)


@asks
async def submit_job(call: Call, request: Any) -> Any:
    """Two identical calls make two jobs (ST-33)."""
    SUBMIT_PAYLOAD_BYTES.check(call.body_bytes, "the SubmitJob payload")
    wire.required(request, "jobName", "jobQueue", "jobDefinition")
    check_job_name(request.jobName)
    wire.not_served(request, *NOT_SERVED)
    array_size = _array_size(request.arrayProperties)
    waits = _waits(call, request.dependsOn, array_size)
    check_tags(request.tags)
    strategy, timeout_s = check_strategy(request.retryStrategy), check_timeout(request.timeout)
    check_parameters(request.parameters)
    if request.containerOverrides is not None:
        check_overrides(request.containerOverrides, "containerOverrides")
    queue = queue_named(call, request.jobQueue)
    if not queue.enabled:
        raise ClientException(f"JobQueue {queue.name} is DISABLED: it accepts no new jobs")
    definition = definition_named(call, request.jobDefinition)

    registered = definition.registered
    _check_type(request, registered)
    share, priority = fair_share(call, request, queue, registered)
    consumes, consumed = consumption(call, request, registered)
    parameters = {**registered.get("parameters", {}), **(request.parameters or {})}
    echoed = wire.plain(request.retryStrategy) if strategy is not None else registered.get("retryStrategy")
    strategy = strategy or attempts.parse(registered.get("retryStrategy")) or attempts.RetryStrategy()  # RETRY-04
    if timeout_s is None:
        timeout_s = registered.get("timeout", {}).get("attemptDurationSeconds")  # TO-09
    nodes: Nodes | None = None
    shown: dict[str, Any] = {}
    if "nodeProperties" in registered:
        check_queue(call, queue)
        nodes, shown = submitted_nodes(registered["nodeProperties"], request.nodeOverrides, parameters)
        main = nodes.groups[0]
        mcpus, memory_mib = total(nodes)
    else:
        main = group(":", registered["containerProperties"], request.containerOverrides, parameters)
        mcpus, memory_mib = main.mcpus, main.memory_mib
    order = Order(
        id=call.shell.new_id(),
        region=call.region,
        name=request.jobName,
        queue=queue.arn,
        definition=definition.arn,
        command=main.command,
        environment=main.environment,
        container=main.container,
        members={
            **shown,
            "retryStrategy": {
                "attempts": strategy.attempts,
                "evaluateOnExit": echo.strategy(echoed or {}).get("evaluateOnExit", []),
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
        mcpus=mcpus,
        memory_mib=memory_mib,
        strategy=strategy,
        timeout_s=timeout_s,
        depends_on=waits.whole,
        n_to_n=waits.n_to_n,
        sequential=waits.sequential,
        array_size=array_size,
        nodes=nodes,
        late_refusal=_late_refusal(request, definition),
        share=share,
        priority=priority,
        consumes=consumes,
    )
    await call.ask(lambda number: Submitted(number, order))
    return wire.reply_type("SubmitJob")(
        jobArn=arns.of(call.region, f"job/{order.id}"), jobName=order.name, jobId=order.id
    )


def _check_type(request: Any, registered: Mapping[str, Any]) -> None:
    """Refuse what does not go with the type of the definition."""
    if "nodeProperties" in registered:
        for member in ("containerOverrides", "arrayProperties"):
            if getattr(request, member) is not None:
                raise ClientException(f"{member} is not allowed for a multi-node job")
    elif request.nodeOverrides is not None:
        raise ClientException("nodeOverrides is given, and the job definition is not of type multinode")


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
        if job.order.node_index is not None:
            return None  # a node is part of a job, and lives several lives
        return job.order.array_size if job.order.is_parent else 0
    if (found := arrays.parent_and_index(job_id)) is not None:  # a child that its parent has not borne yet (ARR-19)
        parent = call.ledger.job(call.region, found[0])
        if parent is not None and found[1] < (parent.order.array_size or 0):
            return 0
    return None


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
