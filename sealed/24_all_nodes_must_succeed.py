"""
A multi-node job SUCCEEDED only if every node that has ended did: one that failed by itself makes the job FAILED.

Breaks: MNP-05, MNP-06
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding.changes import Changes, nodes
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    mirrored = nodes.mirrored

    def mirror(self, main):
        job = self.ledger.jobs[main.order.parent_id]
        shown = mirrored(job, main)
        failed = [
            node
            for node in nodes.others(self.ledger, main)
            if node.status is Status.FAILED and node.terminate_reason is None
        ]
        if main.status is Status.SUCCEEDED and failed:
            shown = replace(
                shown, at=shown.at._replace(status=Status.FAILED), status_reason=failed[0].status_reason
            )
        if shown != job:
            self.keep(shown, job)

    Changes.mirror = mirror
