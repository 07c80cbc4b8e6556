"""Jobs made of jobs: arrays with their children, multi-node jobs with their nodes.

Children and nodes are jobs like any other, moved by the table. What a parent shows is derived from them: `parents.py` and
`nodes.py` say how.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from ...model import arrays, multinode
from ...model.event import Event
from ...model.machine import Configuration
from ...model.status import RUNNABLE, RUNNING, STARTED
from . import nodes, parents, reasons
from .changes import Changes, Freed, NodeMoved
from .dependencies import Dependencies
from .records import Job, Run


class Families:
    """Reacts to news of parents and nodes, and does to all members what is asked of the whole."""

    def __init__(self, changes: Changes, dependencies: Dependencies) -> None:
        self._changes = changes
        self._dependencies = dependencies
        self._jobs = changes.ledger.jobs

    def react(self) -> None:
        """Do what the news call for, and the news of that, until there are none."""
        news = self._changes.news
        while news:
            match news.popleft():
                case Freed(parent):
                    self._bear_children(parent)
                case NodeMoved(before, node):
                    self._look_at_nodes(node, before)

    def resume(self) -> None:
        """
        After a crash: what children and nodes on file call for, and nobody had come to.

        To be called when the ledger holds every record again, each dependency is known, and what became of each run as
        well. It may be called twice.
        """
        for job in list(self._jobs.values()):
            if job.order.is_parent and self._changes.ledger.has_children(job.id):
                self._derive(job)
            elif job.order.is_main_node:
                self._changes.mirror(job)
                if job.status is RUNNING:
                    self._start_nodes(job)
                elif job.run is None:
                    self.stop_nodes(job, multinode.STOPPED_WITH_MAIN)

    # Array jobs: their children are jobs like any other.

    def _bear_children(self, parent: Job) -> None:
        """
        The parent waits for nothing any more, so its children begin their lives, the parent's own being theirs from now on.

        A child is first seen where its evaluation has led it (ARR-11). Nothing comes between the records of the parent
        and of its children, so that all of them are kept or none.
        """
        for index in range(parent.order.array_size or 0):
            child = self._changes.born(parents.order_of_child(parent.order, index))
            self._dependencies.wait(child)
            child = replace(child, at=self._changes.stepped(child.at, Event.EVALUATE))
            self._changes.keep(child, child)
            self._dependencies.look_at(child.id)

    def ended(self, job_id: str) -> None:
        """A job has ended: when it was the last child, its parent ends too (ARR-05, ARR-06)."""
        job = self._jobs.get(job_id)
        if job is None:
            return
        if job.order.is_parent and not self._changes.ledger.has_children(job_id):
            # Whoever waits for one of its children waits for what will never be.
            self._changes.ended.extend(arrays.child_id(job_id, index) for index in range(job.order.array_size or 0))
        elif job.order.array_index is not None and (parent_id := job.order.parent_id) is not None:
            self._derive(self._jobs[parent_id])

    def children(self, parent: Job) -> Iterator[Job]:
        """The children of an array that has some, in the order of their indices."""
        for index in range(parent.order.array_size or 0):
            yield self._jobs[arrays.child_id(parent.id, index)]

    def requested_of_all(self, parent: Job, after: Configuration, event: Event, reason: str) -> None:
        """The same of every child, each by its own status (CANCEL-24, TERM-20); the parent's status follows from theirs."""
        at = Configuration(parent.status, after.memory)
        self._changes.keep(replace(reasons.asking(parent, event, reason), at=at), parent)
        for child in self.children(parent):
            at = self._changes.lifecycle.attempt(child.at, event)
            if at is not None and at != child.at:
                self._changes.arrive(reasons.asking(child, event, reason), at, reason=reason)

    def _derive(self, parent: Job) -> None:
        after = parents.after_child(parent, self._changes.ledger.summary(parent.id), self._changes.now_ms)
        if after is not None:
            self._changes.keep(after, parent)

    # Multi-node jobs: the main node's life is the job's.

    def addressed(self, job_id: str) -> Job | None:
        """The job that a cancel or terminate is about; a single node cannot be ended from outside (CANCEL-30, TERM-23)."""
        job = self._jobs.get(job_id)
        if job is None or job.order.node_index is not None:
            return None
        return self._jobs[job.order.process_id]

    def _look_at_nodes(self, job: Job, before: Job) -> None:
        """A node has come somewhere: the others start with the main node and are stopped when it ends (MNP-02, MNP-04)."""
        if not job.order.is_main_node:
            main = self._jobs[multinode.node_id(job.order.shown_id, job.order.nodes.main)] if job.order.nodes else job
            if main.status is RUNNABLE and before.run is not None and job.run is None:
                # It may wait in line again when the last node of its last attempt is gone.
                self._changes.keep(main, main)
        elif job.status is RUNNING and before.status is not RUNNING:
            self._start_nodes(job)
        elif before.run is not None and job.run is None:
            self.stop_nodes(job, multinode.STOPPED_WITH_MAIN)

    def _start_nodes(self, main: Job) -> None:
        """Every attempt of the main node is a new life of the other nodes (RETRY-34), each with the host that it gets."""
        assert main.order.parent_id is not None
        assert main.order.nodes is not None
        assert main.run is not None
        order = self._jobs[main.order.parent_id].order
        lives = 1 + sum(attempt.started_at_ms is not None for attempt in main.attempts)
        for index in range(main.order.nodes.count):
            if index != main.order.node_index:
                node = self._changes.born(nodes.order_of_node(order, index))
                known = self._jobs.get(node.id, node)
                if known.run is not None or known.runs >= lives:
                    continue  # it was started before a crash; or its process is still there, under a wrong table
                # The id, the place among submissions and the attempts stay; the rest begins anew.
                at = self._changes.stepped(node.at, Event.EVALUATE)
                node = replace(
                    node, at=at, ordinal=known.ordinal, created_at_ms=known.created_at_ms,
                    runs=known.runs, attempts=known.attempts,
                )  # fmt: skip
                self._changes.keep(node, known)
                at = self._changes.stepped(self._changes.stepped(node.at, Event.CHOOSE), Event.PLACE)
                if at.status in STARTED:
                    run = Run(node.runs + 1, main.memory.attempt, main.run.environment)
                    self._changes.arrive(node, at, run=run, runs=run.number)

    def stop_nodes(self, main: Job, reason: str) -> None:
        """End every other node that runs, as a terminate would (MNP-08): FAILED, and not tried again by itself."""
        for node in list(nodes.others(self._changes.ledger, main)):
            at = self._changes.lifecycle.attempt(node.at, Event.TERMINATE)
            if node.run is not None and at is not None and at != node.at:
                self._changes.arrive(reasons.asking(node, Event.TERMINATE, reason), at, reason=reason)
