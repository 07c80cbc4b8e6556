"""
An evaluateOnExit entry with RETRY that matches the end of an attempt is obeyed before anybody looks whether it was terminated.

Breaks: TERM-12, RETRY-20
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding.records import Configuration
from batchproof.reference_impl.deciding.run_news import Ended, RunNews


def break_it() -> None:
    ended = RunNews.ended

    def wrong(self, job_id, number, end):
        job = self._running(job_id, number)
        if job is not None and job.memory.stop_accepted and end.ended is Ended.EXITED and end.exit_code:
            first = next((entry for entry in job.order.strategy.evaluate_on_exit if entry.matches(end)), None)
            if first is not None and first.action.value == "RETRY":
                memory = job.memory._replace(retry_overridden=False, stop_accepted=False, stop_sent=False)
                self._changes.ledger.put(replace(job, at=Configuration(job.status, memory)))
        ended(self, job_id, number, end)

    RunNews.ended = wrong
