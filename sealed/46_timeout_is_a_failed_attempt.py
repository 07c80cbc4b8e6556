"""
An attempt that its timeout has ended is one that failed, so the job is tried again where attempts are left.

Breaks: TO-06, RETRY-20
"""

from __future__ import annotations

from dataclasses import replace as changed

from msgspec.structs import replace

from batchproof.reference_impl.deciding.reasons import TOO_LATE
from batchproof.reference_impl.deciding.records import Configuration
from batchproof.reference_impl.deciding.run_news import RunNews


def break_it() -> None:
    ended = RunNews.ended

    def wrong(self, job_id, number, end):
        job = self._running(job_id, number)
        if job is not None and job.memory.timed_out and not job.memory.stop_accepted and end.exit_code:
            memory = job.memory._replace(timed_out=False, retry_overridden=False, stop_sent=False)
            self._changes.ledger.put(replace(job, at=Configuration(job.status, memory)))
            end = changed(end, status_reason=TOO_LATE)
        ended(self, job_id, number, end)

    RunNews.ended = wrong
