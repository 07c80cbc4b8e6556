"""What reads show of a job: how it is, how it was, or that there is none yet, as old as was declared and no older."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from ...model.machine import Configuration
from ...model.monitor.automaton import Reads


class Picture(NamedTuple):
    """
    A job at some moment, which does not change any more.

    at_ms      since when it was so
    attempts   the entries of its `attempts`
    """

    at_ms: int
    at: Configuration
    attempts: tuple[dict[str, Any], ...] = ()
    started_ms: int | None = None
    stopped_ms: int | None = None
    reason: str = ""
    code: int | None = None


@dataclass(slots=True)
class View:
    """
    One way to look at a job, DescribeJobs or ListJobs, which remembers what it showed last.

    known_ms   reads know nothing of the job before (ST-20)
    lag_ms     how old what it shows may be
    """

    chance: Random
    reads: Reads
    lag_ms: int
    known_ms: int = 0
    _last: int = 0

    def of(self, pictures: Sequence[Picture], now_ms: int) -> Picture | None:
        """What a read shows now; `pictures` has the oldest first. None while the job is not known."""
        if now_ms < self.known_ms:
            return None
        newest = len(pictures) - 1
        if self.reads is Reads.FRESH or not self.lag_ms or self.chance.randrange(4):
            chosen = newest
        else:
            oldest = newest  # the one that was so when what may be shown begins
            while oldest and pictures[oldest].at_ms > now_ms - self.lag_ms:
                oldest -= 1
            if self.reads is Reads.LAGGING:
                oldest = max(oldest, self._last)
            chosen = oldest if self.chance.randrange(2) else self.chance.randint(oldest, newest)
        self._last = max(self._last, chosen)
        return pictures[chosen]
