"""What an observer knows about the world around a job, and so which unseen events are possible, and which are due."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .event import DEPENDENCY_EVENTS, EXITS, FAULTS, Event, Kind
from .machine import Configuration
from .status import PENDING

# By names of their own, since `allows` and `due` are asked in the monitor's innermost loop.
EXIT_ZERO, EXIT_ZERO_OVERRULED, CHOOSE = Event.EXIT_ZERO, Event.EXIT_ZERO_OVERRULED, Event.CHOOSE
TIME_OUT, REMOVE, SERVICE = Event.TIME_OUT, Event.REMOVE, Kind.SERVICE


@dataclass(frozen=True, slots=True)
class Knowledge:
    """
    What the observer knows about the world around the job, and so which unseen events are possible at all.

    exits           for attempt 1, 2, ...: how it may end of itself; attempts beyond the list end as `later_exits`
    later_exits     how any further attempt may end of itself; empty while a gate holds it
    stopped_exits   how an attempt may end once SIGTERM was sent to it, besides
    unstopped       attempts that said themselves how they end: a stop explains nothing more about these
    exits_due       whether an attempt that may end of itself is known to have been let go, so that its end is due
    dependencies    which of dependencies_met, dependency_failed may have happened
    dependencies_due  whether every job that this one depends on is known to have ended
    capacity        whether a placement may begin: False while the queue is known to be full
    may_time_out    whether an attempt may have outlived its timeout
    faults          faults that are not ruled out by assumption
    """

    exits: tuple[frozenset[str], ...] = ()
    later_exits: frozenset[str] = EXITS
    stopped_exits: frozenset[str] = EXITS
    unstopped: frozenset[int] = frozenset()
    exits_due: bool = True
    dependencies: frozenset[str] = frozenset()
    dependencies_due: bool = False
    capacity: bool = True
    may_time_out: bool = False
    faults: frozenset[str] = frozenset()

    def ends(self, attempt: int) -> frozenset[str]:
        """How attempt number `attempt` (from 1) may end of itself."""
        return self.exits[attempt - 1] if 0 < attempt <= len(self.exits) else self.later_exits

    def released(self, attempt: int, ends: frozenset[str]) -> Knowledge:
        """
        The same, with attempt number `attempt` let go to end in one of these ways.

        One that said itself how it ends does not listen any more.
        """
        return self if attempt in self.unstopped else self._ending(attempt, ends)

    def ended_itself(self, attempt: int, ends: frozenset[str]) -> Knowledge:
        """
        The same, with attempt number `attempt` known to end in one of these ways and in no other, also if it is stopped.

        What may end the attempts before and after it is as it was.
        """
        return replace(self._ending(attempt, ends), unstopped=self.unstopped | {attempt})

    def _ending(self, attempt: int, ends: frozenset[str]) -> Knowledge:
        exits = list(self.exits)
        exits += [self.later_exits] * (attempt - len(exits))
        exits[attempt - 1] = ends
        return replace(self, exits=tuple(exits))

    def allows(self, at: Configuration, event: Event) -> bool:
        """Whether `event` may happen unseen in this configuration."""
        if event in EXITS:
            plain = EXIT_ZERO if event is EXIT_ZERO_OVERRULED else event
            attempt = at.memory.attempt
            stopped = at.memory.stop_sent and attempt not in self.unstopped and plain in self.stopped_exits
            return stopped or plain in self.ends(attempt)
        if event in DEPENDENCY_EVENTS:
            return event in self.dependencies
        if event in FAULTS:
            return event in self.faults
        if event is CHOOSE:
            return self.capacity
        if event is TIME_OUT:
            return self.may_time_out
        return event.kind is SERVICE

    def due(self, at: Configuration, event: Event) -> bool:
        """Whether a working service does not put `event` off any longer in this configuration."""
        if not event.urgent or not self.allows(at, event):
            return False
        if event in EXITS:  # what was sent a SIGTERM is gone after the grace time
            return self.exits_due or at.memory.stop_sent
        if event is REMOVE and at.status is PENDING and at.memory.stop_accepted:
            return False  # a terminate may act on a PENDING job at once or wait (TERM-04)
        return self.dependencies_due or event not in DEPENDENCY_EVENTS
