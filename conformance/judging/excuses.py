"""What would excuse a service whose job no life explains, and the fewest observations that show that it needs one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...model.readings import READINGS
from .assumptions import Assumptions
from .follower import Follower, judged, marks
from .happenings import Began, OfJob, Saw, Signalled

GIVEN_UP = {
    "fresh_reads": "DescribeJobs may lag behind",
    "prompt_calls": "an accepted call may take effect later than its answer",
    "no_faults": "a host or a start may fail by itself, or the service may give a job up",
    "deadline": "there is no deadline",
    "capacity": "a full queue may start a job all the same (SMOKE-04 saw that it does not)",
}
"""The assumptions that may excuse a service, and what giving each up means."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Under which everything would be explained: an assumption to give up, or another answer to a required reading."""

    assumption: str = ""
    reading: str = ""
    value: str = ""


def excuses(happenings: Sequence[OfJob], assume: Assumptions, required: Mapping[str, str]) -> tuple[Excuse, ...]:
    """The assumptions, and the answers to required readings, under which what happened would be explained."""
    found = [
        Excuse(assumption=name)
        for name in GIVEN_UP
        if getattr(assume, name) and _explained(happenings, replace(assume, **{name: False}), required)
    ]
    for reading in READINGS:
        for value in reading.values:
            if reading.name in required and value != required[reading.name]:
                other = {**required, reading.name: value}
                if _explained(happenings, assume, other):
                    found.append(Excuse(reading=reading.name, value=value))
    return tuple(found)


def shortened(happenings: Sequence[OfJob], assume: Assumptions, readings: Mapping[str, str]) -> tuple[OfJob, ...]:
    """
    The same violation with as few observations as will do, found on the record and not by asking the service again.

    Only what was seen is left out, never what was done or known: fewer observations can only make more lives
    possible, so what is still unexplained is so for a good reason.
    """
    # None stands for what was left out, for reads name the number of happenings before them.
    kept: list[OfJob | None] = list(happenings[: breaking(happenings, assume, readings)])
    for number in range(len(kept) - 1):  # the last one is the one that no life explains
        if not isinstance(kept[number], Saw | Began | Signalled):
            continue
        trial = [*kept[:number], None, *kept[number + 1 :]]
        if not _explained(trial, assume, readings):
            kept = trial
    return tuple(happening for happening in kept if happening is not None)


def breaking(happenings: Sequence[OfJob], assume: Assumptions, readings: Mapping[str, str]) -> int:
    """How many happenings it takes until no life explains them; all of them when some life does."""
    follower, wanted = Follower(assume, readings), marks(happenings)
    for number, happening in enumerate(happenings, start=1):
        follower.feed(happening, keep_marks=wanted)
        if follower.monitor and follower.monitor.verdict:
            return number
    return len(happenings)


def _explained(happenings: Sequence[OfJob | None], assume: Assumptions, readings: Mapping[str, str]) -> bool:
    monitor = judged(happenings, assume, readings)
    return monitor is None or monitor.verdict is None
