"""
CancelJobs and TerminateJobs go through the ids one after the other and leave the loop at a malformed one: those behind are in neither list.

Breaks: BULK-04, BULK-11
"""

from __future__ import annotations

from batchproof.reference_impl.operations import bulk


def break_it() -> None:
    def _sorted_out(ids):
        well_formed, malformed = [], []
        for one in dict.fromkeys(ids):
            if not bulk.JOB_ID.fullmatch(one):
                malformed.append(one)
                break
            well_formed.append(one)
        return well_formed, malformed

    bulk._sorted_out = _sorted_out
