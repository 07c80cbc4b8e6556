"""
In a SEQUENTIAL array the second child waits for nobody; only from the third on each waits for the one before.

Breaks: DEP-12
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding import parents


def break_it() -> None:
    order_of_child = parents.order_of_child

    def off_by_one(order, index):
        child = order_of_child(order, index)
        if order.sequential and index == 1:
            return replace(child, depends_on=tuple(one for one in child.depends_on if one != f"{order.id}:0"))
        return child

    parents.order_of_child = off_by_one
