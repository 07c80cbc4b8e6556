"""
container.logStreamName is filled in from the record of the ended attempt, so a RUNNING job has none.

Breaks: ST-28
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs


def break_it() -> None:
    container_of = jobs._container

    def without(job):
        shown = container_of(job)
        if job.run is not None:
            shown.logStreamName = None
        return shown

    jobs._container = without
