"""Whole lives: random histories."""

from __future__ import annotations

from collections.abc import Iterator

from ..claim import Point, claim, shown
from ..seen import Seen


@claim("S2")
def every_history_is_explained(seen: Seen) -> Iterator[Point]:
    """Whether some life explains a job is for its monitor to say; here is only told that there was one."""
    for job in seen.cast:
        if job.looks:
            yield Point(True, "a life that the table allows", shown(job), by_life=True, job=job.label)
