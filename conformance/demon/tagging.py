"""TagResource and ListTagsForResource: tags of what has an ARN. Children of arrays have none of their own (ARR-16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.limits import TAGS
from .demon import Demon, Refused


def tag_resource(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Adds tags, and changes those of the same key."""
    arn = _known(demon, asked)
    tags = {**demon.tags[arn], **(asked.get("tags") or {})}
    TAGS.check(len(tags), "tags")
    demon.tags[arn] = tags
    return {}


def list_tags_for_resource(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Its tags by now."""
    return {"tags": dict(demon.tags[_known(demon, asked)])}


def _known(demon: Demon, asked: Mapping[str, Any]) -> str:
    arn = asked.get("resourceArn")
    if arn not in demon.tags:
        raise Refused(f"resourceArn is {str(arn)[:200]!r}: nothing that has tags is called so")
    return arn
