"""Every change of a job passes here: it is kept, what it calls for is asked for, and news of it wait in two queues.

A job's status changes only by a step of `model.machine.Lifecycle` (`move`, `arrive`). Two are derived from others' instead:
an array's parent is PENDING from the time at which it waits for nothing any more until its children have ended
(`parents.after_child`), and a multi-node job shows what its main node does (`nodes.mirrored`).

`ended` and `news` say what has changed, to those who react to it: jobs that wait, arrays, nodes. Who they are is not known
here.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from msgspec.structs import replace

from ...model import arrays, dependencies
from ...model.event import Event
from ...model.machine import Configuration, Lifecycle
from ...model.readings import Valuation
from ...model.status import PENDING, RUNNING, STARTED
from . import nodes
from .archive import Archive
from .ledger import Ledger
from .messages import Acknowledge, Effect, Save, SetDeadline, Spawn, Stop
from .payload import batch_variables
from .records import Job, Order, Run
from .scheduling.capacity import Capacity


class Freed(NamedTuple):
    """An array's parent waits for nothing any more: its children may begin their lives."""

    parent: Job


class NodeMoved(NamedTuple):
    """A node of a multi-node job has come somewhere."""

    before: Job
    node: Job


class Changes:
    """
    The ledger, and the only way to change a job in it. What an input leads to is in `effects`, in the order of doing.

    `lifecycle` is the table to run, `readings` its answers to what the documents leave open, `grace_ms` the time
    between SIGTERM and SIGKILL (TERM-07).
    """

    def __init__(
        self, lifecycle: Lifecycle, readings: Valuation, grace_ms: int, archive: Archive | None = None
    ) -> None:
        self.lifecycle = lifecycle
        self.readings = readings
        self.grace_ms = grace_ms
        self.ledger = Ledger(archive)
        self.capacity = Capacity(self.ledger)
        self.now_ms = 0
        self.effects: list[Effect] = []
        self.ended: deque[str] = deque()
        """Ids of jobs that have ended, and of children that will never be: somebody may wait for them."""
        self.news: deque[Freed | NodeMoved] = deque()

    def begin(self, now_ms: int) -> None:
        """Another input has come in: what it leads to is collected from here on."""
        self.effects, self.now_ms = [], now_ms

    def born(self, order: Order) -> Job:
        """A job as SubmitJob leaves it (ST-02); it is not kept yet."""
        waits = not dependencies.met(self.ledger.status_of(name) for name in order.depends_on)
        at = self.lifecycle.submitted(order.strategy.attempts, waits=waits, readings=self.readings)
        return Job(order, at, ordinal=self.ledger.next_ordinal(), created_at_ms=self.now_ms)

    def stepped(self, at: Configuration, event: Event) -> Configuration:
        """The configuration after `event`, or the same where no row of the table allows it."""
        after = self.lifecycle.attempt(at, event)
        return at if after is None else after

    def move(self, job: Job, event: Event, *, reason: str | None = None) -> bool:
        """Let `event` happen, if a row of the table allows it."""
        after = self.lifecycle.attempt(job.at, event)
        if after is None:
            return False
        self.arrive(job, after, reason=reason)
        return True

    def arrive(
        self,
        job: Job,
        at: Configuration,
        *,
        reason: str | None = None,
        acknowledge: int | None = None,
        **changes: Any,
    ) -> None:
        """
        The job has come to `at`: do at once what the service can do there, save, and ask for what the change calls for.

        `reason` is what statusReason shows if this ends the job; `changes` are other members of its record.
        """
        before = self.ledger.jobs[job.id]
        job = replace(job, at=at, **changes)
        for event in (Event.REMOVE, Event.STOP):
            after = self.lifecycle.attempt(job.at, event)
            if after is not None:
                reason = (job.asked or reason) if after.status.terminal and not job.status.terminal else reason
                job = replace(job, at=after)
        freed = job.order.is_parent and job.status not in arrays.PARENT_STATUSES
        if freed:
            job = replace(job, at=job.at._replace(status=PENDING))
        if job.status is RUNNING and before.status is not RUNNING:
            run = None if job.run is None else replace(job.run, started_at_ms=self.now_ms)
            job = replace(job, started_at_ms=self.now_ms, run=run)
        if job.status.terminal and not before.status.terminal:
            job = replace(job, stopped_at_ms=self.now_ms, status_reason=reason)
        stray = job.run if job.status not in STARTED else None
        if stray is not None:
            job = replace(job, run=None)
        self.keep(job, before)
        if acknowledge is not None:
            self.effects.append(Acknowledge(acknowledge))
        self._ask_for_process(before, job)
        if stray is not None:
            # Only a wrong table moves a job on while its process runs. The process must not outlive the job.
            self.effects.append(Stop(job.id, stray.number, grace_ms=0))
        if freed:
            self.news.append(Freed(job))
        elif job.order.node_index is not None:
            self.news.append(NodeMoved(before, job))

    def keep(self, job: Job, before: Job) -> None:
        """Save a job that was `before`, itself where it is new, and put it where it belongs by now."""
        self.ledger.put(job)
        self.effects.append(Save(job))
        if (before.run and before.run.number) != (job.run and job.run.number):
            self._account(before.run, job.order, -1)
            self._account(job.run, job.order, +1)
        self._line_up(job)
        if job.status.terminal and not before.status.terminal:
            self.ended.append(job.id)
        if job.order.is_main_node:
            self.mirror(job)

    def mirror(self, main: Job) -> None:
        """Have the multi-node job show what its main node does, if it does not yet."""
        assert main.order.parent_id is not None
        job = self.ledger.jobs[main.order.parent_id]
        mirrored = nodes.mirrored(job, main)
        if mirrored != job:
            self.keep(mirrored, job)

    def take_up(self, job: Job) -> None:
        """A job of which a store knew goes on where it was: in its line, or with its process."""
        self._line_up(job)
        if job.run is not None:
            self.capacity.occupy(
                job.run, job.order, +1, self.now_ms
            )  # what it consumes is in the consumable's own record
        self._ask_for_process(None, job)

    def _ask_for_process(self, before: Job | None, job: Job) -> None:
        """Ask for what the change from `before` calls for; without it, for all that a run under way needs."""
        run = job.run
        if run is None:
            return
        if before is None or before.run is None:
            environment = {**job.order.environment, **batch_variables(job.order, run)}
            self.effects.append(Spawn(job.id, run.number, job.order.command, environment))
        if job.memory.stop_sent and not (before is not None and before.memory.stop_sent):
            self.effects.append(Stop(job.id, run.number, self.grace_ms))
        if (
            job.order.timeout_s is not None
            and job.status is RUNNING
            and (before is None or before.status is not RUNNING)
        ):
            started_at_ms = self.now_ms if run.started_at_ms is None else run.started_at_ms
            self.effects.append(SetDeadline(job.id, run.number, started_at_ms + job.order.timeout_s * 1000))

    def _account(self, run: Run | None, order: Order, sign: int) -> None:
        if run is None:
            return
        self.capacity.occupy(run, order, sign, self.now_ms)
        for consumable in self.ledger.consumed(order, sign):
            self.ledger.put(consumable)
            self.effects.append(Save(consumable))

    def _line_up(self, job: Job) -> None:
        self.capacity.line_up(job, held=nodes.are_left(self.ledger, job), now_ms=self.now_ms)
