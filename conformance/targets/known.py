"""Which targets there are: those of this folder by their names, any service by its URL, and those of other packages."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from ..asked import Asked
from . import demon, endpoint, moto, reference
from .target import Variants

ENTRY_POINTS = "batchproof.targets"
"""The group under which other packages register targets: a callable from Asked to Variants."""

KNOWN = {"reference": reference.variants, "moto": moto.variants, "demon": demon.variants, "endpoint": endpoint.variants}


def names() -> tuple[str, ...]:
    """The targets that a person can name without a URL."""
    return tuple(name for name in [*KNOWN, *_others()] if name != "endpoint")  # that one wants a URL in its place


def variants(asked: Asked) -> Variants:
    """
    The variants of the target that was asked for, by its name or its URL.

    Raises ValueError for a name that is none.
    """
    name = asked.target
    if "://" in name:
        return endpoint.variants(asked)
    others = _others()
    if name in KNOWN:
        return KNOWN[name](asked)
    if name in others:
        return others[name].load()(asked)
    if ":" in name or name == "localhost":
        raise ValueError(f"there is no target {name!r}: did you mean http://{name}?")
    raise ValueError(f"there is no target {name!r}: give a URL, or one of {', '.join([*KNOWN, *others])}")


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}
