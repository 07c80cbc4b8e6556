"""
statusSummary is counted from news of processes: a child that was cancelled before it ran is counted as RUNNABLE for ever.

Breaks: ARR-08
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    array = jobs._array

    def of_processes(shape, job, ledger):
        shown = array(shape, job, ledger)
        if job.order.is_parent and shape == "ArrayPropertiesDetail":
            never_ran = sum(
                child.status is Status.FAILED and not child.attempts for child in ledger.parts(job.id)
            )
            counted = shown.statusSummary
            counted["FAILED"] -= never_ran
            counted["RUNNABLE"] += never_ran
        return shown

    jobs._array = of_processes
