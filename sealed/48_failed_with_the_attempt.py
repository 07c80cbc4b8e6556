"""
A failed attempt of a job fails those that depend on it, although the job itself is tried again.

Breaks: DEP-07
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.engine import Engine, Exited
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    take = Engine._take

    def hasty(self, given):
        take(self, given)
        job = self.ledger.jobs.get(given.job_id) if isinstance(given, Exited) else None
        if job is not None and job.status is Status.RUNNABLE and job.attempts:
            books = self.dependencies.books
            for dependent in list(books._dependents.get(job.order.shown_id, ())):
                books._judge(dependent, Status.FAILED)
                self.dependencies.look_at(dependent)

    Engine._take = hasty
