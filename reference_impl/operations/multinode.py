"""The nodes of a job as they will run: a definition's ranges, with what nodeOverrides lays over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import multinode
from ..deciding.records import Nodes, Queue
from ..http import wire
from ..http.call import Call
from ..http.errors import ClientException
from .containers import check_overrides, group


def submitted_nodes(
    properties: Mapping[str, Any], overrides: Any, parameters: Mapping[str, str]
) -> tuple[Nodes, dict[str, Any]]:
    """The nodes of a job, and `nodeProperties` as DescribeJobs shows them."""
    ranges = [entry["targetNodes"] for entry in properties["nodeRangeProperties"]]
    count, main = properties["numNodes"], properties["mainNode"]
    overriding: dict[str, Any] = {}
    if overrides is not None:
        if overrides.numNodes is not None:
            count = overrides.numNodes
            parsed = [multinode.parse(text, "targetNodes") for text in ranges]
            multinode.resized(parsed, count=count, main=main)
        overriding = _by_range(overrides.nodePropertyOverrides, ranges)
    groups = tuple(
        group(entry["targetNodes"], entry["container"], _overrides(overriding, entry), parameters)
        for entry in properties["nodeRangeProperties"]
    )
    shown = {
        "numNodes": count,
        "mainNode": main,
        "nodeRangeProperties": [
            {**entry, "container": one.container, **_instance_types(overriding, entry)}
            for entry, one in zip(properties["nodeRangeProperties"], groups, strict=True)
        ],
    }
    return Nodes(count, main, groups), {"nodeProperties": shown}


def check_queue(call: Call, queue: Queue) -> None:
    """Refuse a multi-node job in a queue where it could never run (MNP-10)."""
    known = (call.ledger.environments.get(arn) for arn in queue.environments)
    if not any(environment.multinode for environment in known if environment is not None):
        raise ClientException(
            f"JobQueue {queue.name} has no compute environment for multi-node jobs: one is needed whose type is MANAGED "
            "and whose computeResources.type is EC2"
        )


def total(nodes: Nodes) -> tuple[int, int]:
    """What all nodes together take of a compute environment: thousandths of a vCPU, and MiB."""
    ranges = [multinode.parse(one.targets, "targetNodes") for one in nodes.groups]
    numbers = (multinode.group_of(ranges, index) for index in range(nodes.count))
    groups = [nodes.groups[number] for number in numbers if number is not None]
    return sum(one.mcpus for one in groups), sum(one.memory_mib for one in groups)


def _by_range(entries: list[Any] | None, ranges: list[str]) -> dict[str, Any]:
    """The overrides of each range; a range must be one of the definition's (MNP-16)."""
    found: dict[str, Any] = {}
    for index, entry in enumerate(entries or ()):
        field = f"nodeOverrides.nodePropertyOverrides[{index}]"
        wire.required(entry, "targetNodes", field=f"{field}.")
        unserved = ("ecsPropertiesOverride", "eksPropertiesOverride", "consumableResourcePropertiesOverride")
        wire.not_served(entry, *unserved, field=f"{field}.")
        if entry.targetNodes not in ranges:
            raise ClientException(
                f"NodeOverride targets should match job definition. Non matching targets - {entry.targetNodes[:100]}"
            )
        if entry.containerOverrides is not None:
            check_overrides(entry.containerOverrides, f"{field}.containerOverrides")
        found[entry.targetNodes] = entry
    return found


def _overrides(overriding: Mapping[str, Any], properties: Mapping[str, Any]) -> Any:
    """The container overrides of one range, None where it has none."""
    entry = overriding.get(properties["targetNodes"])
    return None if entry is None else entry.containerOverrides


def _instance_types(overriding: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Those of one range that replace the definition's; they are shown, and pick no hardware."""
    entry = overriding.get(properties["targetNodes"])
    return {} if entry is None or entry.instanceTypes is None else {"instanceTypes": entry.instanceTypes}
