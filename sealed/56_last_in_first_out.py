"""
The RUNNABLE jobs of a queue are a stack: the job that was submitted last goes first.

Breaks: Q-05
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.scheduling.scheduler import Line


def break_it() -> None:
    add = Line.add

    def on_top(self, job_id, ordinal, **rest):
        return add(self, job_id, -ordinal, **rest)

    Line.add = on_top
