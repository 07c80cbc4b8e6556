"""
An array's parent gets the status of the child that ended last, so an early failure is forgotten.

Breaks: ARR-05, ARR-06
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding import parents
from batchproof.reference_impl.deciding.families import Families
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    ended, after_child = Families.ended, parents.after_child
    last = {}

    def noting(self, job_id):
        job = self._jobs.get(job_id)
        if job is not None and job.order.array_index is not None:
            last[job.order.parent_id] = job.status
        ended(self, job_id)

    def like_last(parent, summary, now_ms):
        after = after_child(parent, summary, now_ms)
        if after is None or not after.status.terminal:
            return after
        status = last.get(parent.id, after.status)
        reason = after.status_reason if status is Status.FAILED else None
        return replace(after, at=after.at._replace(status=status), status_reason=reason)

    Families.ended, parents.after_child = noting, like_last
