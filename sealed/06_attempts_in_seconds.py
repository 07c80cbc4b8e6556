"""
The times of an entry of `attempts` are in seconds; those of the job itself are in milliseconds.

Breaks: ST-26, ST-22
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs


def break_it() -> None:
    attempt_of = jobs._attempt

    def in_seconds(job, attempt):
        shown = attempt_of(job, attempt)
        shown.startedAt = None if shown.startedAt is None else shown.startedAt // 1000
        shown.stoppedAt = shown.stoppedAt // 1000
        return shown

    jobs._attempt = in_seconds
