"""
A cancelled PENDING job stays PENDING, as it should; when its dependencies have all succeeded nobody remembers the cancel, and it runs.

Breaks: CANCEL-05, CANCEL-04
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding.dependencies import Dependencies
from batchproof.reference_impl.deciding.records import Configuration, Status


def break_it() -> None:
    look_at = Dependencies.look_at

    def forgetting(self, job_id):
        ledger = self._changes.ledger
        job = ledger.jobs[job_id]
        asked = job.memory.removal_accepted and not job.memory.stop_accepted
        if job.status is Status.PENDING and asked and self.books.of(job_id) == (False, False):
            memory = job.memory._replace(removal_accepted=False, retry_overridden=False)
            ledger.put(replace(job, at=Configuration(job.status, memory)))
        look_at(self, job_id)

    Dependencies.look_at = forgetting
