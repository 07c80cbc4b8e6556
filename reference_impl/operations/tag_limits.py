"""What tags may look like."""

from __future__ import annotations

from collections.abc import Mapping

from ...model.limits import TAG_KEY_CHARACTERS, TAG_VALUE_CHARACTERS, TAGS
from ..http.errors import ClientException

RESERVED_PREFIX = "aws:"


def check_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """The tags of a request, checked."""
    TAGS.check(len(tags or ()), "tags")
    for key, value in (tags or {}).items():
        TAG_KEY_CHARACTERS.check(len(key), f"the key tags[{key[:50]!r}]")
        TAG_VALUE_CHARACTERS.check(len(value), f"tags[{key!r}]")
        if key.lower().startswith(RESERVED_PREFIX):
            raise ClientException(f"tags has the key {key!r}: keys that start with {RESERVED_PREFIX} are AWS's own")
    return dict(tags or {})
