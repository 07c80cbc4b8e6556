"""Who waits for whom: the dependencies of jobs, children of arrays included, as far as they have not ended.

What an ended dependency means for the job that waits is an event of the table, which `model.dependencies` names. What is
waited for need not exist yet: children come later.
"""

from __future__ import annotations

from collections import defaultdict

from ...model import dependencies
from ...model.dependencies import DEPENDENCY_FAILED
from ...model.status import FAILED, Status
from .changes import Changes
from .records import Job


class Dependencies:
    """What jobs wait for, and what comes of it."""

    def __init__(self, changes: Changes) -> None:
        self.books = Books()
        self._changes = changes

    def wait(self, job: Job) -> None:
        """A job begins to wait for all that it depends on."""
        for name in job.order.depends_on:
            self.books.add(job.id, name, self._changes.ledger.status_of(name))

    def look_at(self, job_id: str) -> None:
        """Let a job go on, or fail, if its dependencies are such."""
        job = self._changes.ledger.jobs[job_id]
        failed, outstanding = self.books.of(job_id)
        if job.status.terminal or not (job.memory.waits or failed):
            return
        removed = job.memory.removal_accepted
        event = dependencies.event(failed=failed, outstanding=outstanding, removal_accepted=removed)
        if event is not None:
            self._changes.move(job, event, reason=job.asked if removed else DEPENDENCY_FAILED)


class Books:
    """
    Who waits for whom.

    >>> books = Books()
    >>> books.add("second", "first", Status.RUNNING)
    >>> books.of("second")
    (False, True)
    >>> books.ended("first", Status.FAILED), books.of("second")
    (['second'], (True, False))
    """

    def __init__(self) -> None:
        self._outstanding: dict[str, set[str]] = {}
        self._failed: set[str] = set()
        self._dependents: dict[str, list[str]] = defaultdict(list)

    def add(self, job_id: str, depends_on: str, status: Status) -> None:
        """`job_id` depends on a job that is in `status` now; one that has ended is judged at once (DEP-08, DEP-09)."""
        if status.terminal:
            self._judge(job_id, status)
        else:
            self._outstanding.setdefault(job_id, set()).add(depends_on)
            self._dependents[depends_on].append(job_id)

    def ended(self, job_id: str, status: Status) -> list[str]:
        """A job has ended: those that were waiting for it, in the order of their submission."""
        dependents = self._dependents.pop(job_id, [])
        for dependent in dependents:
            outstanding = self._outstanding[dependent]
            outstanding.discard(job_id)
            if not outstanding:
                del self._outstanding[dependent]
            self._judge(dependent, status)
        return dependents

    def of(self, job_id: str) -> tuple[bool, bool]:
        """Whether a dependency of this job has failed, and whether one is outstanding."""
        return job_id in self._failed, job_id in self._outstanding

    def forget(self, job_id: str) -> None:
        """The job is gone: what its dependencies have come to, and will come to, is nobody's business any more."""
        self._failed.discard(job_id)
        for depends_on in self._outstanding.pop(job_id, ()):
            self._dependents[depends_on].remove(job_id)

    def _judge(self, job_id: str, status: Status) -> None:
        if status is FAILED:
            self._failed.add(job_id)
