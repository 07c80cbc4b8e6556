"""
A job that fails because of a dependency has no statusReason: nobody ever sets it there.

Breaks: DEP-05
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import dependencies


def break_it() -> None:
    dependencies.DEPENDENCY_FAILED = None
