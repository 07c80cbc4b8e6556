"""What an array job's parent hands down to its children, and what becomes of it when one of them ends."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from ...model import arrays, dependencies
from ...model.dependencies import Waits
from ...model.status import FAILED, Status
from .records import Job, Order


def order_of_child(order: Order, index: int) -> Order:
    """The order of one child: definition, resources, retries and timeout are those of the whole (ARR-13)."""
    assert order.is_parent
    waits = Waits(order.depends_on, order.n_to_n, order.sequential)
    return replace(
        order,
        id=arrays.child_id(order.id, index),
        array_index=index,
        depends_on=dependencies.of_child(waits, order.id, index),
        n_to_n=(),
        sequential=False,
        late_refusal=None,
    )


def after_child(parent: Job, summary: Mapping[Status, int], now_ms: int) -> Job | None:
    """
    The parent once a child has ended, None where that changes nothing.

    Its reason is that of whoever asked for the end of the whole array, as on any job (CANCEL-14, TERM-13), else it says
    that a child failed (ARR-07).
    """
    assert parent.order.array_size is not None
    status = arrays.status(summary, parent.order.array_size)
    if status is parent.status:
        return None
    reason = (parent.asked or arrays.CHILD_FAILED) if status is FAILED else None
    stopped_at_ms = now_ms if status.terminal else None
    at = parent.at._replace(status=status)
    return replace(parent, at=at, stopped_at_ms=stopped_at_ms, status_reason=reason)
