"""
A job that TerminateJob finds RUNNABLE gets the record of one that never ran: its earlier attempts are gone.

Breaks: CANCEL-21, TERM-03, RETRY-23
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import reasons
from batchproof.reference_impl.deciding.engine import Engine, Event
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    requested = Engine._requested

    def _requested(self, request, job_id, event, reason):
        job = self.families.addressed(job_id)
        if job is not None and event is Event.TERMINATE and job.status is Status.RUNNABLE and job.attempts:
            after = self.changes.stepped(job.at, event)
            asking = reasons.asking(job, event, reason)
            self.changes.arrive(asking, after, reason=reason, acknowledge=request, attempts=())
            return
        requested(self, request, job_id, event, reason)

    Engine._requested = _requested
