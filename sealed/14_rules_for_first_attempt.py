"""
evaluateOnExit is looked at when the first attempt has failed; after a later one it is only counted whether attempts are left.

Breaks: RETRY-27
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding.run_news import RunNews, attempts


def break_it() -> None:
    ended = RunNews.ended

    def wrong(self, job_id, number, end):
        job = self._running(job_id, number)
        if job is not None and job.attempts:
            without = attempts.RetryStrategy(job.order.strategy.attempts)
            self._changes.ledger.put(replace(job, order=replace(job.order, strategy=without)))
        ended(self, job_id, number, end)

    RunNews.ended = wrong
