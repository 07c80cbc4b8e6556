"""
TerminateJob on a job that waits for others ends it by the code that fails dependents, which writes its own statusReason.

Breaks: TERM-13, TERM-03
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.dependencies import DEPENDENCY_FAILED
from batchproof.reference_impl.deciding.engine import Engine, Event
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    requested = Engine._requested

    def _requested(self, request, job_id, event, reason):
        job = self.families.addressed(job_id)
        if (
            job is not None
            and event is Event.TERMINATE
            and job.status is Status.PENDING
            and not (job.order.is_parent and self.ledger.has_children(job_id))
        ):
            reason = DEPENDENCY_FAILED
        requested(self, request, job_id, event, reason)

    Engine._requested = _requested
