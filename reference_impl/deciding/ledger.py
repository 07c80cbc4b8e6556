"""Where everything is found again: jobs by id, by list and status; queues, environments, definitions by ARN.

The engine writes it, the operations read it. A read costs the same whether ten or ten thousand jobs are kept. A list is a
queue's, by its ARN, or that of an array's children or a job's nodes, by its id: these are not listed in the queue (LIST-13).
Jobs that are over may be set aside: they are found in the archive then, and `jobs` are those at hand.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from ...model import arrays
from ...model.status import SUBMITTED, Status
from .archive import Archive, NoArchive, Read, is_over, listed_in
from .records import Consumable, Definition, Environment, Job, Order, Policy, Queue, Record


class Ledger:
    """Everything that the server knows, as it is now."""

    def __init__(self, archive: Archive | None = None) -> None:
        self.archive = archive or NoArchive()
        self.jobs: dict[str, Job] = {}
        self.queues: dict[str, Queue] = {}
        self.environments: dict[str, Environment] = {}
        self.definitions: dict[str, Definition] = {}
        self.policies: dict[str, Policy] = {}
        self.consumables: dict[str, Consumable] = {}
        self.shares: dict[str, Counter[str]] = defaultdict(Counter)
        """By queue: how many jobs that have not ended each share identifier has (Q-08)."""
        self._revisions: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._submitted: dict[int, str] = {}  # job ids by ordinal
        self._next_ordinal = self.archive.next_ordinal()
        self._over: dict[str, None] = {}  # ids of those that have ended, as they did, without children and nodes
        self._ended = 0
        self._in_list: dict[str, list[int]] = defaultdict(list)
        self._in_status: dict[tuple[str, Status], list[int]] = defaultdict(list)

    def put(self, record: Record) -> None:
        """Keep a new record, or the new state of a known one."""
        match record:
            case Job():
                self._put_job(record)
            case Queue():
                self._put_queue(record)
            case Environment():
                _put(self.environments, record)
            case Policy():
                _put(self.policies, record)
            case Consumable():
                _put(self.consumables, record)
            case Definition():
                if record.arn not in self.definitions:
                    self._revisions[record.region, record.name].append(record.arn)
                self.definitions[record.arn] = record

    def next_ordinal(self) -> int:
        """The number of the next submission."""
        return self._next_ordinal

    def oldest_first(self) -> Iterator[Job]:
        """Every job at hand, children and nodes included, in the order of submission."""
        return iter(self.jobs.values())

    def over(self, beyond: int, count: int) -> list[Job]:
        """
        Where more than `beyond` jobs at hand have ended: up to `count` of those that are over with all of their family, the
        first that ended before others.
        """
        if not self.archive.keeps or self._ended <= beyond:
            return []
        found, left = [], self._ended
        for job_id in self._over:
            if left <= beyond or len(found) == count:
                break
            family = self.family(self.jobs[job_id])
            if all(is_over(job) for job in family):
                found.append(self.jobs[job_id])
                left -= len(family)
        return found

    def family(self, job: Job) -> list[Job]:
        """A job's children or nodes, the newest first, and the job itself."""
        return [*self.parts(job.id), job] if job.order.is_parent or job.order.is_multinode else [job]

    def recall(self, job_id: str) -> Job:
        """A job that is known, at hand with its family."""
        if job_id not in self.jobs and (job := self.archive.job(job_id)) is not None:
            for member in reversed(self.family(job)):
                self._put_job(member)
        return self.jobs[job_id]

    def parts(self, job_id: str) -> list[Job]:
        """An array's children, or a job's nodes."""
        return list(self.newest_first(job_id, None))

    def forget(self, job: Job) -> None:
        """This job has ended, and is not to be found here any more."""
        if job.id not in self.jobs:
            return  # it was set aside
        listed = listed_in(job)
        del self.jobs[job.id], self._submitted[job.ordinal]
        self._over.pop(job.id, None)
        self._ended -= 1
        for ordinals in (self._in_list.get(listed), self._in_status.get((listed, job.status))):
            index = bisect_left(ordinals or (), job.ordinal)
            if ordinals and ordinals[index : index + 1] == [job.ordinal]:  # not those of a queue that was deleted
                del ordinals[index]
        if job.order.parent_id is not None and not self._in_list[listed]:
            # A queue stays where it has no job left; a parent goes with its parts.
            del self._in_list[listed]
            for status in Status:
                self._in_status.pop((listed, status), None)

    def job(self, region: str, job_id: str) -> Job | None:
        """The job of this id, if it is one of this region."""
        job = self._known(job_id)
        return job if job is not None and job.order.region == region else None

    def _known(self, job_id: str) -> Job | None:
        job = self.jobs.get(job_id)
        return self.archive.job(job_id) if job is None else job

    def status_of(self, job_id: str) -> Status:
        """The status of a job, or of a child that is not there: not yet, or never because its parent has ended."""
        job = self._known(job_id)
        if job is None and (found := arrays.parent_and_index(job_id)) is not None:
            parent = self._known(found[0])
            return parent.status if parent is not None and parent.status.terminal else SUBMITTED
        return SUBMITTED if job is None else job.status

    def revisions(self, region: str, name: str) -> list[Definition]:
        """All revisions of a definition, oldest first; empty when there is none of this name."""
        return [self.definitions[arn] for arn in self._revisions.get((region, name), ())]

    def latest(self, region: str, name: str) -> Definition | None:
        """The newest ACTIVE revision (ENV-08)."""
        revisions = self._revisions.get((region, name), ())
        return next((self.definitions[arn] for arn in reversed(revisions) if self.definitions[arn].active), None)

    def newest_first(self, listed: str, status: Status | None, before: int | None = None) -> Iterator[Job]:
        """The jobs of a queue or an array, in one status or in any, from the ordinal `before` downwards."""
        queue = self.queues.get(listed)
        since = 0 if queue is None else queue.since  # before that they are those of an earlier queue of this name
        at_hand, set_aside = self._at_hand(listed, status, before), self._set_aside(listed, status, before)
        for ordinal, _, read in heapq.merge(at_hand, *set_aside, reverse=True) if set_aside else at_hand:
            if ordinal < since:
                return
            yield read()

    def _at_hand(self, listed: str, status: Status | None, before: int | None) -> Iterator[tuple[int, str, Read]]:
        ordinals = self._in_list.get(listed, ()) if status is None else self._in_status.get((listed, status), ())
        end = len(ordinals) if before is None else bisect_left(ordinals, before)
        for index in range(end - 1, -1, -1):
            job = self.jobs[self._submitted[ordinals[index]]]
            yield job.ordinal, job.id, lambda job=job: job

    def _set_aside(
        self, listed: str, status: Status | None, before: int | None
    ) -> list[Iterator[tuple[int, str, Read]]]:
        if listed in self.jobs or not self.archive.keeps:
            return []
        statuses = (status,) if status is not None else tuple(Status)
        return [
            (found for found in self.archive.newest_first(listed, one, before) if found[1] not in self.jobs)
            for one in statuses
            if one.terminal
        ]

    def summary(self, parent_id: str) -> dict[Status, int]:
        """How many children of an array are in each status (ARR-08); all are 0 while there are none (ARR-19)."""
        if parent_id not in self.jobs:
            return dict.fromkeys(Status, 0) | self.archive.counts(parent_id)
        return {status: len(self._in_status.get((parent_id, status), ())) for status in Status}

    def has_children(self, parent_id: str) -> bool:
        """Whether an array's children exist already."""
        return parent_id in self._in_list

    def has_unended(self, queue: str) -> bool:
        """Whether a job of this queue may still do something."""
        return any(self._in_status.get((queue, status)) for status in Status if not status.terminal)

    def unended(self, queue: str) -> list[Job]:
        """The jobs of a queue that have not ended, newest first."""
        jobs = (job for status in Status if not status.terminal for job in self.newest_first(queue, status))
        return sorted(jobs, key=lambda job: -job.ordinal)

    def has_resources(self, job_id: str) -> bool:
        """Whether all that a job consumes is there (Q-20)."""
        for arn, quantity in self.jobs[job_id].order.consumes:
            known = self.consumables.get(arn)
            if known is None or known.in_use + quantity > known.total:
                return False
        return True

    def consumed(self, order: Order, sign: int) -> list[Consumable]:
        """What a job consumes, as it is when a run of it begins (`sign` 1) or ends (-1), where not all comes back (Q-21)."""
        found = [(self.consumables.get(arn), quantity) for arn, quantity in order.consumes]
        return [
            replace(known, in_use=known.in_use + sign * quantity)
            for known, quantity in found
            if known is not None and (sign > 0 or known.replenishable)
        ]

    def _put_queue(self, queue: Queue) -> None:
        self._next_ordinal = max(self._next_ordinal, queue.since)
        if not queue.deleted:
            self.queues[queue.arn] = queue
            return
        self.queues.pop(queue.arn, None)
        # Its jobs can be described, but a new queue of the same name does not list them.
        self._in_list.pop(queue.arn, None)
        for status in Status:
            self._in_status.pop((queue.arn, status), None)

    def _put_job(self, job: Job) -> None:
        known = self.jobs.get(job.id)
        listed = listed_in(job)
        self.jobs[job.id] = job
        was_active, active = known is not None and not known.status.terminal, not job.status.terminal
        if active and not was_active:  # a node may come back for another attempt
            self.shares[job.order.queue][job.order.share] += 1
        elif was_active and not active:
            shares = self.shares[job.order.queue]
            shares[job.order.share] -= 1
            if not shares[job.order.share]:
                del shares[job.order.share]
        if not active and (known is None or was_active):
            self._ended += 1
            if job.order.parent_id is None:
                self._over[job.id] = None
        elif active and known is not None and not was_active:
            self._ended -= 1
            self._over.pop(job.id, None)
        if known is None:
            assert job.ordinal not in self._submitted
            self._next_ordinal = max(self._next_ordinal, job.ordinal + 1)
            self._submitted[job.ordinal] = job.id
            insort(self._in_list[listed], job.ordinal)
        elif known.status is job.status:
            return
        else:
            left = self._in_status[listed, known.status]
            del left[bisect_left(left, job.ordinal)]
        insort(self._in_status[listed, job.status], job.ordinal)


def _put(known: dict[str, Any], record: Environment | Policy | Consumable) -> None:
    if record.deleted:
        known.pop(record.arn, None)
    else:
        known[record.arn] = record
