"""
The filter JOB_DEFINITION reduces an ARN to its name, and so shows jobs of every revision.

Breaks: LIST-05
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import arns
from batchproof.reference_impl.operations import listing


def break_it() -> None:
    of_definition = listing._of_definition

    def of_name(value):
        if value.startswith("arn:") and not value.endswith("*"):
            return of_definition(arns.short(value).partition(":")[0])
        return of_definition(value)

    listing._of_definition = of_name
