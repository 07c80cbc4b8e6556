"""Decides and never does: an event goes in, the effects to carry out come out, in the order of doing.

The order is a promise: a record is saved before its request is acknowledged, STARTING is saved before the process is
spawned, an exit is saved before the next attempt.

A job's status changes only by a step of `model.machine.Lifecycle`. The engine chooses which event of the table
happened and takes what comes of it, so a wrong table makes a wrong server, and never a broken one: where no row allows
an event, the event did not happen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from msgspec.structs import replace

from ...model import arrays, attempts, dependencies
from ...model.attempts import Ended, Outcome
from ...model.dependencies import DEPENDENCY_FAILED
from ...model.limits import CONTAINER_REASON_CHARACTERS, GRACE_S
from ...model.machine import LIFECYCLE, Configuration, Lifecycle
from ...model.readings import DEFAULT, Valuation
from ...model.status import RUNNING, STARTED, SUCCEEDED
from . import reasons
from .dependencies import Dependencies
from .families import Families
from .ledger import Ledger
from .messages import (
    Acknowledge,
    CancelRequested,
    DeadlinePassed,
    Effect,
    Event,
    Exited,
    Forget,
    HostLost,
    JobTagged,
    LoseHostRequested,
    Put,
    QueueDeleted,
    Retire,
    Save,
    SetDeadline,
    Spawn,
    Started,
    StartFailed,
    Stop,
    Submitted,
    TerminateRequested,
)
from .nodes import order_of_node
from .payload import batch_variables
from .records import Attempt, Consumable, Job, Order, Record, Run
from .retention import expired
from .scheduling.blocking import Blocks
from .scheduling.capacity import Capacity
from .scheduling.scheduler import Waiting

NO_RUN = 0
"""Runs count from 1; a deadline for run 0 is one of the job in its queue."""


class Engine(Families):
    """
    The whole server without I/O.

    `lifecycle` is the table to run, `readings` its answers to what the documents leave open, `grace_ms` the time
    between SIGTERM and SIGKILL (TERM-07).
    """

    def __init__(
        self, lifecycle: Lifecycle = LIFECYCLE, *, readings: Valuation = DEFAULT, grace_ms: int = GRACE_S * 1000
    ) -> None:
        self.lifecycle = lifecycle
        self.readings = readings
        self.grace_ms = grace_ms
        self.ledger = Ledger()
        self._dependencies = Dependencies()
        self.capacity = Capacity(self.ledger)
        self._blocks = Blocks()
        self._ended: deque[str] = deque()
        self._effects: list[Effect] = []
        self._now_ms = 0

    def handle(self, event: Event, *, now_ms: int) -> list[Effect]:
        """What is to be done because of `event`, in order. `now_ms` never goes back."""
        self._effects, self._now_ms = [], now_ms
        self._take(event)
        self._follow_up()
        self._blocks.ask_again = False
        return self._effects

    def restore(self, records: Iterable[Record], *, now_ms: int) -> list[Effect]:
        """
        Take up what a store has kept, in the order in which it was first kept.

        The effects ask again for all that a crash may have undone: processes (a run that has begun is not begun a
        second time), stops, deadlines. The store keeps the records of one event together, so none is half done.
        """
        self._effects, self._now_ms = [], now_ms
        for record in records:
            self.ledger.put(record)
            self.capacity.learn(record)
        for job in self.ledger.jobs.values():
            if not job.status.terminal:
                self._take_up(job)
        self.resume_families()
        self._follow_up()
        return self._effects

    def _take_up(self, job: Job) -> None:
        if job.memory.waits:
            self._wait(job)
        self._line_up(job)
        if job.run is not None:
            self.capacity.occupy(
                job.run, job.order, +1, self._now_ms
            )  # what it consumes is in the consumable's own record
        self._ask_for_process(None, job)

    def _take(self, event: Event) -> None:
        match event:
            case Put(request, record):
                self._put(record)
                self._effects.append(Acknowledge(request))
            case QueueDeleted(request, arn):
                self._delete_queue(request, arn)
            case JobTagged(request, job_id, tags):
                self._tag(request, job_id, tags)
            case Submitted(request, order):
                self._submit(request, order)
            case CancelRequested(request, job_id, reason):
                self._requested(request, job_id, "cancel", reason)
            case TerminateRequested(request, job_id, reason):
                self._requested(request, job_id, "terminate", reason)
            case LoseHostRequested(request, job_id):
                self._lose_host(job_id)
                self._effects.append(Acknowledge(request))
            case Started(job_id, number):
                if (job := self._running(job_id, number)) is not None:
                    self._move(job, "start")
            case StartFailed(job_id, number, reason):
                reason = reason[: CONTAINER_REASON_CHARACTERS.high]
                self._attempt_ended(job_id, number, Outcome(Ended.START_FAILED, None, reasons.NEVER_STARTED, reason))
            case Exited(job_id, number, exit_code):
                self._attempt_ended(job_id, number, Outcome(Ended.EXITED, exit_code, reasons.EXITED_BY_ITSELF))
            case HostLost(job_id, number, reason):
                self._attempt_ended(job_id, number, Outcome(Ended.HOST_LOST, None, reason))
            case Retire(ended_before_ms):
                self._retire(ended_before_ms)
            case DeadlinePassed(_, number) if number == NO_RUN:
                self._blocks.ask_again = True  # what it was for is looked at after every event
            case DeadlinePassed(job_id, number):
                self._deadline_passed(job_id, number)
            case _:
                assert_never(event)

    def _put(self, record: Record) -> None:
        if isinstance(record, Consumable) and (known := self.ledger.consumables.get(record.arn)) is not None:
            record = replace(record, in_use=known.in_use)
        self.ledger.put(record)
        self.capacity.learn(record)
        self._effects.append(Save(record))

    # Requests.

    def _submit(self, request: int, order: Order) -> None:
        job = self._born(order)
        self._keep(job, job)
        if order.nodes is not None:  # the main node lives the life that the job shows
            job = self._born(order_of_node(order, order.nodes.main))
            self._keep(job, job)
        self._effects.append(Acknowledge(request))
        if order.late_refusal is not None and self._move(job, "give_up", reason=order.late_refusal):
            return  # accepted first, failed later (ST-15, ENV-09)
        self._wait(job)
        self._move(job, "evaluate")
        self._look_at_dependencies(job.id)

    def _requested(self, request: int, job_id: str, event: str, reason: str) -> None:
        """A cancel or terminate: recorded as the table says; then the service does what it can do at once."""
        job = self._addressed(job_id)
        after = None if job is None else self.lifecycle.attempt(job.at, event)
        if job is None or after is None or after == job.at:
            # Unknown, finished, or asked before: accepted, and nothing changes (CANCEL-09, CANCEL-10, CANCEL-23).
            self._effects.append(Acknowledge(request))
            return
        if job.order.is_parent and self.ledger.has_children(job_id):
            self._requested_of_all(job, after, event, reason)
            self._effects.append(Acknowledge(request))
        else:
            if event == "terminate" and job.order.is_main_node:
                self._stop_nodes(job, reason)  # TERM-22
            self._arrive(reasons.asking(job, event, reason), after, reason=reason, acknowledge=request)

    def _lose_host(self, job_id: str) -> None:
        """A host that goes away takes its process with it; nobody sees an exit code (RETRY-30, ENV-11)."""
        job = self.ledger.jobs.get(job_id)
        if job is not None and job.order.is_multinode:
            job = self.ledger.jobs[job.order.process_id]
        if job is None or (run := job.run) is None:
            return
        self._attempt_ended(job.id, run.number, Outcome(Ended.HOST_LOST, None, reasons.host_lost(job.id, run.number)))
        self._effects.append(Stop(job.id, run.number, grace_ms=0))

    def _delete_queue(self, request: int, arn: str) -> None:
        """Jobs that wait end at once, those that run are stopped; the last one takes the queue with it (Q-02)."""
        queue = self.ledger.queues[arn]
        queue = replace(queue, created={**queue.created, "status": "DELETING", "statusReason": "Deleting"})
        self.ledger.put(queue)
        self._effects += [Save(queue), Acknowledge(request)]
        for job in self.ledger.unended(arn):
            if job.order.is_parent and self.ledger.has_children(job.id):
                # A parent follows its children (ARR-05); it only says why.
                self._keep(replace(job, terminate_reason=job.terminate_reason or reasons.QUEUE_DELETED), job)
                for child in self._children(job):
                    self._end_with_queue(child)
            else:
                self._end_with_queue(self.ledger.jobs[job.order.process_id])
        self._forget_queue(arn)

    def _end_with_queue(self, job: Job) -> None:
        after = self.lifecycle.attempt(job.at, "give_up") or self.lifecycle.attempt(job.at, "terminate")
        if after is None or after == job.at:
            return
        if job.status in STARTED:
            if job.order.is_main_node:
                self._stop_nodes(job, reasons.QUEUE_DELETED)
            job = replace(job, terminate_reason=job.terminate_reason or reasons.QUEUE_DELETED)
        self._arrive(job, after, reason=reasons.QUEUE_DELETED)

    def _forget_queue(self, arn: str) -> None:
        queue = self.ledger.queues.get(arn)
        if queue is not None and queue.deleting and not self.ledger.has_unended(arn):
            self.capacity.forget_queue(arn)
            self._blocks.forget(arn)
            self.ledger.put(replace(queue, deleted=True))
            self._effects.append(Save(replace(queue, deleted=True)))

    def _retire(self, ended_before_ms: int) -> None:
        for job in expired(self.ledger, ended_before_ms):
            for gone in (*self.ledger.parts(job.id), job):  # its parts are told apart from others by its record
                self.ledger.forget(gone)
                self._dependencies.forget(gone.id)
                self._effects.append(Forget(gone))

    def _tag(self, request: int, job_id: str, tags: Mapping[str, str]) -> None:
        job = self.ledger.jobs[job_id]
        job = replace(job, order=replace(job.order, members={**job.order.members, "tags": tags}))
        self.ledger.put(job)
        self._effects += [Save(job), Acknowledge(request)]

    # News of runs.

    def _attempt_ended(self, job_id: str, number: int, outcome: Outcome) -> None:
        job = self._running(job_id, number)
        if job is None or job.run is None:
            return  # an earlier run, or one that was stopped because the table had already ended its job
        names = [attempts.event(job.order.strategy, outcome)]
        if names == ["exit_zero"] and job.memory.timed_out:
            names.insert(0, "exit_zero_overruled")  # a job ended by its timeout is FAILED (TO-06), as is our choice
        at = job.at
        for name in names:
            after = self.lifecycle.attempt(job.at, name)
            if after is not None:
                at = after
                break
        reason = outcome.status_reason or ""
        if at.status is not SUCCEEDED and job.memory.stop_sent:
            reason = reasons.of_stop(job) or reason
        attempt = Attempt(
            number, job.run.started_at_ms, self._now_ms, reason, exit_code=outcome.exit_code, reason=outcome.reason
        )
        self._arrive(job, at, reason=reason, run=None, attempts=(*job.attempts, attempt), status_reason=reason)

    def _deadline_passed(self, job_id: str, number: int) -> None:
        job = self._running(job_id, number)
        if job is None or job.status is not RUNNING or job.run is None or job.run.started_at_ms is None:
            return
        assert job.order.timeout_s is not None
        at_ms = job.run.started_at_ms + job.order.timeout_s * 1000
        if self._now_ms < at_ms:  # never earlier than promised (TO-04), whatever the timer thinks
            self._effects.append(SetDeadline(job_id, number, at_ms))
        else:
            self._move(job, "time_out", reason=reasons.TOO_LATE)

    def _running(self, job_id: str, number: int) -> Job | None:
        job = self.ledger.jobs.get(job_id)
        return job if job is not None and job.run is not None and job.run.number == number else None

    # What follows from any event.

    def _follow_up(self) -> None:
        """Jobs that wait for what ended, then whatever can be placed, until nothing more happens."""
        while True:
            while self._ended:
                name = self._ended.popleft()
                job = self.ledger.jobs.get(name)
                if job is not None:  # a child that was never born has no queue to hold
                    self._forget_queue(job.order.queue)
                for waiting in self._dependencies.ended(name, self._status_of(name)):
                    self._look_at_dependencies(waiting)
                self._look_at_parent(name)
            if not self._place_one() and not self._ended:
                return

    def _look_at_dependencies(self, job_id: str) -> None:
        job = self.ledger.jobs[job_id]
        failed, outstanding = self._dependencies.of(job_id)
        if job.status.terminal or not (job.memory.waits or failed):
            return
        removed = job.memory.removal_accepted
        event = dependencies.event(failed=failed, outstanding=outstanding, removal_accepted=removed)
        if event is not None:
            self._move(job, event, reason=job.asked if removed else DEPENDENCY_FAILED)

    # Placement.

    def _place_one(self) -> bool:
        """Place the next job. False when there is none."""
        firsts = self.capacity.first_of_each(self._now_ms)
        placement = self.capacity.next(firsts)
        if placement is None:
            for waiting in firsts:
                self._look_at_block(waiting)
            return False
        job = self.ledger.jobs[placement.job_id]
        at = self._stepped(self._stepped(job.at, "choose"), "place")
        self.capacity.pass_over(job, self._now_ms)  # also where the table has no way on: others must not wait for it
        if at.status in STARTED:
            run = Run(job.runs + 1, at.memory.attempt, placement.environment)
            self._arrive(job, at, run=run, runs=run.number, status_reason=None)
        elif at != job.at:
            self._arrive(job, at)
            self.capacity.pass_over(job, self._now_ms)
        return True

    def _look_at_block(self, waiting: Waiting) -> None:
        """Say why the first of a queue is not placed, and end it where the queue has an action for that (Q-12)."""
        job = self.ledger.jobs[waiting.head.job_id]
        block = self._blocks.look(job, waiting.queue, self.capacity.rooms, self._now_ms)
        if block.changes_reason:
            job = replace(job, status_reason=block.shown)
            self._keep(job, job)
        if block.ended_by is not None:
            self._move(job, "give_up", reason=block.ended_by)
        else:
            self._effects += [SetDeadline(job.id, NO_RUN, at_ms) for at_ms in block.deadlines_ms]

    # Every change of a job passes here.

    def _move(self, job: Job, event: str, *, reason: str | None = None) -> bool:
        """Let `event` happen, if a row of the table allows it."""
        after = self.lifecycle.attempt(job.at, event)
        if after is None:
            return False
        self._arrive(job, after, reason=reason)
        return True

    def _arrive(
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
        for event in ("remove", "stop"):
            after = self.lifecycle.attempt(job.at, event)
            if after is not None:
                reason = (job.asked or reason) if after.status.terminal and not job.status.terminal else reason
                job = replace(job, at=after)
        if job.order.is_parent and job.status not in arrays.PARENT_STATUSES:
            self._bear_children(job, before)
            if acknowledge is not None:
                self._effects.append(Acknowledge(acknowledge))
            return
        if job.status is RUNNING and before.status is not RUNNING:
            run = None if job.run is None else replace(job.run, started_at_ms=self._now_ms)
            job = replace(job, started_at_ms=self._now_ms, run=run)
        if job.status.terminal and not before.status.terminal:
            job = replace(job, stopped_at_ms=self._now_ms, status_reason=reason)
        stray = job.run if job.status not in STARTED else None
        if stray is not None:
            job = replace(job, run=None)
        self._keep(job, before)
        if acknowledge is not None:
            self._effects.append(Acknowledge(acknowledge))
        self._ask_for_process(before, job)
        if stray is not None:
            # Only a wrong table moves a job on while its process runs. The process must not outlive the job.
            self._effects.append(Stop(job.id, stray.number, grace_ms=0))
        if job.order.node_index is not None:
            self._look_at_nodes(job, before)

    def _ask_for_process(self, before: Job | None, job: Job) -> None:
        """Ask for what the change from `before` calls for; without it, for all that a run under way needs."""
        run = job.run
        if run is None:
            return
        if before is None or before.run is None:
            environment = {**job.order.environment, **batch_variables(job.order, run)}
            self._effects.append(Spawn(job.id, run.number, job.order.command, environment))
        if job.memory.stop_sent and not (before is not None and before.memory.stop_sent):
            self._effects.append(Stop(job.id, run.number, self.grace_ms))
        if (
            job.order.timeout_s is not None
            and job.status is RUNNING
            and (before is None or before.status is not RUNNING)
        ):
            started_at_ms = self._now_ms if run.started_at_ms is None else run.started_at_ms
            self._effects.append(SetDeadline(job.id, run.number, started_at_ms + job.order.timeout_s * 1000))

    def _keep(self, job: Job, before: Job) -> None:
        self.ledger.put(job)
        self._effects.append(Save(job))
        if (before.run and before.run.number) != (job.run and job.run.number):
            self._account(before.run, job.order, -1)
            self._account(job.run, job.order, +1)
        self._line_up(job)
        if job.status.terminal and not before.status.terminal:
            self._ended.append(job.id)
        if job.order.is_main_node:
            self._mirror(job)

    def _account(self, run: Run | None, order: Order, sign: int) -> None:
        if run is None:
            return
        self.capacity.occupy(run, order, sign, self._now_ms)
        for consumable in self.ledger.consumed(order, sign):
            self.ledger.put(consumable)
            self._effects.append(Save(consumable))

    def _line_up(self, job: Job) -> None:
        self.capacity.line_up(job, held=self._nodes_left(job), now_ms=self._now_ms)
