"""Jobs made of jobs: arrays with their children, multi-node jobs with their nodes. It is the part of the engine about them.

Children and nodes are jobs like any other, moved by the table. What a parent shows is derived from them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from ...model import arrays, dependencies, multinode
from ...model.machine import Configuration, Lifecycle
from ...model.readings import Valuation
from ...model.status import PENDING, RUNNABLE, RUNNING, STARTED, SUBMITTED, Status
from . import nodes, parents, reasons
from .dependencies import Dependencies
from .ledger import Ledger
from .messages import Effect
from .records import Job, Order, Run


class Families:
    """What `Engine` does about arrays and multi-node jobs. The members below are the engine's."""

    lifecycle: Lifecycle
    readings: Valuation
    ledger: Ledger
    _dependencies: Dependencies
    _ended: deque[str]
    _effects: list[Effect]
    _now_ms: int

    def _keep(self, job: Job, before: Job) -> None:
        raise NotImplementedError

    def _arrive(self, job: Job, at: Configuration, *, reason: str | None = None, **changes: Any) -> None:
        raise NotImplementedError

    def _look_at_dependencies(self, job_id: str) -> None:
        raise NotImplementedError

    def _stepped(self, at: Configuration, event: str) -> Configuration:
        """The configuration after `event`, or the same where no row of the table allows it."""
        after = self.lifecycle.attempt(at, event)
        return at if after is None else after

    def _born(self, order: Order) -> Job:
        waits = not dependencies.met(self._status_of(name) for name in order.depends_on)
        at = self.lifecycle.submitted(order.strategy.attempts, waits=waits, readings=self.readings)
        return Job(order, at, ordinal=self.ledger.next_ordinal(), created_at_ms=self._now_ms)

    def _wait(self, job: Job) -> None:
        for name in job.order.depends_on:
            self._dependencies.add(job.id, name, self._status_of(name))

    # Array jobs: their children are jobs like any other.

    def _bear_children(self, parent: Job, before: Job) -> None:
        """
        The parent waits for nothing any more, so its children begin their lives, the parent's own being theirs from now on.

        A child is first seen where its evaluation has led it (ARR-11). Nothing comes between the records of the parent
        and of its children, so that all of them are kept or none.
        """
        self._keep(replace(parent, at=parent.at._replace(status=PENDING)), before)
        for index in range(parent.order.array_size or 0):
            child = self._born(parents.order_of_child(parent.order, index))
            self._wait(child)
            child = replace(child, at=self._stepped(child.at, "evaluate"))
            self._keep(child, child)
            self._look_at_dependencies(child.id)

    def _look_at_parent(self, job_id: str) -> None:
        """A job has ended: when it was the last child, its parent ends too (ARR-05, ARR-06)."""
        job = self.ledger.jobs.get(job_id)
        if job is None:
            return
        if job.order.is_parent and not self.ledger.has_children(job_id):
            # Whoever waits for one of its children waits for what will never be.
            self._ended.extend(arrays.child_id(job_id, index) for index in range(job.order.array_size or 0))
        elif job.order.array_index is not None and (parent_id := job.order.parent_id) is not None:
            parent = self.ledger.jobs[parent_id]
            after = parents.after_child(parent, self.ledger.summary(parent_id), self._now_ms)
            if after is not None:
                self._keep(after, parent)

    def _children(self, parent: Job) -> Iterator[Job]:
        for index in range(parent.order.array_size or 0):
            yield self.ledger.jobs[arrays.child_id(parent.id, index)]

    def _status_of(self, job_id: str) -> Status:
        """The status of a job, or of a child that is not there: not yet, or never because its parent has ended."""
        job = self.ledger.jobs.get(job_id)
        if job is None and (found := arrays.parent_and_index(job_id)) is not None:
            parent = self.ledger.jobs.get(found[0])
            return parent.status if parent is not None and parent.status.terminal else SUBMITTED
        return SUBMITTED if job is None else job.status

    def _requested_of_all(self, parent: Job, after: Configuration, event: str, reason: str) -> None:
        """The same of every child, each by its own status (CANCEL-24, TERM-20); the parent's status follows from theirs."""
        at = Configuration(parent.status, after.memory)
        self._keep(replace(reasons.asking(parent, event, reason), at=at), parent)
        for child in self._children(parent):
            at = self.lifecycle.attempt(child.at, event)
            if at is not None and at != child.at:
                self._arrive(reasons.asking(child, event, reason), at, reason=reason)

    def resume_families(self) -> None:
        """
        After a crash: what children and nodes on file call for, and nobody had come to.

        To be called when the ledger holds every record again, each dependency is known, and what became of each run as
        well. It may be called twice.
        """
        for job in list(self.ledger.jobs.values()):
            if job.order.is_parent and self.ledger.has_children(job.id):
                after = parents.after_child(job, self.ledger.summary(job.id), self._now_ms)
                if after is not None:
                    self._keep(after, job)
            elif job.order.is_main_node:
                self._mirror(job)
                if job.status is RUNNING:
                    self._start_nodes(job)
                elif job.run is None:
                    self._stop_nodes(job, multinode.STOPPED_WITH_MAIN)

    # Multi-node jobs: the main node's life is the job's.

    def _addressed(self, job_id: str) -> Job | None:
        """The job that a cancel or terminate is about; a single node cannot be ended from outside (CANCEL-30, TERM-23)."""
        job = self.ledger.jobs.get(job_id)
        if job is None or job.order.node_index is not None:
            return None
        return self.ledger.jobs[job.order.process_id]

    def _mirror(self, main: Job) -> None:
        assert main.order.parent_id is not None
        job = self.ledger.jobs[main.order.parent_id]
        mirrored = nodes.mirrored(job, main)
        if mirrored != job:
            self._keep(mirrored, job)

    def _look_at_nodes(self, job: Job, before: Job) -> None:
        """A node has come somewhere: the others start with the main node and are stopped when it ends (MNP-02, MNP-04)."""
        if not job.order.is_main_node:
            main = self.ledger.jobs[f"{job.order.parent_id}#{job.order.nodes.main}"] if job.order.nodes else job
            if main.status is RUNNABLE and before.run is not None and job.run is None:
                self._keep(main, main)  # it may wait in line again when the last node of its last attempt is gone
        elif job.status is RUNNING and before.status is not RUNNING:
            self._start_nodes(job)
        elif before.run is not None and job.run is None:
            self._stop_nodes(job, multinode.STOPPED_WITH_MAIN)

    def _start_nodes(self, main: Job) -> None:
        """Every attempt of the main node is a new life of the other nodes (RETRY-34), each with the host that it gets."""
        assert main.order.parent_id is not None
        assert main.order.nodes is not None
        assert main.run is not None
        order = self.ledger.jobs[main.order.parent_id].order
        lives = 1 + sum(attempt.started_at_ms is not None for attempt in main.attempts)
        for index in range(main.order.nodes.count):
            if index != main.order.node_index:
                node = self._born(nodes.order_of_node(order, index))
                known = self.ledger.jobs.get(node.id, node)
                if known.run is not None or known.runs >= lives:
                    continue  # it was started before a crash; or its process is still there, under a wrong table
                # The id, the place among submissions and the attempts stay; the rest begins anew.
                at = self._stepped(node.at, "evaluate")
                node = replace(
                    node, at=at, ordinal=known.ordinal, created_at_ms=known.created_at_ms,
                    runs=known.runs, attempts=known.attempts,
                )  # fmt: skip
                self._keep(node, known)
                at = self._stepped(self._stepped(node.at, "choose"), "place")
                if at.status in STARTED:
                    run = Run(node.runs + 1, main.memory.attempt, main.run.environment)
                    self._arrive(node, at, run=run, runs=run.number)

    def _stop_nodes(self, main: Job, reason: str) -> None:
        """End every other node that runs, as a terminate would (MNP-08): FAILED, and not tried again by itself."""
        for node in list(self._others(main)):
            at = self.lifecycle.attempt(node.at, "terminate")
            if node.run is not None and at is not None and at != node.at:
                self._arrive(reasons.asking(node, "terminate", reason), at, reason=reason)

    def _others(self, main: Job) -> Iterator[Job]:
        for index in range(main.order.nodes.count if main.order.nodes is not None else 0):
            node = self.ledger.jobs.get(f"{main.order.parent_id}#{index}")
            if node is not None and index != main.order.node_index:
                yield node

    def _nodes_left(self, job: Job) -> bool:
        """Whether nodes of an earlier attempt are still there, so that the next one has to wait."""
        return job.order.is_main_node and any(node.run is not None for node in self._others(job))
