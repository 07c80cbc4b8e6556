"""
The other nodes are launched with the first attempt of the main node, and not again with a second.

Breaks: RETRY-34
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.families import Families


def break_it() -> None:
    start_nodes = Families._start_nodes

    def once(self, main):
        if not main.attempts:
            start_nodes(self, main)

    Families._start_nodes = once
