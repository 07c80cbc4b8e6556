"""
N_TO_N is accepted and taken for a plain dependency: no child begins before the whole other array has succeeded.

Breaks: DEP-14, DEP-15
"""

from __future__ import annotations

from batchproof.reference_impl.operations import submission
from batchproof.reference_impl.operations.submission import Waits


def break_it() -> None:
    waits_of = submission._waits

    def plain(call, entries, array_size):
        waits = waits_of(call, entries, array_size)
        return Waits((*waits.whole, *waits.n_to_n), (), waits.sequential)

    submission._waits = plain
