"""DeleteJobQueue: jobs that wait end at once, those that run are stopped, and the last one takes the queue with it (Q-02)."""

from __future__ import annotations

from msgspec.structs import replace

from ...model.event import Event
from ...model.status import STARTED
from . import reasons
from .changes import Changes
from .families import Families
from .messages import Save
from .records import Job
from .scheduling.blocking import Blocks


class QueueDeletion:
    """Ends what is in a queue, and then the queue."""

    def __init__(self, changes: Changes, families: Families, blocks: Blocks) -> None:
        self._changes = changes
        self._families = families
        self._blocks = blocks

    def end_jobs(self, arn: str) -> None:
        """End every job of a queue that is to be deleted."""
        ledger = self._changes.ledger
        for job in ledger.unended(arn):
            if job.order.is_parent and ledger.has_children(job.id):
                # A parent follows its children (ARR-05); it only says why.
                self._changes.keep(replace(job, terminate_reason=job.terminate_reason or reasons.QUEUE_DELETED), job)
                for child in self._families.children(job):
                    self._end(child)
            else:
                self._end(ledger.jobs[job.order.process_id])

    def forget_if_empty(self, arn: str) -> None:
        """A queue that is to be deleted is gone once its last job has ended."""
        ledger = self._changes.ledger
        queue = ledger.queues.get(arn)
        if queue is not None and queue.deleting and not ledger.has_unended(arn):
            self._changes.capacity.forget_queue(arn)
            self._blocks.forget(arn)
            ledger.put(replace(queue, deleted=True))
            self._changes.effects.append(Save(replace(queue, deleted=True)))

    def _end(self, job: Job) -> None:
        lifecycle = self._changes.lifecycle
        after = lifecycle.attempt(job.at, Event.GIVE_UP) or lifecycle.attempt(job.at, Event.TERMINATE)
        if after is None or after == job.at:
            return
        if job.status in STARTED:
            if job.order.is_main_node:
                self._families.stop_nodes(job, reasons.QUEUE_DELETED)
            job = replace(job, terminate_reason=job.terminate_reason or reasons.QUEUE_DELETED)
        self._changes.arrive(job, after, reason=reasons.QUEUE_DELETED)
