"""An array's parent: a job that never runs, whose status follows from its children's (ARR-03 to ARR-06)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...model import arrays
from ...model.arrays import CHILD_FAILED
from ...model.status import FAILED, SUBMITTED, Status
from .agenda import Agenda
from .choices import Choices, Freely
from .job import Job
from .room import Queue
from .shapes import echoed


@dataclass(eq=False, slots=True)
class Array:
    """
    An array job.

    status   what it is by now: it follows its children some time later
    ended    told once it has ended
    """

    id: str
    name: str
    queue: Queue
    request: Mapping[str, Any]
    size: int
    agenda: Agenda
    choices: Choices
    freely: Freely
    ended: Callable[[Array], None]
    children: list[Job] = field(default_factory=list)
    status: Status = SUBMITTED
    created_ms: int = 0
    stopped_ms: int | None = None

    def __post_init__(self) -> None:
        self.created_ms = self.agenda.now_ms

    @property
    def is_over(self) -> bool:
        return self.status.terminal

    def child_changed(self) -> None:
        """A child has ended, or all have been made."""
        now_ms = self.agenda.now_ms
        self.agenda.at(self.choices.moment(now_ms, now_ms + self.freely.bounds.dependencies), self._follow)

    def counts(self) -> Counter[Status]:
        """How many children are in each status."""
        return Counter(child.at.status for child in self.children)

    def _follow(self) -> None:
        if self.is_over:
            return
        self.status = arrays.status(self.counts(), self.size)
        if self.is_over:
            self.stopped_ms = self.agenda.now_ms
            self.ended(self)

    def detail(self, epoch_ms: int) -> dict[str, Any]:
        """Its JobDetail."""
        counts = self.counts()
        found: dict[str, Any] = {
            **echoed(self.request),
            "jobId": self.id,
            "jobName": self.name,
            "jobQueue": self.queue.arn,
            "status": self.status.value,
            "createdAt": epoch_ms + self.created_ms,
            "arrayProperties": {
                "size": self.size,
                "statusSummary": {status.value: counts[status] for status in Status},
                "statusSummaryLastUpdatedAt": epoch_ms + self.agenda.now_ms,
            },
        }
        if self.status is FAILED:
            found["statusReason"] = CHILD_FAILED
        if self.stopped_ms is not None:
            found["stoppedAt"] = epoch_ms + self.stopped_ms
        return found
