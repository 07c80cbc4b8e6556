"""
ListJobs shows isTerminated while a job is being stopped, and not any more when it has FAILED.

Breaks: TERM-14
"""

from __future__ import annotations

from batchproof.reference_impl.operations import listing


def break_it() -> None:
    summary = listing.summary

    def without(job, ledger):
        shown = summary(job, ledger)
        if job.status.terminal:
            shown.isTerminated = None
        return shown

    listing.summary = without
