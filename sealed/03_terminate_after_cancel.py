"""
"A job is ended once": TerminateJob on a running job that was sent a CancelJob before is answered, and does nothing.

Breaks: TERM-28, TERM-02
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.engine import Engine, Event
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    requested = Engine._requested

    def _requested(self, request, job_id, event, reason):
        job = self.families.addressed(job_id)
        if (
            job is not None
            and event is Event.TERMINATE
            and job.status in (Status.STARTING, Status.RUNNING)
            and job.cancel_reason is not None
        ):
            self._acknowledge(request)
            return
        requested(self, request, job_id, event, reason)

    Engine._requested = _requested
