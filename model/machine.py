"""Runs the table with `transitions`: the only module that imports it, and the only way a job's status changes.

`transitions` is told every row in its own terms: source, destination, and guard and effect by the names of their atoms
and assignments. So whatever it can say of a machine (`get_transitions`, its markup, its drawings) is about this table.

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
from .memory import Assignment, Atom, Memory, fresh
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

    def __init__(self, table: Iterable[Move]) -> None:
        """Learn the atoms and assignments of a table, each as a method of its name: `transitions` looks for them here."""
        for move in table:
            for atom in move.guard:
                setattr(self, atom.name, partial(self._holds, ~atom if atom.negated else atom))
            for change in move.effect:
                setattr(self, change.name, partial(self._apply, change))

    def _holds(self, atom: Atom) -> bool:
        return atom.holds(self.memory)

    def _apply(self, change: Assignment) -> None:
        self.memory = change.applied(self.memory)


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
        self._flyweight = _Flyweight(self.table)
        self._lock = Lock()
        self._steps: dict[tuple[Configuration, str], Configuration | None] = {}
        self._machine = Machine(
            model=self._flyweight,
            model_attribute="status",
            states=Status,
            initial=Status.SUBMITTED,
            auto_transitions=False,  # otherwise to_SUCCEEDED() would exist: a move no row allows
            send_event=False,
            transitions=[_as_transition(move) for move in self.table],
        )
        # Asking is cheaper than `ignore_invalid_triggers`, which writes a warning to the log for whatever no row is about.
        self._triggers = {status: frozenset(self._machine.get_triggers(status)) for status in Status}

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
        if Event(event) not in self._triggers[at.status]:
            return None
        with self._lock:
            self._flyweight.status, self._flyweight.memory = at
            if not self._flyweight.trigger(event):
                return None
            return Configuration(self._flyweight.status, self._flyweight.memory)


def _as_transition(move: Move) -> dict[str, Any]:
    """The row as `transitions` takes it: guard and effect by the names under which the flyweight knows them."""
    return {
        "trigger": move.event,
        "source": move.source,
        "dest": move.destination,
        "conditions": [atom.name for atom in move.guard if not atom.negated],
        "unless": [atom.name for atom in move.guard if atom.negated],
        "after": [change.name for change in move.effect],
    }


LIFECYCLE = Lifecycle()
"""The specification itself: the machine that runs `MOVES`."""
