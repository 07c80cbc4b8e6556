"""Array jobs: a parent that never runs, and children that are jobs of their own.

Source  "Array jobs" in the user guide, ArrayPropertiesDetail and ListJobs in the API (ARR-01 to ARR-15).

The parent's status follows from its children's; it is the only status that no row of the table decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from .status import FAILED, PENDING, SUBMITTED, SUCCEEDED, Status

CHILD_FAILED = "Array Child Job failed"
"""statusReason of a parent some child of which has failed (ARR-07)."""

PARENT_STATUSES = (SUBMITTED, PENDING, SUCCEEDED, FAILED)
"""A parent is never RUNNABLE, STARTING or RUNNING (ARR-03)."""


def child_id(parent_id: str, index: int) -> str:
    """
    The id of a child: its parent's with its index, from 0 (ARR-02).

    >>> child_id("4f9c", 3)
    '4f9c:3'
    """
    return f"{parent_id}:{index}"


def parent_and_index(job_id: str) -> tuple[str, int] | None:
    """
    What the id of a child is made of, None for an id that is no child's.

    >>> parent_and_index("4f9c:3"), parent_and_index("4f9c"), parent_and_index("4f9c:03"), parent_and_index("4f9c#1")
    (('4f9c', 3), None, None, None)
    """
    parent_id, colon, digits = job_id.rpartition(":")
    if not colon or not (digits.isascii() and digits.isdigit()) or len(digits) > 5 or str(int(digits)) != digits:
        return None
    return parent_id, int(digits)


def status(summary: Mapping[Status, int], size: int) -> Status:
    """
    The status of a parent with `size` children, of which `summary` counts those that exist.

    It fails only when all are complete (ARR-06), and succeeds only if every one has (ARR-05). Until then it is PENDING
    (ARR-04), also while its children wait for others: it is not able to run for the same reason as they.

    >>> status({}, 2).value, status({Status.FAILED: 1, Status.RUNNING: 1}, 2).value
    ('SUBMITTED', 'PENDING')
    >>> status({Status.SUCCEEDED: 2}, 2).value, status({Status.SUCCEEDED: 1, Status.FAILED: 1}, 2).value
    ('SUCCEEDED', 'FAILED')
    """
    failed, succeeded = summary.get(FAILED, 0), summary.get(SUCCEEDED, 0)
    assert failed + succeeded <= size
    if failed + succeeded == size:
        return FAILED if failed else SUCCEEDED
    return PENDING if any(summary.values()) else SUBMITTED
