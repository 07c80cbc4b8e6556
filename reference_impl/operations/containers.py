"""The container of a job as it will run: a definition's properties, with what SubmitJob lays over them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..deciding.payload import substituted
from ..deciding.records import Group
from ..http import wire
from ..http.errors import ClientException
from .definitions import check_command, check_environment
from .echo import EMPTY_LISTS


def group(targets: str, properties: Mapping[str, Any], overrides: Any, parameters: Mapping[str, str]) -> Group:
    """What nodes of one range run, or the one container of a job that has no nodes."""
    container = _overridden(properties, overrides)
    return Group(
        targets,
        substituted(container["command"], parameters),
        {entry["name"]: entry.get("value", "") for entry in container["environment"]},
        container,
        _mcpus(container),
        _memory_mib(container),
    )


def check_overrides(overrides: Any, field: str) -> None:
    """Refuse overrides that cannot be (ENV-02, ENV-06)."""
    wire.not_served(overrides, "instanceType", field=f"{field}.")
    for index, argument in enumerate(overrides.command or ()):
        if argument == "":
            raise ClientException(f"Command field cannot have empty strings: {field}.command[{index}] is empty")
    check_command(overrides.command, f"{field}.command")
    check_environment(overrides.environment, f"{field}.environment")
    for index, requirement in enumerate(overrides.resourceRequirements or ()):
        wire.required(requirement, "type", "value", field=f"{field}.resourceRequirements[{index}].")


def _overridden(properties: Mapping[str, Any], overrides: Any) -> dict[str, Any]:
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
