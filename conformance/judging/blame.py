"""Which promises a job has broken that no life explains: a word for whoever has to look for the cause.

It is a hint and no proof: a life is explained as a whole or not at all, so the rule that is named is the one that the
last observation speaks against most plainly.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model.status import BEFORE_STARTING, FAILED, STARTED, TERMINAL
from .happenings import Answered, Began, OfJob, Saw, Signalled, Submitted

NAMED = frozenset({"CANCEL-03", "CANCEL-07", "RETRY-02", "RETRY-03", "ST-10", "TERM-02", "TERM-03", "TERM-12"})
"""Every promise that `blamed` can name."""


def blamed(life: Sequence[OfJob]) -> tuple[str, ...]:
    """The ids of the promises that the end of this life speaks against; none where it is no plain case."""
    submitted = next((happening for happening in life if isinstance(happening, Submitted)), None)
    if submitted is None or len(life) < 2:
        return ()
    *before, last = life
    seen = [happening for happening in before if isinstance(happening, Saw)]
    asked = {happening.request for happening in before if isinstance(happening, Answered)}
    match last:
        case Began(attempt=attempt) if attempt > submitted.attempts:
            return _too_many(submitted)
        case Signalled() if "terminate" not in asked:
            return ("CANCEL-07",)
        case Saw(attempts=attempts) if (attempts or 0) > submitted.attempts:
            return _too_many(submitted)
        case Saw(status=status) if any(saw.status in TERMINAL and saw.status != status for saw in seen):
            return ("ST-10",)
        case Saw(settled=True, status=status) if status in STARTED and "terminate" in asked:
            return ("TERM-02",)
        case Saw(settled=True, status=status) if status in BEFORE_STARTING and asked:
            return ("CANCEL-03",) if "cancel" in asked else ("TERM-03",)
        case Saw(status=status) if status in STARTED and asked and all(saw.status in BEFORE_STARTING for saw in seen):
            return ("CANCEL-03",) if "cancel" in asked else ("TERM-03",)
        case Saw(status=status) if status not in TERMINAL and "terminate" in asked:
            return ("TERM-12",)
        case Saw(status=status) if status == FAILED and asked == {"cancel"} and seen and seen[-1].status in STARTED:
            return ("CANCEL-07",)
    return ()


def _too_many(submitted: Submitted) -> tuple[str, ...]:
    """Of one attempt nobody knows here whether it was asked for, or is what there is without a strategy."""
    return ("RETRY-02", "RETRY-03") if submitted.attempts == 1 else ("RETRY-03",)
