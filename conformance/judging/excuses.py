"""What would excuse a service whose job no life explains, and the fewest observations that show that it needs one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from ...model.readings import READINGS
from .follower import Follower, Terms, judged
from .happenings import Began, OfJob, Saw, Signalled

GIVEN_UP = {
    "fresh_reads": "DescribeJobs may lag behind",
    "monotone_reads": "DescribeJobs may go back to what was before",
    "prompt_calls": "an accepted call may take effect later than its answer",
    "no_faults": "a host or a start may fail by itself, or the service may give a job up",
    "capacity": "a full queue may start a job all the same (SMOKE-04 saw that it does not)",
    "deadline": "there is no deadline",
}
"""The assumptions that may excuse a service, and what giving each up means."""

AT_MOST = 3
"""Of excuses with more parts than this only the first is looked for, and only where there is no smaller one."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """What would explain everything, and nothing less would: assumptions to give up, other answers to readings."""

    assumptions: tuple[str, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()

    def __le__(self, other: Excuse) -> bool:
        return {*self.assumptions} <= {*other.assumptions} and {*self.readings} <= {*other.readings}


def excuses(happenings: Sequence[OfJob], terms: Terms) -> tuple[Excuse, ...]:
    """
    The smallest sets of assumptions to give up, and of answers to required readings to change, that explain a job.

    Empty where all of them together do not help.
    """
    if not _explained(happenings, replace(terms, assumptions=terms.assumptions.without(*GIVEN_UP), readings={})):
        return ()
    found: list[Excuse] = []
    for excuse in _candidates(terms):
        if found and len(excuse.assumptions) + len(excuse.readings) > AT_MOST:
            break
        if not any(smaller <= excuse for smaller in found) and _explained(happenings, _on(terms, excuse)):
            found.append(excuse)
    return tuple(found)


def _candidates(terms: Terms) -> Iterator[Excuse]:
    """Every excuse that there is, smaller ones first."""
    parts: list[tuple[str, str]] = [(name, "") for name in terms.assumptions.made]
    for reading in READINGS:
        required = terms.readings.get(reading.name)
        parts += [(reading.name, value) for value in reading.values if required not in (None, value)]
    for size in range(1, len(parts) + 1):
        for chosen in combinations(parts, size):
            names = [name for name, _ in chosen]
            if len(set(names)) == len(names):  # one answer to each reading
                yield Excuse(
                    tuple(name for name, value in chosen if not value), tuple(part for part in chosen if part[1])
                )


def _on(terms: Terms, excuse: Excuse) -> Terms:
    readings = {**terms.readings, **dict(excuse.readings)}
    return replace(terms, assumptions=terms.assumptions.without(*excuse.assumptions), readings=readings)


def shortened(happenings: Sequence[OfJob], terms: Terms) -> tuple[OfJob, ...]:
    """
    The same violation with as few observations as will do, found on the record and not by asking the service again.

    Only what was seen is left out, never what was done or known: fewer observations can only make more lives
    possible, so what is still unexplained is so for a good reason.
    """
    # None stands for what was left out, for reads name the number of happenings before them.
    kept: list[OfJob | None] = list(happenings[: breaking(happenings, terms)])
    for number in range(len(kept) - 1):  # the last one is the one that no life explains
        if not isinstance(kept[number], Saw | Began | Signalled):
            continue
        trial = [*kept[:number], None, *kept[number + 1 :]]
        if not _explained(trial, terms):
            kept = trial
    return tuple(happening for happening in kept if happening is not None)


def breaking(happenings: Sequence[OfJob], terms: Terms) -> int:
    """How many happenings it takes until no life explains them; all of them when some life does."""
    follower = Follower(terms)
    for number, happening in enumerate(happenings, start=1):
        follower.feed(happening)
        if follower.monitor and follower.monitor.verdict:
            return number
    return len(happenings)


def _explained(happenings: Sequence[OfJob | None], terms: Terms) -> bool:
    monitor = judged(happenings, terms)
    return monitor is None or monitor.verdict is None
