"""What a verdict takes for granted about a service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumptions:
    """
    What a verdict takes for granted about the service; the report says which of them would excuse it.

    fresh_reads   DescribeJobs shows how things are, not how they were
    prompt_calls  a request that was answered with success has taken effect
    no_faults     no host is lost, no start fails, no queue is deleted
    capacity      a full queue starts nothing
    deadline      what is urgent happens within the target's deadline
    """

    fresh_reads: bool = True
    prompt_calls: bool = True
    no_faults: bool = True
    capacity: bool = True
    deadline: bool = True
