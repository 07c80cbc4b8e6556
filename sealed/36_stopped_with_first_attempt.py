"""
stoppedAt is written when an attempt ends, unless it is there already: a job that was retried shows that of its first attempt.

Breaks: ST-24, ST-26
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs, listing


def break_it() -> None:
    def first(shape):
        def shown(job, ledger):
            made = shape(job, ledger)
            if made.stoppedAt is not None and job.attempts:
                made.stoppedAt = job.attempts[0].stopped_at_ms
            return made

        return shown

    jobs.detail = first(jobs.detail)
    jobs.summary = listing.summary = first(listing.summary)
