"""
The timeout stays with the parent of an array, and no timer is set for its children, which only show it.

Breaks: TO-10, ARR-13
"""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding import parents


def break_it() -> None:
    order_of_child = parents.order_of_child

    def without(order, index):
        return replace(order_of_child(order, index), timeout_s=None)

    parents.order_of_child = without
