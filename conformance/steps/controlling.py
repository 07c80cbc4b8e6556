"""What a scenario does by operations that AWS does not have: put the clock forward, take a host away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...model.event import Event
from .calls import Calls
from .job import Job
from .requests import may_end
from .stage import Stage


class Controlling:
    """The powers CLOCK and LOSES_HOSTS, as steps of one scenario."""

    def __init__(self, stage: Stage, calls: Calls) -> None:
        self._stage, self._calls = stage, calls

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Nobody else puts the clock forward meanwhile: no more time passes at the service than the scenario knows of."""
        with self._stage.at_the_clock.taken():
            yield

    def advance(self, seconds: int) -> None:
        """The service's clock goes forward. What is due by that may begin at once, or a little later (TO-05)."""
        assert self._stage.at_the_clock.is_taken, "others may count on it that the clock stands"
        self._calls.call("advance_clock", seconds=seconds)

    def lose_host(self, job: Job, host: str = "") -> None:
        """
        The host on which the job's attempt runs is no more; `host` names it where the job's id does not.

        Its monitor hears of it before the service does.
        """
        lost = {Event.HOST_LOST, *({Event.FAULT_FINAL} if job.strategy.evaluate_on_exit else ())}
        job.knows(faults=job.knowledge.faults | lost)
        may_end(job, Event.DEPENDENCY_FAILED)
        self._calls.call("lose_host", host=host or job.id)
