"""
SubmitJob refuses 20 dependencies with the message that there cannot be more than 20: the comparison is >= where it should be >.

Breaks: DEP-01
"""

from __future__ import annotations

from batchproof.reference_impl.http.errors import ClientException
from batchproof.reference_impl.operations import submission


def break_it() -> None:
    waits = submission._waits

    def refusing(call, entries, array_size):
        if len(entries or ()) >= 20:
            raise ClientException("Job cannot have more than 20 dependencies")
        return waits(call, entries, array_size)

    submission._waits = refusing
