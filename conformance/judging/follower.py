"""Feeds what happened to one job to its monitor: live, while it happens, and later from a file, in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from ...model.bounds import Bounds
from ...model.event import FAULTS, Event
from ...model.knowledge import Knowledge
from ...model.monitor import Monitor
from ...model.monitor.automaton import Shown
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

SLOWER = 3
"""No move is called missing before it took so many times as long as the slowest one of a canary."""


@dataclass(frozen=True)
class Terms:
    """
    What a verdict rests on.

    bounds   how long things may take; None for a record of a kit that had none: a settled read says that they passed
    """

    assumptions: Assumptions = field(default_factory=Assumptions)
    readings: Mapping[str, str] = field(default_factory=dict)
    bounds: Bounds | None = None


class Follower:
    """Feeds the happenings of one job to its monitor, on given terms."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.monitor: Monitor | None = None
        self._marks: list[int] = []

    def feed(self, happening: OfJob | None) -> None:
        """Take in the job's next happening; None stands for one that was left out."""
        self._marks.append(self.monitor.mark() if self.monitor else 0)
        assume = self._terms.assumptions
        if isinstance(happening, Submitted):
            self.monitor = Monitor(
                attempts=happening.attempts,
                waits=happening.waits,
                knowledge=self._weakened(happening.knowledge),
                fresh_reads=assume.fresh_reads,
                monotone_reads=assume.monotone_reads,
                late_calls=not assume.prompt_calls,
                readings=self._terms.readings,
                bounds=self._terms.bounds,
                at_ms=happening.at_ms,
            )
        elif self.monitor is not None and happening is not None:
            self._feed(self.monitor, happening)

    def _feed(self, monitor: Monitor, happening: OfJob) -> None:
        at_ms = happening.at_ms
        match happening:
            case Knows(knowledge=knowledge):
                monitor.now_knows(self._weakened(knowledge), at_ms=at_ms)
            case Called(request=request):
                monitor.called(request, at_ms=at_ms)
            case Answered(request=request):
                monitor.answered(request, at_ms=at_ms)
            case Refused(request=request):
                monitor.refused(request, at_ms=at_ms)
            case Lost(request=request):
                monitor.lost(request, at_ms=at_ms)
            case Began(attempt=attempt):
                monitor.began(attempt, at_ms=at_ms)
            case Signalled(attempt=attempt, ends=ends):
                monitor.signalled(attempt, ends, at_ms=at_ms)
            case Saw(status=status, since=since):
                if status not in Status.__members__:
                    return  # no life shows that: ST-01 is about it, and the table has no word for it
                shown = Shown(Status(status), happening.is_cancelled, happening.is_terminated, happening.attempts)
                mark = self._marks[since] if since is not None and since < len(self._marks) - 1 else None
                if self._terms.bounds:
                    monitor.bounds = self._terms.bounds.at_least(SLOWER * happening.slow_ms)
                settled = happening.settled and self._terms.assumptions.deadline
                at, began_ms = at_ms if self._terms.bounds else None, happening.began_ms
                monitor.saw(shown, settled=settled, since=mark, began_ms=began_ms, at_ms=at)
            case Submitted() | Exiting() | Gone() | Released():
                pass  # what follows from them is said by a Knows, or nothing does
            case _:
                assert_never(happening)

    def _weakened(self, knowledge: Knowledge) -> Knowledge:
        if not self._terms.assumptions.no_faults:
            # What a job waits for may fail by itself as well.
            dependencies = knowledge.dependencies | {Event.DEPENDENCY_FAILED}
            knowledge = replace(knowledge, faults=FAULTS, dependencies=dependencies)
        if not self._terms.assumptions.capacity:
            knowledge = replace(knowledge, capacity=True)
        return knowledge


def judged(happenings: Iterable[OfJob | None], terms: Terms) -> Monitor | None:
    """The monitor after all happenings of one job, as it would have been live; None where it was never submitted."""
    follower = Follower(terms)
    for happening in happenings:
        follower.feed(happening)
    return follower.monitor
