"""Lives with a clock: a service that keeps every bound is never accused, one that puts something off for ever is found.

A life here takes each due move at any moment up to its bound, and often at the last one. Reads show any moment of the
past that is young enough, in order or not; requests take effect at any moment up to their own bound after the answer.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from batchproof.model.bounds import Bounds
from batchproof.model.event import EXITS, FAULTS, REQUESTS, Event
from batchproof.model.knowledge import Knowledge
from batchproof.model.machine import LIFECYCLE, Configuration
from batchproof.model.monitor import Monitor, Shown
from batchproof.model.readings import READINGS
from batchproof.model.status import PENDING, RUNNING

BLOCK = 400
KILLED = frozenset({Event.EXIT_RETRY})


class World:
    """
    One job of a service that keeps its bounds, and what an observer is told of it.

    stuck   an event that this service never lets happen: then it keeps no bounds
    """

    def __init__(self, seed: int, stuck: Event | None = None) -> None:
        self.chance = chance = random.Random(seed)
        self.stuck = stuck
        kind = chance.choice(("fresh", "lagging", "unordered"))
        late = chance.random() < 0.4
        ms = lambda: chance.choice((100, 1_000, 7_000))  # noqa: E731
        self.bounds = Bounds(
            evaluate=ms(), dependencies=ms(), place=ms(), start=ms(), remove=ms(), stop=ms(), exit=ms(),
            grace=chance.choice((300, 3_000)), call=ms() if late else 0, lag=0 if kind == "fresh" else ms(),
        )  # fmt: skip
        self.kind, self.late = kind, late
        self.attempts = chance.choice((1, 2, 3))
        self.waits = chance.random() < 0.3
        self.gated = chance.random() < 0.6
        readings = {reading.name: chance.choice(list(reading.values)) for reading in READINGS}
        self.now_ms = 0
        self.passed: list[tuple[int, Configuration]] = [
            (0, LIFECYCLE.submitted(self.attempts, waits=self.waits, readings=tuple(readings.items())))
        ]
        self.oldest = 0  # the moment that a monotone read showed last
        self.entered_ms = 0
        self.due_since: dict[Event, int] = {}
        self.released: set[int] = set()
        self.dependency: Event | None = None
        self.pending: list[tuple[Event, int]] = []  # requests that were answered and act by this time
        self.knowledge = Knowledge(
            later_exits=frozenset() if self.gated else frozenset(EXITS - {Event.EXIT_ZERO_OVERRULED}),
            stopped_exits=KILLED if self.gated else frozenset(EXITS),
            exits_due=self.gated,
        )
        self.monitor = Monitor(
            attempts=self.attempts, waits=self.waits, knowledge=self.knowledge, bounds=self.bounds, late_calls=late,
            fresh_reads=kind == "fresh", monotone_reads=kind != "unordered", readings=dict(chance.sample(sorted(readings.items()), chance.choice((1, 3, 4, 4)))),
        )  # fmt: skip
        self.story: list[str] = []
        self.done: Counter[str] = Counter()

    @property
    def at(self) -> Configuration:
        return self.passed[-1][1]

    def possible(self) -> list[tuple[Event, Configuration]]:
        return [
            (event, after)
            for event, after in LIFECYCLE.successors(self.at)
            if event not in REQUESTS | FAULTS and event is not self.stuck and self.can(event)
        ]

    def can(self, event: Event) -> bool:
        """Written again without `Knowledge`: what the world lets happen."""
        memory = self.at.memory
        if event is Event.TIME_OUT:
            return False
        if event in EXITS:
            if self.gated:
                return (event is Event.EXIT_ZERO and memory.attempt in self.released) or (
                    event is Event.EXIT_RETRY and memory.stop_sent
                )
            return event is not Event.EXIT_ZERO_OVERRULED
        if event in (Event.DEPENDENCIES_MET, Event.DEPENDENCY_FAILED):
            return event is self.dependency
        return True

    def due(self) -> dict[Event, int]:
        """What must happen, with the time by which it must."""
        found = {}
        memory = self.at.memory
        for event, after in self.possible():
            if not event.urgent or after == self.at:
                continue
            own = self.gated and event is Event.EXIT_ZERO and memory.attempt in self.released
            if event in EXITS and not own and not memory.stop_sent:
                continue
            if event is Event.REMOVE and self.at.status is PENDING and memory.stop_accepted:
                continue
            bound = self.bounds.of(event, stopped=event in EXITS and not own)
            found[event] = self.due_since.setdefault(event, self.now_ms) + bound
        return found

    def goes(self, event: Event, after: Configuration) -> None:
        self.done[event] += 1
        self.passed.append((self.now_ms, after))
        self.due_since = {}
        self.story.append(f"{self.now_ms} {event} -> {after.status}")
        self.due()

    def passes(self, upto_ms: int) -> None:
        """Time goes on; what must happen by then happens, sooner or at the last moment."""
        while True:
            must = min(self.due().values(), default=upto_ms)
            acts = min((by for _, by in self.pending), default=upto_ms)
            if self.chance.random() < 0.5 and self.possible() and not self.at.status.terminal:
                self.now_ms = self.chance.randint(self.now_ms, max(self.now_ms, min(upto_ms, must, acts)))
                self.goes(*self.chance.choice(self.possible()))
            elif acts <= min(must, upto_ms) and self.pending:
                self.now_ms = max(self.now_ms, acts)
                request, _ = self.pending.pop([by for _, by in self.pending].index(acts))
                self.goes(request, LIFECYCLE.step(self.at, request))
            elif must < upto_ms or (must == upto_ms and self.due()):
                self.now_ms = max(self.now_ms, must)
                event = min(self.due(), key=lambda event: self.due()[event])
                self.goes(event, dict(self.possible())[event])
            else:
                self.now_ms = max(self.now_ms, upto_ms)
                return

    def asks(self) -> None:
        request = self.chance.choice((Event.CANCEL, Event.TERMINATE))
        self.monitor.called(request, at_ms=self.now_ms)
        if self.chance.random() < 0.3:
            self.passes(self.now_ms + self.chance.choice((5, 500)))
        if self.late:
            by = self.now_ms + self.chance.randint(0, self.bounds.call)
            self.pending.append((request, self.chance.choice((by, self.now_ms + self.bounds.call))))
        else:
            self.goes(request, LIFECYCLE.step(self.at, request))
        self.monitor.answered(request, at_ms=self.now_ms)
        self.story.append(f"{self.now_ms} {request} answered")

    def looks(self, *, settled: bool = False) -> None:
        young = [n for n, _ in enumerate(self.passed) if self.until_ms(n) >= self.now_ms - self.bounds.lag]
        if self.kind == "fresh":
            young = [len(self.passed) - 1]
        elif self.kind == "lagging":
            young = [n for n in young if n >= self.oldest] or [len(self.passed) - 1]
        shows = self.chance.choice((young[0], young[-1], self.chance.choice(young)))
        self.oldest = max(self.oldest, shows)
        status, memory = self.passed[shows][1]
        self.story.append(f"{self.now_ms} shows {status}{' settled' if settled else ''}")
        self.done["settled" if settled else "read"] += 1
        self.done["old" if shows < len(self.passed) - 1 else "new"] += 1
        shown = Shown(status, memory.is_cancelled or None, memory.is_terminated or None)
        self.monitor.saw(shown, settled=settled, at_ms=self.now_ms)

    def until_ms(self, number: int) -> int:
        """Until when the job was so."""
        return self.passed[number + 1][0] if number + 1 < len(self.passed) else self.now_ms

    def releases(self) -> None:
        if self.gated and self.at.status is RUNNING and self.at.memory.attempt not in self.released:
            attempt = self.at.memory.attempt
            self.monitor.now_knows(
                self.monitor.knowledge.released(attempt, frozenset({Event.EXIT_ZERO})), at_ms=self.now_ms
            )
            self.released.add(attempt)
            self.due()

    def ends_dependency(self) -> None:
        if self.waits and self.dependency is None:
            how = self.chance.choice((Event.DEPENDENCIES_MET, Event.DEPENDENCY_FAILED))
            self.monitor.knows(dependencies=frozenset({how}), at_ms=self.now_ms)
            self.dependency = how
            self.due()
            self.passes(self.now_ms + self.chance.choice((0, 300)))
            self.monitor.knows(dependencies=frozenset({how}), dependencies_due=True, at_ms=self.now_ms)

    def lives(self, steps: int = 25) -> World:
        for _ in range(steps):
            if self.monitor.verdict:
                break
            self.passes(self.now_ms + self.chance.choice((1, 50, 400, 2_000, 9_000)))
            self.chance.choice(
                (self.looks, self.looks, self.looks, lambda: self.looks(settled=True), self.asks, self.releases,
                 self.ends_dependency)
            )()  # fmt: skip
        return self


@pytest.mark.parametrize("block", range(4))
def test_a_service_that_keeps_its_bounds_is_never_accused(block):
    """However late it is within them, however old its reads are, and however late a request acts."""
    worlds = [World(seed).lives() for seed in range(block * BLOCK, (block + 1) * BLOCK)]
    wrongly = min((w for w in worlds if w.monitor.verdict), key=lambda w: len(w.story), default=None)
    assert wrongly is None, f"{wrongly.bounds} {wrongly.kind}: {wrongly.monitor.verdict}\n" + "\n".join(wrongly.story)
    done = Counter(kind for world in worlds for kind in world.done)
    for kind in ("settled", "read", "old", "cancel", "terminate", "remove", "stop", "start", "dependency_failed"):
        assert done[kind] > 20, f"{kind} was met in {done[kind]} lives only"


@pytest.mark.parametrize("stuck", [Event.START, Event.REMOVE, Event.STOP])
def test_a_service_that_never_does_what_is_due_is_found_when_all_its_time_is_over(stuck):
    """Not in every life, for not every life comes there; and only ever by a read that is settled."""
    found = 0
    for seed in range(300):
        world = World(seed, stuck).lives(12)
        if world.monitor.verdict is None:
            until_ms = world.monitor.waits_until_ms(world.now_ms)
            world.passes(until_ms + world.bounds.lag + 1)
            world.looks(settled=True)
        found += world.monitor.verdict is not None
    assert found >= 15, f"{stuck} is missed {found} times only"
