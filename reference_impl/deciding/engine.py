"""Decides and never does: an input goes in, the effects to carry out come out, in the order of doing.

The order is a promise: a record is saved before its request is acknowledged, STARTING is saved before the process is
spawned, an exit is saved before the next attempt.

A job's status changes only by a step of `model.machine.Lifecycle`. The engine chooses which event of the table
happened and takes what comes of it, so a wrong table makes a wrong server, and never a broken one: where no row allows
an event, the event did not happen. Two statuses are no job's own and are derived: that of an array's parent from its
children, that of a multi-node job from its main node (`changes.py`).

The engine puts its parts together and says whose turn it is. Each part changes jobs by `Changes` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from msgspec.structs import replace

from ...model.attempts import AttemptEnd, Ended
from ...model.event import Event
from ...model.limits import CONTAINER_REASON_CHARACTERS, GRACE_S
from ...model.machine import LIFECYCLE, Lifecycle
from ...model.readings import DEFAULT, Valuation
from . import reasons
from .archive import Archive, is_over
from .changes import Changes
from .dependencies import Dependencies
from .families import Families
from .messages import (
    NO_RUN,
    Acknowledge,
    CancelRequested,
    DeadlinePassed,
    Effect,
    Exited,
    Forget,
    HostLost,
    Input,
    JobTagged,
    LoseHostRequested,
    Put,
    QueueDeleted,
    Retire,
    Save,
    SetAside,
    Started,
    StartFailed,
    Submitted,
    TerminateRequested,
)
from .nodes import order_of_node
from .queue_deletion import QueueDeletion
from .records import Consumable, Job, Order, Queue, Record
from .retention import expired
from .run_news import RunNews
from .scheduling.placing import Placing


class Engine:
    """
    The whole server without I/O.

    `lifecycle` is the table to run, `readings` its answers to what the documents leave open, `grace_ms` the time
    between SIGTERM and SIGKILL (TERM-07), `archive` where jobs are found that are not at hand.
    """

    def __init__(
        self,
        lifecycle: Lifecycle = LIFECYCLE,
        *,
        readings: Valuation = DEFAULT,
        grace_ms: int = GRACE_S * 1000,
        archive: Archive | None = None,
    ) -> None:
        self.changes = Changes(lifecycle, readings, grace_ms, archive)
        self.ledger = self.changes.ledger
        self.capacity = self.changes.capacity
        self.dependencies = Dependencies(self.changes)
        self.families = Families(self.changes, self.dependencies)
        self.runs = RunNews(self.changes)
        self.placing = Placing(self.changes)
        self.queues = QueueDeletion(self.changes, self.families, self.placing.blocks)

    def handle(self, given: Input, *, now_ms: int) -> list[Effect]:
        """What is to be done because of `given`, in order. `now_ms` never goes back."""
        self.changes.begin(now_ms)
        self._take(given)
        self.families.react()
        self._follow_up()
        self.placing.blocks.ask_again = False
        return self.changes.effects

    def look(self, records: Iterable[Record]) -> None:
        """Know what a store has kept, in the order in which it was first kept, and do nothing about it."""
        for record in records:
            self.ledger.put(record)
            self.capacity.learn(record)

    def restore(self, records: Iterable[Record], *, now_ms: int) -> list[Effect]:
        """
        Take up what a store has kept, in the order in which it was first kept.

        The effects ask again for all that a crash may have undone: processes (a run that has begun is not begun a
        second time), stops, deadlines. The store keeps the records of one input together, so none is half done.
        """
        self.changes.begin(now_ms)
        self.look(records)
        for job in self.ledger.jobs.values():
            if not job.status.terminal:
                if job.memory.waits:
                    self.dependencies.wait(job)
                self.changes.take_up(job)
        self.families.resume()
        self.families.react()
        self._follow_up()
        return self.changes.effects

    def _take(self, given: Input) -> None:
        match given:
            case Put(request, record):
                self._put(record)
                self._acknowledge(request)
            case QueueDeleted(request, arn):
                self._delete_queue(request, arn)
            case JobTagged(request, job_id, tags):
                self._tag(request, job_id, tags)
            case Submitted(request, order):
                self._submit(request, order)
            case CancelRequested(request, job_id, reason):
                self._requested(request, job_id, Event.CANCEL, reason)
            case TerminateRequested(request, job_id, reason):
                self._requested(request, job_id, Event.TERMINATE, reason)
            case LoseHostRequested(request, job_id):
                self._lose_host(request, job_id)
            case Started(job_id, number):
                self.runs.started(job_id, number)
            case StartFailed(job_id, number, reason):
                reason = reason[: CONTAINER_REASON_CHARACTERS.high]
                self.runs.ended(job_id, number, AttemptEnd(Ended.START_FAILED, None, reasons.NEVER_STARTED, reason))
            case Exited(job_id, number, exit_code):
                self.runs.ended(job_id, number, AttemptEnd(Ended.EXITED, exit_code, reasons.EXITED_BY_ITSELF))
            case HostLost(job_id, number, reason):
                self.runs.ended(job_id, number, AttemptEnd(Ended.HOST_LOST, None, reason))
            case Retire(ended_before_ms):
                self._retire(ended_before_ms)
            case SetAside(jobs):
                self._set_aside(jobs)
            case DeadlinePassed(_, number) if number == NO_RUN:
                self.placing.blocks.ask_again = True  # what it was for is looked at after every input
            case DeadlinePassed(job_id, number):
                self.runs.deadline_passed(job_id, number)
            case _:
                assert_never(given)

    def _acknowledge(self, request: int) -> None:
        self.changes.effects.append(Acknowledge(request))

    def _put(self, record: Record) -> None:
        if isinstance(record, Consumable) and (known := self.ledger.consumables.get(record.arn)) is not None:
            record = replace(record, in_use=known.in_use)
        elif isinstance(record, Queue):
            queue = self.ledger.queues.get(record.arn)
            record = replace(record, since=self.ledger.next_ordinal() if queue is None else queue.since)
        self.ledger.put(record)
        self.capacity.learn(record)
        self.changes.effects.append(Save(record))

    def _submit(self, request: int, order: Order) -> None:
        job = self.changes.born(order)
        self.changes.keep(job, job)
        if order.nodes is not None:  # the main node lives the life that the job shows
            job = self.changes.born(order_of_node(order, order.nodes.main))
            self.changes.keep(job, job)
        self._acknowledge(request)
        if order.late_refusal is not None and self.changes.move(job, Event.GIVE_UP, reason=order.late_refusal):
            return  # accepted first, failed later (ST-15, ENV-09)
        self.dependencies.wait(job)
        self.changes.move(job, Event.EVALUATE)
        self.families.react()
        self.dependencies.look_at(job.id)

    def _requested(self, request: int, job_id: str, event: Event, reason: str) -> None:
        """A cancel or terminate: recorded as the table says; then the service does what it can do at once."""
        job = self.families.addressed(job_id)
        after = None if job is None else self.changes.lifecycle.attempt(job.at, event)
        if job is None or after is None or after == job.at:
            # Unknown, finished, or asked before: accepted, and nothing changes (CANCEL-09, CANCEL-10, CANCEL-23).
            self._acknowledge(request)
        elif job.order.is_parent and self.ledger.has_children(job_id):
            self.families.requested_of_all(job, after, event, reason)
            self._acknowledge(request)
        else:
            if event is Event.TERMINATE and job.order.is_main_node:
                self.families.stop_nodes(job, reason)  # TERM-22
            self.changes.arrive(reasons.asking(job, event, reason), after, reason=reason, acknowledge=request)

    def _lose_host(self, request: int, job_id: str) -> None:
        stop = self.runs.lose_host(job_id)
        self.families.react()
        if stop is not None:
            self.changes.effects.append(stop)
        self._acknowledge(request)

    def _delete_queue(self, request: int, arn: str) -> None:
        queue = self.ledger.queues[arn]
        queue = replace(queue, created={**queue.created, "status": "DELETING", "statusReason": "Deleting"})
        self.ledger.put(queue)
        self.changes.effects.append(Save(queue))
        self._acknowledge(request)
        self.queues.end_jobs(arn)
        self.queues.forget_if_empty(arn)

    def _tag(self, request: int, job_id: str, tags: Mapping[str, str]) -> None:
        job = self.ledger.recall(job_id)
        job = replace(job, order=replace(job.order, members={**job.order.members, "tags": tags}))
        self.ledger.put(job)
        self.changes.effects.append(Save(job))
        self._acknowledge(request)

    def _retire(self, ended_before_ms: int) -> None:
        for job in expired(self.ledger, ended_before_ms):
            for gone in self._leave(job):
                self.changes.effects.append(Forget(gone))

    def _set_aside(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            if self.ledger.jobs.get(job.id) is job and all(is_over(member) for member in self.ledger.family(job)):
                self._leave(job)

    def _leave(self, job: Job) -> list[Job]:
        """A job and its parts are at hand no longer."""
        family = self.ledger.family(job)  # its parts are told apart from others by its record
        for gone in family:
            self.ledger.forget(gone)
            self.dependencies.books.forget(gone.id)
        return family

    def _follow_up(self) -> None:
        """Jobs that wait for what ended, then whatever can be placed, until nothing more happens."""
        ended = self.changes.ended
        while True:
            while ended:
                name = ended.popleft()
                job = self.ledger.jobs.get(name)
                if job is not None:  # a child that was never born has no queue to hold
                    self.queues.forget_if_empty(job.order.queue)
                for waiting in self.dependencies.books.ended(name, self.ledger.status_of(name)):
                    self.dependencies.look_at(waiting)
                    self.families.react()
                self.families.ended(name)
            placed = self.placing.place_one()
            self.families.react()
            if not placed and not ended:
                return
