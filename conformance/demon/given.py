"""What a job is given: by its job definition, and by what SubmitJob lays over that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...model.limits import RESERVED_ENVIRONMENT_PREFIX, Violation
from .demon import Refused

Members = Mapping[str, Any]


def taking_effect(asked: Members, definition: Members) -> dict[str, Any]:
    """
    A submission with all that its definition adds to it, as it is shown later.

    A strategy or timeout of SubmitJob replaces that of the definition (RETRY-04); `container` is what its container gets.
    Raises Refused, or Violation, for a container that there cannot be.
    """
    parameters = {**(definition.get("parameters") or {}), **(asked.get("parameters") or {})}
    of_definition, overrides = definition.get("containerProperties") or {}, asked.get("containerOverrides") or {}
    found = {**asked, "jobDefinition": definition["jobDefinitionArn"], "parameters": parameters}
    for member in ("retryStrategy", "timeout"):
        if (value := asked.get(member) or definition.get(member)) is not None:
            found[member] = value
    found["container"] = {
        "image": "busybox",
        **of_definition,
        "command": _command(of_definition, overrides, parameters),
        "environment": [
            {"name": name, "value": value} for name, value in _environment(of_definition, overrides).items()
        ],
        **_resources(of_definition, overrides),
    }
    return found


def check_names(environment: Any) -> None:
    """Raise Violation for a variable whose name is Batch's own (ENV-02)."""
    for entry in environment or ():
        if entry["name"].startswith(RESERVED_ENVIRONMENT_PREFIX):
            raise Violation(
                f"environment: {entry['name']!r} begins with {RESERVED_ENVIRONMENT_PREFIX}, which is reserved"
            )


def vcpus(container: Members) -> int:
    """How many vCPUs such a container takes up; parts of one count as one."""
    needs = {entry["type"]: entry["value"] for entry in container.get("resourceRequirements") or ()}
    return max(1, round(float(needs.get("VCPU") or container.get("vcpus") or 1)))


def _command(of_definition: Members, overrides: Members, parameters: Mapping[str, str]) -> list[str]:
    own = overrides.get("command")
    command = own if own is not None else of_definition.get("command") or ()
    if any(part == "" for part in command):  # ENV-06
        raise Refused(f"containerOverrides.command has an empty string: {json.dumps(list(command))[:100]}")
    return [_substituted(part, parameters) for part in command]


def _substituted(part: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        part = part.replace(f"Ref::{name}", value)
    return part


def _environment(of_definition: Members, overrides: Members) -> dict[str, str]:
    """Entries of SubmitJob are added, and replace those of the same name (ENV-03)."""
    found: dict[str, str] = {}
    for entries in (of_definition.get("environment"), overrides.get("environment")):
        check_names(entries)
        found |= {entry["name"]: entry["value"] for entry in entries or ()}
    return found


def _resources(of_definition: Members, overrides: Members) -> dict[str, Any]:
    """Requirements go by their type. The older members do not override what the definition requires (ENV-07)."""
    needs = {entry["type"]: entry["value"] for entry in of_definition.get("resourceRequirements") or ()}
    older = {
        member: overrides.get(member, of_definition.get(member))
        for kind, member in (("VCPU", "vcpus"), ("MEMORY", "memory"))
        if kind not in needs
    }
    needs |= {entry["type"]: entry["value"] for entry in overrides.get("resourceRequirements") or ()}
    return {
        "resourceRequirements": [{"type": kind, "value": value} for kind, value in needs.items()],
        **{member: value for member, value in older.items() if value is not None},
    }
