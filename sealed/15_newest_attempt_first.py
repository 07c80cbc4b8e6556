"""
DescribeJobs shows `attempts` as the database gives them, newest first.

Breaks: RETRY-23
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs


def break_it() -> None:
    detail = jobs.detail

    def newest_first(job, ledger):
        shown = detail(job, ledger)
        shown.attempts = shown.attempts[::-1]
        return shown

    jobs.detail = newest_first
