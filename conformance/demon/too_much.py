"""What is too much for a job: the demon refuses it at once, or takes it and fails the job, as the documents leave open (ERR-09)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...model.limits import (
    CONTAINER_OVERRIDES_CHARACTERS,
    DEFINITION_PAYLOAD_BYTES,
    SUBMIT_PAYLOAD_BYTES,
    TAGS,
    Limit,
    Violation,
)
from .choices import Choices


def check_definition(asked: Mapping[str, Any]) -> None:
    """Raise Violation for a job definition that is too large (ERR-07)."""
    DEFINITION_PAYLOAD_BYTES.check(len(json.dumps(asked)), "the job definition")


def doom(choices: Choices, asked: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    """
    Why such a job will fail without an attempt; empty where it will not.

    Raises Violation where the demon would rather say it now. With too many tags a job is failed and never refused (ST-15).
    """
    found = _too_many_tags(asked, definition)
    large = _breaks(SUBMIT_PAYLOAD_BYTES, len(json.dumps(asked)), "the submission") or _breaks(
        CONTAINER_OVERRIDES_CHARACTERS, len(json.dumps(asked.get("containerOverrides") or {})), "containerOverrides"
    )
    if large and choices.odds(2):
        raise Violation(large)
    return found or large


def _too_many_tags(asked: Mapping[str, Any], definition: Mapping[str, Any]) -> str:
    propagated = asked.get("propagateTags", definition.get("propagateTags"))
    number = len({**(definition.get("tags") or {}), **(asked.get("tags") or {})})
    return _breaks(TAGS, number, "tags of the job and its definition, which are propagated:") if propagated else ""


def _breaks(limit: Limit, value: int, field: str) -> str:
    try:
        limit.check(value, field)
    except Violation as violation:
        return str(violation)
    return ""
