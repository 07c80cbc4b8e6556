"""Places one job after the other, and says of the first of each queue why it is not placed."""

from __future__ import annotations

from msgspec.structs import replace

from ....model.event import Event
from ....model.status import STARTED
from ..changes import Changes
from ..messages import NO_RUN, SetDeadline
from ..records import Run
from .blocking import Blocks
from .scheduler import Waiting


class Placing:
    """What is done about RUNNABLE jobs after every input."""

    def __init__(self, changes: Changes) -> None:
        self.blocks = Blocks()
        self._changes = changes

    def place_one(self) -> bool:
        """Place the next job. False when there is none."""
        changes, capacity = self._changes, self._changes.capacity
        firsts = capacity.first_of_each(changes.now_ms)
        placement = capacity.next(firsts)
        if placement is None:
            for waiting in firsts:
                self._look_at_block(waiting)
            return False
        job = changes.ledger.jobs[placement.job_id]
        at = changes.stepped(changes.stepped(job.at, Event.CHOOSE), Event.PLACE)
        capacity.pass_over(job, changes.now_ms)  # also where the table has no way on: others must not wait for it
        if at.status in STARTED:
            run = Run(job.runs + 1, at.memory.attempt, placement.environment)
            changes.arrive(job, at, run=run, runs=run.number, status_reason=None)
        elif at != job.at:
            changes.arrive(job, at)
            capacity.pass_over(job, changes.now_ms)
        return True

    def _look_at_block(self, waiting: Waiting) -> None:
        """Say why the first of a queue is not placed, and end it where the queue has an action for that (Q-12)."""
        changes = self._changes
        job = changes.ledger.jobs[waiting.head.job_id]
        block = self.blocks.look(job, waiting.queue, changes.capacity.rooms, changes.now_ms)
        if block.changes_reason:
            job = replace(job, status_reason=block.shown)
            changes.keep(job, job)
        if block.ended_by is not None:
            changes.move(job, Event.GIVE_UP, reason=block.ended_by)
        else:
            changes.effects += [SetDeadline(job.id, NO_RUN, at_ms) for at_ms in block.deadlines_ms]
