"""How long a working service may take: one bound for each thing that it does not put off for ever.

A verdict that something is missing rests on one of these alone, counted from the last observation that made the move
due. They belong to a target: no document of AWS's gives any, apart from the grace time (TERM-09).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .event import EXITS, Event


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    Milliseconds, each counted from when the move became due.

    evaluate      from SUBMITTED on, until the scheduler has looked at a job
    dependencies  from the end of the last job that it waits for
    place         from the beginning of a placement, until the job is STARTING
    start         from STARTING, until the container is up
    remove        from an accepted cancel or terminate, until a job that waits is FAILED
    stop          from an accepted terminate, until SIGTERM is sent
    grace         from SIGTERM, until SIGKILL
    exit          from the end of a process (by itself, or killed), until its attempt is seen to have ended
    call          from the answer to a cancel or terminate, until it takes effect; 0 where that is prompt
    lag           how old what a read shows may be; 0 where reads are fresh
    watch         how long to look on where nothing is due, for a service that acts where it must not
    """

    evaluate: int = 5_000
    dependencies: int = 5_000
    place: int = 5_000
    start: int = 5_000
    remove: int = 5_000
    stop: int = 5_000
    grace: int = 30_000
    exit: int = 5_000
    call: int = 0
    lag: int = 0
    watch: int = 5_000

    def of(self, event: Event, *, stopped: bool) -> int:
        """
        How long an urgent event may be put off; `stopped`: SIGTERM was sent, and only SIGKILL is sure to end the process.

        >>> Bounds(exit=1, grace=30).of(Event.EXIT_RETRY, stopped=True)
        31
        """
        if event in EXITS:
            return self.exit + (self.grace if stopped else 0)
        if event in (Event.DEPENDENCIES_MET, Event.DEPENDENCY_FAILED):
            return self.dependencies
        return getattr(self, event.value)

    @property
    def longest(self) -> int:
        """The longest of those that a service decides by itself: all but the grace time, and what may be late or old."""
        return max(self.evaluate, self.dependencies, self.place, self.start, self.remove, self.stop, self.exit)

    @property
    def stopping(self) -> int:
        """From the answer to a terminate until the job that it stops has been seen to end, at the latest."""
        return self.call + self.stop + self.grace + self.exit + self.lag

    def at_least(self, least: int) -> Bounds:
        """The same with no move of the service's own bounded by less than `least`."""
        own = ("evaluate", "dependencies", "place", "start", "remove", "stop", "exit", "watch")
        return replace(self, **{name: max(getattr(self, name), least) for name in own})


def within(
    deadline_s: float, *, grace_s: float, start: float = 1, stop: float = 1, call_s: float = 0, lag_s: float = 0
) -> Bounds:
    """
    Bounds of a service that takes no longer than `deadline_s` for anything, but so many times as long to start and to stop.

    >>> within(2, grace_s=30, start=3).start
    6000
    """
    ms = round(deadline_s * 1000)
    return Bounds(
        evaluate=ms,
        dependencies=ms,
        place=ms,
        start=round(ms * start),
        remove=ms,
        stop=round(ms * stop),
        grace=round(grace_s * 1000),
        exit=ms,
        call=round(call_s * 1000),
        lag=round(lag_s * 1000),
        watch=ms,
    )
