"""
Tags of a job and its definition are propagated without a look at how many there are together, so such a job runs.

Breaks: ST-15
"""

from __future__ import annotations

from batchproof.reference_impl.operations import submission


def break_it() -> None:
    late_refusal = submission._late_refusal

    def of_overrides(request, definition):
        refusal = late_refusal(request, definition)
        return refusal if refusal is not None and refusal.startswith("Container Overrides") else None

    submission._late_refusal = of_overrides
