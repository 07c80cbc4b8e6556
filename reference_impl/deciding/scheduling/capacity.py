"""Who waits in which queue, what each compute environment has left, and so which job goes next and where.

`scheduler.py` decides; here is kept what it decides on. It moves no job: the engine does, when it is told a placement.
"""

from __future__ import annotations

from collections import defaultdict

from ....model.status import RUNNABLE
from ..ledger import Ledger
from ..records import Environment, Job, Order, Policy, Queue, Record, Run
from .scheduler import Line, Placement, Room, Waiting, next_placement
from .shares import distribution


class Capacity:
    """Queues as lines of jobs, environments as rooms with a size."""

    def __init__(self, ledger: Ledger) -> None:
        self.rooms: dict[str, Room] = {}
        self._ledger = ledger
        self._lines: dict[str, Line] = defaultdict(Line)

    def learn(self, record: Record) -> None:
        """Take note of a record that is new or has changed, and is in the ledger already."""
        match record:
            case Environment(deleted=True):
                self.rooms.pop(record.arn, None)
            case Environment():
                room = self.rooms.setdefault(record.arn, Room(None))
                room.enabled = record.enabled
                room.max_mcpus, room.max_memory_mib = record.max_mcpus, record.max_memory_mib
                room.multinode = record.multinode
            case Queue():
                self._distribute(record)
            case Policy():
                for queue in self._ledger.queues.values():
                    self._distribute(queue)
            case _:
                pass

    def _distribute(self, queue: Queue) -> None:
        policy = self._ledger.policies.get(queue.policy or "")
        self._lines[queue.arn].distribution = distribution(policy.created if policy is not None else {})

    def forget_queue(self, arn: str) -> None:
        """The queue is gone."""
        self._lines.pop(arn, None)

    def line(self, queue: str) -> Line:
        """Who waits in a queue; to be read only."""
        return self._lines[queue]

    def line_up(self, job: Job, *, held: bool, now_ms: int) -> None:
        """Put a job in the line of its queue, or take it out. `held`: it is RUNNABLE, and must wait for its own nodes."""
        line, order = self._lines[job.order.queue], job.order
        if job.status is RUNNABLE and not order.is_multinode and not held:
            line.add(
                job.id,
                job.ordinal,
                retried=bool(job.attempts),
                share=order.share,
                priority=order.priority if order.share else 0,
                now_ms=now_ms,
            )
        else:
            line.discard(job.id, now_ms)

    def pass_over(self, job: Job, now_ms: int) -> None:
        """Take a job out of its line, wherever it is."""
        self._lines[job.order.queue].discard(job.id, now_ms)

    def occupy(self, run: Run, order: Order, sign: int, now_ms: int) -> None:
        """A run takes room in its environment (`sign` 1), or gives it back (-1)."""
        room = self.rooms.get(run.environment)
        if room is not None:
            room.used_mcpus += sign * order.mcpus
            room.used_memory_mib += sign * order.memory_mib
        self._lines[order.queue].use(order.share, sign * order.mcpus, now_ms)

    def first_of_each(self, now_ms: int) -> list[Waiting]:
        """The first job of every queue in which one waits."""
        jobs, queues = self._ledger.jobs, self._ledger.queues
        return [
            Waiting(queues[queue], head, order.mcpus, order.memory_mib, multinode=order.is_main_node)
            for queue, line in self._lines.items()
            if (head := line.head(now_ms)) is not None and (order := jobs[head.job_id].order)
        ]

    def next(self, firsts: list[Waiting]) -> Placement | None:
        """What to place next of these. One that lacks something consumable holds back its own queue only (Q-20)."""
        ready = [waiting for waiting in firsts if self._ledger.has_resources(waiting.head.job_id)]
        return next_placement(ready, self.rooms)
