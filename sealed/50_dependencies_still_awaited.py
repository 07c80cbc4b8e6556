"""
dependsOn shows what a job still waits for, so entries vanish as their jobs end.

Breaks: DEP-23
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs


def break_it() -> None:
    detail = jobs.detail

    def awaited(job, ledger):
        shown = detail(job, ledger)
        shown.dependsOn = [
            entry
            for entry in shown.dependsOn or ()
            if "jobId" not in entry or not ledger.status_of(entry["jobId"]).terminal
        ]
        return shown

    jobs.detail = awaited
