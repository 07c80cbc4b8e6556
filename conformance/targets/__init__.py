"""Services that the kit knows how to reach: each file starts one, names it and cleans up after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TypeAlias

from ..power import Power
from .target import Target


@dataclass(frozen=True, slots=True)
class Options:
    """
    What a caller may say about a target; None is the target's own default.

    url            where the service listens (endpoint)
    powers         what the harness can do there (endpoint)
    queue, definition   existing names to use
    deadline_s     how long something urgent may take
    grace_s        seconds between SIGTERM and SIGKILL
    serve          further arguments for `batchproof serve` (reference)
    """

    url: str | None = None
    powers: frozenset[Power] | None = None
    queue: str | None = None
    definition: str | None = None
    deadline_s: float | None = None
    grace_s: float | None = None
    region: str | None = None
    serve: tuple[str, ...] = ()


Variants: TypeAlias = Iterator[Callable[[], AbstractContextManager[Target]]]
"""The variants of a service, one after another: each is started when it is entered and stopped when it is left."""

ENTRY_POINTS = "batchproof.targets"
"""The group under which other packages register targets: a callable from Options to Variants."""


def variants(name: str, options: Options) -> Variants:
    """
    The variants of a target by name, or of an endpoint by its URL.

    Raises ValueError for a name that is none.
    """
    from . import endpoint, moto, reference

    known = {"reference": reference.variants, "moto": moto.variants, "endpoint": endpoint.variants}
    if name.startswith(("http://", "https://")):
        from dataclasses import replace

        return endpoint.variants(replace(options, url=name))
    others = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name in known:
        return known[name](options)
    if name in others:
        return others[name].load()(options)
    if ":" in name or name == "localhost":
        raise ValueError(f"there is no target {name!r}: did you mean http://{name}?")
    raise ValueError(f"there is no target {name!r}: give a URL, or one of {', '.join([*known, *others])}")
