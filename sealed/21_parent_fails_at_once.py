"""
An array's parent is FAILED as soon as one of its children is, while others still run.

Breaks: ARR-06
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding import parents
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    after_child = parents.after_child

    def at_once(parent, summary, now_ms):
        if parent.status.terminal:
            return None
        if summary.get(Status.FAILED, 0):
            at = parent.at._replace(status=Status.FAILED)
            reason = parent.asked or "Array Child Job failed"
            return replace(parent, at=at, stopped_at_ms=now_ms, status_reason=reason)
        return after_child(parent, summary, now_ms)

    parents.after_child = at_once
