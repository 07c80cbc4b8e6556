"""
container.exitCode is read from the first entry of `attempts`: a job that failed once and then SUCCEEDED shows the code of the failure.

Breaks: ST-08
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs


def break_it() -> None:
    container_of = jobs._container

    def of_first(job):
        shown = container_of(job)
        if job.run is None and job.attempts:
            shown.exitCode, shown.reason = job.attempts[0].exit_code, job.attempts[0].reason
        return shown

    jobs._container = of_first
