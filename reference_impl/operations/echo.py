"""How AWS shows what was registered: not quite as it was sent.

Lists that were not given are shown as empty, defaults as if they had been given, and actions in small letters. Sources: the
example of DescribeJobDefinitions in the API's own data (`environment`, `mountPoints`, `ulimits`, `volumes`), the differences
that terraform-provider-aws takes for none (each list, the Fargate platform, the letters of `action`), and answers of AWS that
stand in public code (`parameters`, `secrets`). For the small letters there is no recorded answer (RETRY-14).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EMPTY_LISTS = ("command", "volumes", "environment", "mountPoints", "ulimits", "resourceRequirements", "secrets")
"""Members of a container that AWS shows as empty lists where a definition has none."""

WITHIN: dict[str, dict[str, Any]] = {
    "logConfiguration": {"options": {}, "secretOptions": []},
    "linuxParameters": {"devices": [], "tmpfs": []},
}
"""Members of members that are shown as empty where only what they are part of was given."""

FARGATE_PLATFORM = {"platformVersion": "LATEST"}
"""What Fargate runs on where a definition does not say."""


def definition(registered: Mapping[str, Any]) -> dict[str, Any]:
    """A job definition as it is shown, without its name and status."""
    shown = {"tags": {}, "parameters": {}, **registered}
    if "containerProperties" in registered:
        fargate = "FARGATE" in registered.get("platformCapabilities", ())
        shown["containerProperties"] = _container(registered["containerProperties"], fargate)
    if "nodeProperties" in registered:
        nodes = registered["nodeProperties"]
        groups = [
            {**group, "container": _container(group["container"], False)} for group in nodes["nodeRangeProperties"]
        ]
        shown["nodeProperties"] = {**nodes, "nodeRangeProperties": groups}
    if "retryStrategy" in registered:
        shown["retryStrategy"] = strategy(registered["retryStrategy"])
    return shown


def strategy(given: Mapping[str, Any]) -> dict[str, Any]:
    """
    A retry strategy as it is shown.

    >>> strategy({"attempts": 2, "evaluateOnExit": [{"action": "RETRY", "onReason": "*"}]})
    {'attempts': 2, 'evaluateOnExit': [{'action': 'retry', 'onReason': '*'}]}
    """
    if "evaluateOnExit" not in given:
        return dict(given)
    return {
        **given,
        "evaluateOnExit": [{**entry, "action": entry["action"].lower()} for entry in given["evaluateOnExit"]],
    }


def _container(given: Mapping[str, Any], fargate: bool) -> dict[str, Any]:
    shown = {**{member: [] for member in EMPTY_LISTS}, **given}
    for member, empty in WITHIN.items():
        if member in given:
            shown[member] = {**empty, **given[member]}
    if fargate:
        shown.setdefault("fargatePlatformConfiguration", FARGATE_PLATFORM)
    return shown
