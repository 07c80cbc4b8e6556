"""
CancelJob on a RUNNABLE job is handed to the retry logic as a failed attempt, so with attempts left the job goes on waiting and runs.

Breaks: CANCEL-18, CANCEL-05, RETRY-20
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import reasons
from batchproof.reference_impl.deciding.engine import Engine, Event
from batchproof.reference_impl.deciding.records import Configuration, Status


def break_it() -> None:
    requested = Engine._requested

    def _requested(self, request, job_id, event, reason):
        job = self.families.addressed(job_id)
        if (
            job is not None
            and event is Event.CANCEL
            and job.status is Status.RUNNABLE
            and job.memory.attempt + 1 < job.memory.attempts
        ):
            memory = job.memory._replace(is_cancelled=True, attempt=job.memory.attempt + 1)
            asking = reasons.asking(job, event, reason)
            self.changes.arrive(asking, Configuration(job.status, memory), acknowledge=request)
            return
        requested(self, request, job_id, event, reason)

    Engine._requested = _requested
