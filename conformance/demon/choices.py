"""How the demon chooses: by one seed, and rather what it has seldom chosen before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from ...model.bounds import Bounds
from ...model.event import Event
from ...model.machine import Configuration
from ...model.monitor.automaton import Reads
from ...model.readings import READINGS, Valuation


@dataclass(frozen=True, slots=True)
class Freely:
    """
    What the demon declares of itself, and within which it is free.

    bounds      how long what is due may take; `lag` and `call` are those of reads and requests
    reads       whether they are fresh, old, or may even go back
    hosts_lost  whether hosts are lost, starts fail and jobs are given up
    faults_one_in   where they are, a fault is thought of once in so many times that something else could happen
    """

    bounds: Bounds = field(default_factory=Bounds)
    reads: Reads = Reads.FRESH
    hosts_lost: bool = False
    faults_one_in: int = 6


@dataclass(slots=True)
class Choices:
    """
    Draws whatever is open, from one seed.

    taken   how often each move was made so far, of all jobs: the rarest comes first, every other time
    wish    what is to come next in some configurations: the demon does it where it is its own doing, and else puts off what
            is due, so that somebody else can
    """

    chance: Random
    taken: Counter[tuple[Configuration, Event]] = field(default_factory=Counter)
    wish: Mapping[Configuration, Event] = field(default_factory=dict)

    def readings(self, required: Valuation = ()) -> Valuation:
        """One answer to every reading, for a run."""
        given = dict(required)
        return tuple((r.name, given.get(r.name) or self.chance.choice(list(r.values))) for r in READINGS)

    def odds(self, of: int) -> bool:
        """True once in so many times."""
        return self.chance.randrange(of) == 0

    def move(self, at: Configuration, events: Sequence[Event]) -> Event:
        """One of these events, which are all possible here."""
        if self.odds(2):
            fewest = min(self.taken[at, event] for event in events)
            events = [event for event in events if self.taken[at, event] == fewest]
        return self.chance.choice(events)

    def made(self, at: Configuration, event: Event) -> None:
        """A move was made."""
        self.taken[at, event] += 1

    def moment(self, first_ms: int, last_ms: int) -> int:
        """A time from `first_ms` to `last_ms`: at once, soon, at the last moment, or any other."""
        if last_ms <= first_ms:
            return last_ms
        how = self.chance.randrange(8)
        if how < 3:
            return first_ms
        if how < 5:
            return min(last_ms, first_ms + self.chance.randint(1, 50))
        return last_ms if how == 5 else self.chance.randint(first_ms, last_ms)
