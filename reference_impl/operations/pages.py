"""Pages of the short lists: queues, environments, definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from ...model.limits import Limit
from ..http.errors import ClientException

PAGE = Limit(1, 100, None, ())
"""maxResults of the Describe operations that page; their default is the maximum."""

Shown = TypeVar("Shown")


def page(found: Sequence[Shown], request: Any) -> tuple[Sequence[Shown], str | None]:
    """The part of `found` that a request with maxResults and nextToken asks for, and the token of the next part."""
    size, begin = rest(request)
    end = begin + size
    return found[begin:end], str(end) if end < len(found) else None


def rest(request: Any) -> tuple[int, int]:
    """How many a page is to have, and how many were in the pages before."""
    assert PAGE.high is not None
    size = PAGE.high if request.maxResults is None else request.maxResults
    PAGE.check(size, "maxResults")
    begin = 0
    if request.nextToken:
        if not (request.nextToken.isascii() and request.nextToken.isdigit()):
            raise ClientException(f"nextToken is {request.nextToken[:100]!r}: it is not one that this server gave")
        begin = int(request.nextToken[:18])
    return size, begin
