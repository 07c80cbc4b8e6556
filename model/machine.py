"""Runs the table with `transitions`: the only module that imports it, and the only way a job's status changes.

One machine serves every job: a flyweight takes one job's status and memory into it, triggers one event and is read
back. Since a step depends on nothing else, its result is kept, and later jobs in the same configuration pay for a
dictionary look-up only. The machine belongs to one thread at a time, which a lock sees to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

from transitions import Machine

from .event import Event
from .lifecycle import MOVES, Move
from .memory import Memory, fresh
from .readings import DEFAULT, Valuation
from .status import Status


class Configuration(NamedTuple):
    """Where a job is in its life: its status and what it remembers."""

    status: Status
    memory: Memory


class Refused(Exception):
    """The table has no row for this event here: nothing was changed."""


class _Flyweight:
    """Carries one job into the machine. `transitions` reads and writes `status`; rows read and write `memory`."""

    status: Status
    memory: Memory
    trigger: Callable[[str], bool]  # added by `transitions`


class Lifecycle:
    """
    A table, ready to be stepped through.

    >>> job = LIFECYCLE.submitted(attempts=2)
    >>> job = LIFECYCLE.step(LIFECYCLE.step(job, "evaluate"), "cancel")
    >>> job.status.value, job.memory.is_cancelled, LIFECYCLE.step(job, "remove").status.value
    ('RUNNABLE', True, 'FAILED')
    """

    def __init__(self, table: Iterable[Move] = MOVES) -> None:
        self.table = tuple(table)
        self._flyweight = _Flyweight()
        self._lock = Lock()
        self._steps: dict[tuple[Configuration, str], Configuration | None] = {}
        self._machine = Machine(
            model=self._flyweight,
            model_attribute="status",
            states=Status,
            initial=Status.SUBMITTED,
            auto_transitions=False,  # otherwise to_SUCCEEDED() would exist: a move no row allows
            send_event=False,
            transitions=[self._as_transition(move) for move in self.table],
        )

    def submitted(self, attempts: int = 1, *, waits: bool = False, readings: Valuation = DEFAULT) -> Configuration:
        """A job as SubmitJob leaves it (ST-02)."""
        return Configuration(Status.SUBMITTED, fresh(attempts, waits=waits, readings=readings))

    def step(self, at: Configuration, event: str) -> Configuration:
        """
        The configuration after `event`.

        Raises Refused when no row of the table allows it, ValueError for an event that does not exist.

        >>> LIFECYCLE.step(LIFECYCLE.submitted(), "exit_zero")
        Traceback (most recent call last):
        ...
        batchproof.model.machine.Refused: no row allows exit_zero in SUBMITTED
        """
        after = self.attempt(at, event)
        if after is None:
            raise Refused(f"no row allows {event} in {at.status}")
        return after

    def attempt(self, at: Configuration, event: str) -> Configuration | None:
        """The configuration after `event`, or None where no row allows it."""
        key = (at, event)
        if key not in self._steps:
            self._steps[key] = self._triggered(at, event)
        return self._steps[key]

    def successors(self, at: Configuration) -> Iterable[tuple[Event, Configuration]]:
        """Every event that some row allows here, with where it leads."""
        for event in Event:
            after = self.attempt(at, event)
            if after is not None:
                yield event, after

    def _triggered(self, at: Configuration, event: str) -> Configuration | None:
        if event not in self._machine.events or at.status.name not in self._machine.events[event].transitions:
            Event(event)
            return None
        with self._lock:
            self._flyweight.status, self._flyweight.memory = at
            if not self._flyweight.trigger(event):
                return None
            return Configuration(self._flyweight.status, self._flyweight.memory)

    def _as_transition(self, move: Move) -> dict[str, Any]:
        return {
            "trigger": move.event,
            "source": move.source,
            "dest": move.destination,
            "conditions": [partial(self._holds, move)],
            "after": [partial(self._apply, move)],
        }

    def _holds(self, move: Move) -> bool:
        return all(atom.holds(self._flyweight.memory) for atom in move.guard)

    def _apply(self, move: Move) -> None:
        for change in move.effect:
            self._flyweight.memory = change.applied(self._flyweight.memory)


LIFECYCLE = Lifecycle()
"""The specification itself: the machine that runs `MOVES`."""
