"""Feeds what happened to one job to its monitor: live, while it happens, and later from a file, in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from ...model.knowledge import FAULTS, Knowledge
from ...model.monitor import Monitor, Shown
from ...model.status import Status
from .assumptions import Assumptions
from .happenings import (
    Answered,
    Began,
    Called,
    Exiting,
    Gone,
    Knows,
    Lost,
    OfJob,
    Refused,
    Released,
    Saw,
    Signalled,
    Submitted,
)


class Follower:
    """Feeds the happenings of one job to its monitor, under given assumptions."""

    def __init__(self, assumptions: Assumptions, readings: Mapping[str, str] | None = None) -> None:
        self._assume = assumptions
        self._readings = readings
        self.monitor: Monitor | None = None
        self._marks: dict[int, object] = {}
        self._count = 0

    def mark(self) -> int:
        """The number of happenings so far: a later `Saw` names it as its `since`."""
        if self.monitor is not None:
            self._marks[self._count] = self.monitor.mark()
        return self._count

    def feed(self, happening: OfJob | None, *, keep_marks: frozenset[int] = frozenset()) -> None:
        """Take in the job's next happening; None stands for one that was left out."""
        if self._count in keep_marks:
            self.mark()
        self._count += 1
        if isinstance(happening, Submitted):
            self.monitor = Monitor(
                attempts=happening.attempts,
                waits=happening.waits,
                knowledge=self._weakened(happening.knowledge),
                fresh_reads=self._assume.fresh_reads,
                late_calls=not self._assume.prompt_calls,
                readings=self._readings,
            )
        elif self.monitor is not None and happening is not None:
            self._feed(self.monitor, happening)

    def _feed(self, monitor: Monitor, happening: OfJob) -> None:
        match happening:
            case Knows(knowledge=knowledge):
                monitor.now_knows(self._weakened(knowledge))
            case Called(request=request):
                monitor.called(request)
            case Answered(request=request):
                monitor.answered(request)
            case Refused(request=request):
                monitor.refused(request)
            case Began(attempt=attempt):
                monitor.began(attempt)
            case Signalled(attempt=attempt, ends=ends):
                monitor.signalled(attempt, ends)
            case Saw(status=status, since=since):
                if status not in Status.__members__:
                    return  # no life shows that: ST-01 is about it, and the table has no word for it
                mark = None if since is None or since == self._count - 1 else self._marks.get(since)
                shown = Shown(Status(status), happening.is_cancelled, happening.is_terminated, happening.attempts)
                monitor.saw(shown, settled=happening.settled and self._assume.deadline, since=mark)
            case Submitted() | Lost() | Exiting() | Gone() | Released():
                pass  # what follows from them is said by a Knows, or nothing does
            case _:
                assert_never(happening)

    def _weakened(self, knowledge: Knowledge) -> Knowledge:
        if not self._assume.no_faults:
            knowledge = replace(knowledge, faults=FAULTS)
        if not self._assume.capacity:
            knowledge = replace(knowledge, capacity=True)
        return knowledge


def judged(
    happenings: Iterable[OfJob | None], assumptions: Assumptions, readings: Mapping[str, str] | None = None
) -> Monitor | None:
    """The monitor after all happenings of one job, as it would have been live; None where it was never submitted."""
    happenings = list(happenings)
    follower = Follower(assumptions, readings)
    wanted = marks(happenings)
    for happening in happenings:
        follower.feed(happening, keep_marks=wanted)
    return follower.monitor


def marks(happenings: Iterable[OfJob | None]) -> frozenset[int]:
    """The moments, as numbers of happenings, at which some read began."""
    return frozenset(h.since for h in happenings if isinstance(h, Saw) and h.since is not None)
