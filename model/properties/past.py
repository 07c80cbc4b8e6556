"""What was asked of a job and what befell it so far, told by the events of its life alone.

A job's memory is what the rows of the table wrote down, so a row that forgets its flag makes every property over that
flag vacuously true. The past is kept beside it, from the status in which each event came and from nothing else: no row
can lose it. Properties speak about moments, which are configurations with their past.
"""

from __future__ import annotations

from typing import NamedTuple

from ..event import Event
from ..explore import Edge, Graph
from ..machine import Configuration
from ..memory import Memory
from ..status import BEFORE_STARTING, Status


class Past(NamedTuple):
    """
    The history of one life, as far as a promise speaks of it.

    outstanding         it was submitted with dependencies, and these have not been met
    cancelled_before    a cancel was accepted before STARTING, in any attempt
    cancelled_while     a cancel was accepted in STARTING or RUNNING
    cancel_lost         the service said that the last cancel accepted before STARTING came too late
    terminated_before   a terminate was accepted before STARTING
    terminated_while    a terminate was accepted in STARTING or RUNNING
    placing             a placement began and is not done
    placements          placements done, up to one more than the attempts that are allowed
    late                a timeout was reached
    signalled           SIGTERM was sent

    >>> past = Past(outstanding=False).after(Status.RUNNING, Event.CANCEL, attempts=1)
    >>> past.cancelled_while, past.cancelled_before, past.stop_asked
    (True, False, False)
    """

    outstanding: bool
    cancelled_before: bool = False
    cancelled_while: bool = False
    cancel_lost: bool = False
    terminated_before: bool = False
    terminated_while: bool = False
    placing: bool = False
    placements: int = 0
    late: bool = False
    signalled: bool = False

    @property
    def cancelled(self) -> bool:
        """Whether a cancel was accepted before the job had ended."""
        return self.cancelled_before or self.cancelled_while

    @property
    def stop_asked(self) -> bool:
        """Whether a terminate was accepted before the job had ended."""
        return self.terminated_before or self.terminated_while

    @property
    def to_leave(self) -> bool:
        """Whether a request that was accepted before STARTING still asks the job to leave the queue."""
        return self.terminated_before or (self.cancelled_before and not self.cancel_lost)

    def after(self, status: Status, event: Event, attempts: int) -> Past:
        """The past once `event` has come in `status`. What comes after the end is no part of it."""
        if status.terminal:
            return self
        early = status in BEFORE_STARTING
        match event:
            case Event.DEPENDENCIES_MET:
                return self._replace(outstanding=False)
            case Event.CANCEL:
                return self._replace(cancelled_before=True, cancel_lost=False) if early else self._while(cancelled=True)
            case Event.TERMINATE:
                return self._replace(terminated_before=True) if early else self._while(terminated=True)
            case Event.LOSE_CANCEL:
                return self._replace(cancel_lost=True)
            case Event.CHOOSE:
                return self._replace(placing=True)
            case Event.PLACE:
                return self._replace(placing=False, placements=min(self.placements + 1, attempts + 1))
            case Event.TIME_OUT:
                return self._replace(late=True, signalled=True)
            case Event.STOP:
                return self._replace(signalled=True)
            case _:
                return self

    def _while(self, *, cancelled: bool = False, terminated: bool = False) -> Past:
        return self._replace(
            cancelled_while=self.cancelled_while or cancelled, terminated_while=self.terminated_while or terminated
        )


class Moment(NamedTuple):
    """Where a job is in its life, and what lies behind it."""

    status: Status
    memory: Memory
    past: Past

    @property
    def retry_overridden(self) -> bool:
        """Whether something that happened overrides the retry strategy, under the reading of this service."""
        past = self.past
        return past.stop_asked or past.late or (past.cancelled and self.memory.cancel_overrides_retry == "yes")

    @property
    def attempts_left(self) -> bool:
        """Whether fewer placements were done than the strategy allows."""
        return self.past.placements < self.memory.attempts

    def after(self, event: Event, at: Configuration) -> Moment:
        """The next moment, where `event` leads to the configuration `at`."""
        return Moment(at.status, at.memory, self.past.after(self.status, event, self.memory.attempts))


def beginning(at: Configuration, *, waits: bool) -> Moment:
    """A job as SubmitJob leaves it, with or without dependencies."""
    return Moment(at.status, at.memory, Past(outstanding=waits))


def with_past(graph: Graph[Configuration]) -> Graph[Moment]:
    """
    The same lives, with configurations told apart by what lies behind them.

    >>> from ..explore import explore
    >>> graph = explore(attempts=1)
    >>> len(with_past(graph).configurations) > len(graph.configurations)
    True
    """
    starts = [
        (number, beginning(graph.configurations[number], waits=waits))
        for number, waits in zip(graph.initial, (False, True), strict=True)
    ]
    numbers = {key: number for number, key in enumerate(starts)}
    found, edges = list(starts), list[Edge]()
    for at, moment in found:  # grows meanwhile
        source = numbers[at, moment]
        for event, to in graph.successors[at]:
            key = to, moment.after(event, graph.configurations[to])
            if key not in numbers:
                numbers[key] = len(found)
                found.append(key)
            edges.append(Edge(source, event, numbers[key]))
    return Graph(
        graph.attempts,
        graph.readings,
        tuple(moment for _, moment in found),
        tuple(edges),
        tuple(range(len(starts))),
    )
