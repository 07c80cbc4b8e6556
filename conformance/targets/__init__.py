"""Services that the kit knows how to reach: each file starts one, names it and cleans up after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.metadata import entry_points
from typing import TypeAlias

from ..asked import Asked
from .target import Target

Variants: TypeAlias = Iterator[Callable[[], AbstractContextManager[Target]]]
"""The variants of a service, one after another: each is started when it is entered and stopped when it is left."""

ENTRY_POINTS = "batchproof.targets"
"""The group under which other packages register targets: a callable from Asked to Variants."""


def variants(asked: Asked) -> Variants:
    """
    The variants of the target that was asked for, by its name or its URL.

    Raises ValueError for a name that is none.
    """
    from . import endpoint, moto, reference

    known = {"reference": reference.variants, "moto": moto.variants, "endpoint": endpoint.variants}
    name = asked.target
    if "://" in name:
        return endpoint.variants(asked)
    others = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name in known:
        return known[name](asked)
    if name in others:
        return others[name].load()(asked)
    if ":" in name or name == "localhost":
        raise ValueError(f"there is no target {name!r}: did you mean http://{name}?")
    raise ValueError(f"there is no target {name!r}: give a URL, or one of {', '.join([*known, *others])}")
