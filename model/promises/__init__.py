"""The register of promises: every rule about AWS Batch that this project knows, by its id.

One module for each theme. An id never changes its meaning and is never used again, so that a report of last year can
still be read. Numbers of requests are in `model.limits`, pages in `model.sources`, open questions in `model.readings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from . import (
    arrays,
    bulk,
    cancel,
    dependencies,
    emulators,
    environment,
    events,
    multinode,
    queues,
    retry,
    service_jobs,
    states,
    terminate,
    timeouts,
    validation,
)
from .promise import CONFIDENCE, Confidence, Modality, Promise, Property, Seen
from .safety import LIVENESS, SAFETY

__all__ = ["CONFIDENCE", "PROMISES", "PROPERTIES", "Confidence", "Modality", "Promise", "Property", "Seen"]

_THEMES = (
    states,
    cancel,
    terminate,
    bulk,
    retry,
    timeouts,
    dependencies,
    arrays,
    multinode,
    service_jobs,
    queues,
    environment,
    events,
    validation,
    emulators,
)

_Entry = TypeVar("_Entry", Promise, Property)


def _register(entries: Iterable[_Entry]) -> Mapping[str, _Entry]:
    by_id: dict[str, _Entry] = {}
    for entry in entries:
        assert entry.id not in by_id, f"two entries have the id {entry.id}"
        by_id[entry.id] = entry
    return MappingProxyType(by_id)


PROMISES: Mapping[str, Promise] = _register(promise for theme in _THEMES for promise in theme.PROMISES)
"""Every rule, in the order of its themes."""

PROPERTIES: Mapping[str, Property] = _register((*SAFETY, *LIVENESS))
"""What the rules say together about whole lives: S1 to S20 never happens, L1 to L11 happens in the end."""
