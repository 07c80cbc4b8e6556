"""
The filter JOB_NAME compares names letter by letter, capitals and small letters apart.

Breaks: LIST-04
"""

from __future__ import annotations

from batchproof.reference_impl.operations import listing


def break_it() -> None:
    wanted = listing._wanted

    def as_written(filters):
        fits_job = wanted(filters)
        if filters[0].name != "JOB_NAME":
            return fits_job
        fits = listing._pattern(filters[0].values[0])
        return lambda job: fits(job.order.name)

    listing._wanted = as_written
