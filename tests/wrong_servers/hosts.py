"""Servers that get lost hosts wrong."""

from __future__ import annotations

from batchproof.reference_impl.deciding import reasons

from .defining import breaks


@breaks("RETRY-30", reach="RETRY-19 RETRY-30")
def a_lost_host_has_another_reason(parts):
    """statusReason says "Instance i-... was terminated"."""
    right = reasons.host_lost
    reasons.host_lost = lambda job_id, number: right(job_id, number).replace("Host EC2 (instance", "Instance (")
    return parts
