"""
nodeDetails says of node 0 that it is the main node, whichever mainNode names.

Breaks: MNP-12
"""

from __future__ import annotations

from batchproof.reference_impl.operations import jobs


def break_it() -> None:
    node = jobs._node

    def first(shape, job):
        shown = node(shape, job)
        if shown is not None:
            shown.isMainNode = job.order.node_index == 0
        return shown

    jobs._node = first
