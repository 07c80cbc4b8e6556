"""
A queue's compute environments are tried in the order in which the request lists them; `order` is only remembered.

Breaks: Q-04
"""

from __future__ import annotations

from batchproof.reference_impl.operations import queues


def break_it() -> None:
    ordered = queues._order

    def as_listed(call, entries):
        known = {entry["order"]: entry for entry in ordered(call, entries)}
        return [known[entry.order] for entry in entries or ()]

    queues._order = as_listed
