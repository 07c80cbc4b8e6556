"""A monitor that is fed with a story, and the assumptions of which any can be dropped."""

from __future__ import annotations

from collections.abc import Callable

from batchproof.model.knowledge import DEPENDENCY_EVENTS, EXITS, FAULTS, Knowledge
from batchproof.model.monitor import Monitor, Shown
from batchproof.model.status import Status

RETRIED, ZERO = frozenset({"exit_retry"}), frozenset({"exit_zero"})
ASSUMPTIONS = {
    "fresh reads": "DescribeJobs shows how things are",
    "prompt calls": "a request that was answered has taken effect",
    "deadline": "what is urgent is not put off for ever",
    "gate": "an attempt ends when, and as, the gate says",
    "full queue": "a full queue places nothing",
    "dependencies": "what a job depends on ends when the kit lets it",
    "no timeout": "no timeout ends an attempt",
    "no faults": "no host is lost, no start fails, nothing is given up",
    "reading": "the reading that is required",
}


class Observer:
    """Feeds a monitor with a story, unless the assumption that it rests on is dropped."""

    def __init__(
        self,
        *,
        attempts: int = 1,
        waits: bool = False,
        full: bool = False,
        dropped: str | None = None,
        **readings: str,
    ) -> None:
        assert dropped in (None, *ASSUMPTIONS)
        self.dropped = dropped
        self.monitor = Monitor(
            attempts=attempts,
            waits=waits,
            knowledge=Knowledge(
                later_exits=EXITS if dropped == "gate" else frozenset(),
                stopped_exits=RETRIED,
                dependencies=DEPENDENCY_EVENTS if dropped == "dependencies" and waits else frozenset(),
                capacity=not full or dropped == "full queue",
                may_time_out=dropped == "no timeout",
                faults=FAULTS if dropped == "no faults" else frozenset(),
            ),
            fresh_reads=dropped != "fresh reads",
            late_calls=dropped == "prompt calls",
            readings={} if dropped == "reading" else readings,
        )

    def saw(self, *statuses: Status, **flags: bool) -> Observer:
        for status in statuses:
            self.monitor.saw(Shown(status, **flags))
        return self

    def stays(self, status: Status) -> Observer:
        """The job still shows this when all deadlines have passed."""
        self.monitor.saw(Shown(status), settled=self.dropped != "deadline")
        return self

    def asked(self, request: str) -> Observer:
        """A request, answered with success."""
        self.monitor.called(request)
        self.monitor.answered(request)
        return self

    def released(self, attempt: int, ends: frozenset[str]) -> Observer:
        """The gate lets an attempt end."""
        if self.dropped != "gate":
            self.monitor.now_knows(self.monitor.knowledge.released(attempt, ends))
        return self

    def knows(self, **changes: object) -> Observer:
        self.monitor.knows(**changes)
        return self

    def began(self, attempt: int) -> Observer:
        self.monitor.began(attempt)
        return self

    def signalled(self, attempt: int, ends: frozenset[str] | None = None) -> Observer:
        self.monitor.signalled(attempt, ends)
        return self


Story = Callable[[Observer], Observer]
