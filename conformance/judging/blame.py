"""Which promises a job has broken that no life explains: a word for whoever has to look for the cause.

It is a hint and no proof: a life is explained as a whole or not at all, so the rule that is named is the one that the
last observation speaks against most plainly.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model.event import Event
from ...model.status import (
    BEFORE_STARTING,
    FAILED,
    PENDING,
    RUNNABLE,
    STARTED,
    STARTING,
    SUBMITTED,
    SUCCEEDED,
    TERMINAL,
)
from .happenings import Answered, Began, Called, Knows, OfJob, Saw, Signalled, Submitted

NAMED = frozenset(
    {"CANCEL-03", "CANCEL-06", "CANCEL-07", "DEP-02", "RETRY-02", "RETRY-03"}
    | {"ST-03", "ST-04", "ST-10", "TERM-02", "TERM-03", "TERM-12"}
)
"""Every promise that `blamed` can name."""


def blamed(life: Sequence[OfJob]) -> tuple[str, ...]:
    """The ids of the promises that the end of this life speaks against; none where it is no plain case."""
    submitted = next((happening for happening in life if isinstance(happening, Submitted)), None)
    if submitted is None or len(life) < 2:
        return ()
    *before, last = life
    seen = [happening for happening in before if isinstance(happening, Saw)]
    asked = {happening.request for happening in before if isinstance(happening, Answered)}
    too_early = not asked and _waits(submitted, before) and all(saw.status in (SUBMITTED, PENDING) for saw in seen)
    match last:
        case Began(attempt=attempt) if attempt > submitted.attempts:
            return _too_many(submitted)
        case Signalled() if "terminate" not in asked:
            return ("CANCEL-07",)
        case Saw(attempts=attempts) if (attempts or 0) > submitted.attempts:
            return _too_many(submitted)
        case Saw(status=status) if any(saw.status in TERMINAL and saw.status != status for saw in seen):
            return ("ST-10",)
        case Saw(status=status) if status == PENDING and not submitted.waits:
            return ("ST-03",)
        case Began() if too_early:
            return ("ST-04", "DEP-02")
        case Saw(status=status) if too_early and status in (RUNNABLE, *STARTED, SUCCEEDED):
            return ("ST-04", "DEP-02")
        case Saw(settled=True, status=status) if status in STARTED and "terminate" in asked:
            return ("TERM-02",)
        case Saw(settled=True, status=status) if status in BEFORE_STARTING and asked:
            return ("CANCEL-03",) if "cancel" in asked else ("TERM-03",)
        case Saw(status=status) if status in STARTED and asked and all(saw.status in BEFORE_STARTING for saw in seen):
            return ("CANCEL-03",) if "cancel" in asked else ("TERM-03",)
        case Saw(status=status) if status not in TERMINAL and "terminate" in asked:
            return ("TERM-12",)
        case Saw(status=status) if status == FAILED and asked == {"cancel"} and seen and seen[-1].status in STARTED:
            return ("CANCEL-06",) if _was_starting(before) else ("CANCEL-07",)
    return ()


def _waits(submitted: Submitted, before: Sequence[OfJob]) -> bool:
    """Whether what it depends on is known not to have succeeded."""
    known = [happening.knowledge for happening in before if isinstance(happening, Submitted | Knows)]
    return submitted.waits and Event.DEPENDENCIES_MET not in known[-1].dependencies


def _was_starting(before: Sequence[OfJob]) -> bool:
    """Whether nothing had shown before a request that the job was any further than STARTING."""
    first = next(number for number, happening in enumerate(before) if isinstance(happening, Called))
    shown = [happening.status for happening in before[:first] if isinstance(happening, Saw)]
    began = any(isinstance(happening, Began) for happening in before[:first])
    return not began and shown[-1:] == [STARTING]


def _too_many(submitted: Submitted) -> tuple[str, ...]:
    """Of one attempt nobody knows here whether it was asked for, or is what there is without a strategy."""
    return ("RETRY-02", "RETRY-03") if submitted.attempts == 1 else ("RETRY-03",)
