"""One job's life: the demon makes the moves of the table, each when it likes, and none later than it has declared.

What is possible is asked of the table (`model.machine`); what the world around the job lets happen, and what is due in it,
of `model.knowledge`, which here holds how things are and not what somebody has seen of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ...model.event import FAULTS, Event, Kind
from ...model.knowledge import Knowledge
from ...model.machine import LIFECYCLE, Configuration
from .agenda import Agenda
from .choices import Choices, Freely

NOTHING_SURE = Knowledge(
    later_exits=frozenset(), stopped_exits=frozenset(), dependencies=frozenset(), capacity=False, may_time_out=False
)
"""The world around a job that was just submitted, into which nothing has come yet."""

Passed = Callable[[Configuration, Event], None]
"""Called with where the job was and the move that was made, once it is where that led."""


@dataclass(slots=True, eq=False)
class Life:
    """
    Where a job is in its life, and what comes next.

    world      what may happen: how its attempt has ended, what became of its dependencies, whether there is room
    since_ms   for what is due, since when it is
    passed     told of every move
    """

    agenda: Agenda
    choices: Choices
    freely: Freely
    at: Configuration
    passed: Passed
    world: Knowledge = NOTHING_SURE
    since_ms: dict[Event, int] = field(default_factory=dict)
    _plan: object = None

    def begin(self, faults: frozenset[Event]) -> None:
        """The job was submitted just now; these faults may come over it."""
        self.world = replace(self.world, faults=faults)
        self._replan()

    def knows(self, **changes: Any) -> None:
        """The world changes: fields of `Knowledge`."""
        world = replace(self.world, **changes)
        if world != self.world:
            self.world = world
            self._replan()

    def ended(self, attempt: int, event: Event, since_ms: int) -> None:
        """
        The process of this attempt is gone, and that means this event.

        It was certain since then: a client that lets a process go knows no better when it ended.
        """
        self.since_ms[event] = since_ms
        self.world = self.world.released(attempt, frozenset({event}))
        self._replan()

    def ask(self, request: Event) -> None:
        """A cancel or a terminate takes effect now."""
        self._go(request)

    def possible(self) -> list[Event]:
        """What may happen now without being asked for, and would change something."""
        return [
            event
            for event, after in LIFECYCLE.successors(self.at)
            if event.kind is not Kind.REQUEST and after != self.at and self.world.allows(self.at, event)
        ]

    def _go(self, event: Event) -> None:
        before = self.at
        self.choices.made(before, event)
        self.at = LIFECYCLE.step(before, event)
        self._plan = None  # until the next is chosen, nothing is
        self.passed(before, event)
        self._replan()

    def _replan(self) -> None:
        """Choose what happens next, and when, if nothing comes between."""
        now_ms, bounds = self.agenda.now_ms, self.freely.bounds
        possible = self.possible()
        due = [event for event in possible if self.world.due(self.at, event)]
        self.since_ms = {event: self.since_ms.get(event, now_ms) for event in due}
        plan = self._plan = object()
        if not possible:
            return
        last_ms = min((self.since_ms[event] + bounds.of(event, stopped=False) for event in due), default=None)
        if last_ms is None:
            # Nothing has to happen: placements are never promised (ST-05), and neither are timeouts or faults.
            last_ms = now_ms + 2 * bounds.longest
        elif last_ms <= now_ms:
            possible = [e for e in due if self.since_ms[e] + bounds.of(e, stopped=False) <= now_ms]
        chosen, when_ms = self._chosen(possible, due, now_ms, last_ms)
        if chosen is not None:
            self.agenda.at(when_ms, lambda: self._go(chosen) if self._plan is plan else None)

    def _chosen(self, possible: list[Event], due: list[Event], now_ms: int, last_ms: int) -> tuple[Event | None, int]:
        """What happens next, if anything does, and when."""
        choices, wished = self.choices, self.choices.wish.get(self.at)
        if wished in possible:
            return wished, choices.moment(now_ms, last_ms)
        if wished is not None:
            left = [event for event in possible if event in due]
            return (choices.move(self.at, left) if left else None), last_ms
        usual = [event for event in possible if event not in FAULTS]
        if not usual and not choices.odds(self.freely.faults_one_in // 3):
            return None, last_ms  # what could happen is a fault, and does not
        among = usual if usual and not choices.odds(self.freely.faults_one_in) else possible
        return choices.move(self.at, among), choices.moment(now_ms, last_ms)
