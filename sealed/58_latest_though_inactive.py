"""
A definition named without a revision means its highest revision; when that is INACTIVE the job is refused, though an older one is ACTIVE.

Breaks: ENV-08
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.ledger import Ledger


def break_it() -> None:
    def latest(self, region, name):
        revisions = self.revisions(region, name)
        return revisions[-1] if revisions else None

    Ledger.latest = latest
