"""
CancelJob "stops a job from being tried again", and so it stops the process where what runs is a second or later attempt.

Breaks: CANCEL-07
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import reasons
from batchproof.reference_impl.deciding.engine import Engine, Event
from batchproof.reference_impl.deciding.records import Configuration, Status


def break_it() -> None:
    requested = Engine._requested

    def _requested(self, request, job_id, event, reason):
        job = self.families.addressed(job_id)
        if job is not None and event is Event.CANCEL and job.status is Status.RUNNING and job.memory.attempt > 1:
            memory = job.memory._replace(is_cancelled=True, stop_accepted=True, retry_overridden=True)
            asking = reasons.asking(job, event, reason)
            self.changes.arrive(asking, Configuration(job.status, memory), reason=reason, acknowledge=request)
            return
        requested(self, request, job_id, event, reason)

    Engine._requested = _requested
