"""
ListJobs shows isCancelled of every job, false included.

Breaks: LIST-12, CANCEL-15
"""

from __future__ import annotations

from batchproof.reference_impl.operations import listing


def break_it() -> None:
    summary = listing.summary

    def with_flag(job, ledger):
        shown = summary(job, ledger)
        shown.isCancelled = job.memory.is_cancelled
        return shown

    listing.summary = with_flag
