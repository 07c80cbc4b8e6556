"""Which readings of the documents a service follows: what each of its jobs says, and what all of them say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...model.monitor import Monitor
from ...model.readings import READINGS, Valuation, valuations
from .happenings import Called, OfJob


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one job says about the readings: those under which it can be explained."""

    job: str
    readings: frozenset[Valuation]
    happenings: tuple[OfJob, ...]


def evidence(label: str, happenings: Iterable[OfJob], monitor: Monitor | None) -> Evidence | None:
    """
    What a job says about the readings; None where it says nothing.

    `monitor` has judged it without any reading required, so that a report can say what was seen and not only demanded.
    """
    happenings = tuple(happenings)
    if monitor is None or not any(isinstance(happening, Called) for happening in happenings):
        return None  # no reading is about a job that was left alone
    if not monitor.readings or monitor.readings == frozenset(valuations()):
        return None
    return Evidence(label, monitor.readings, happenings)


@dataclass(frozen=True)
class Readings:
    """
    What a run says about the readings.

    values     for each reading, the answers that explain every job of the run
    decided    for each reading that was narrowed down, a job that did it
    mixed      for each reading on which two jobs exclude each other: those two
    required   what the caller made a rule
    """

    values: Mapping[str, frozenset[str]]
    decided: Mapping[str, Evidence]
    mixed: Mapping[str, tuple[Evidence, Evidence]]
    required: Mapping[str, str]


def inferred(found: Iterable[Evidence], required: Mapping[str, str]) -> Readings:
    """Intersect what all jobs say, reading by reading: one value for each service and run."""
    values = {r.name: frozenset(r.values) for r in READINGS}
    decided: dict[str, Evidence] = {}
    mixed: dict[str, tuple[Evidence, Evidence]] = {}
    for item in found:
        for reading in READINGS:
            says = frozenset(dict(v)[reading.name] for v in item.readings)
            if not says < frozenset(reading.values) or reading.name in mixed:
                continue
            if not values[reading.name] & says and reading.name in decided:
                mixed[reading.name] = (decided[reading.name], item)
            decided.setdefault(reading.name, item)
            values[reading.name] = values[reading.name] & says
    return Readings(values, decided, mixed, dict(required))
