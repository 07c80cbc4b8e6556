"""
CancelJob takes a job out of the queue only if it has no attempt yet; one that waits for its next attempt "has started".

Breaks: CANCEL-21, CANCEL-05
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import reasons
from batchproof.reference_impl.deciding.engine import Engine, Event
from batchproof.reference_impl.deciding.records import Configuration, Status


def break_it() -> None:
    requested = Engine._requested

    def _requested(self, request, job_id, event, reason):
        job = self.families.addressed(job_id)
        if job is not None and event is Event.CANCEL and job.status is Status.RUNNABLE and job.attempts:
            flagged = Configuration(job.status, job.memory._replace(is_cancelled=True))
            self.changes.arrive(reasons.asking(job, event, reason), flagged, acknowledge=request)
            return
        requested(self, request, job_id, event, reason)

    Engine._requested = _requested
