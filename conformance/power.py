"""What the harness can bring about on a service, apart from calling it: declared by a target, needed by a rule."""

from __future__ import annotations

from enum import StrEnum


class Power(StrEnum):
    """
    What the harness can bring about on a target. A rule declares which it needs.

    The value is what the report says when the power is missing.
    """

    RUNS = "runs the commands of jobs"
    GATE = "jobs reach the kit's gate, so that the kit decides when and how they end"
    FAILS = "the kit can make an attempt fail"
    HOLDS_RUNNING = "the kit can keep a job RUNNING"
    HOLDS_PENDING = "the kit can keep a job PENDING"
    HOLDS_RUNNABLE = "the kit can keep a job RUNNABLE, in a queue without room"
    FRESH_READS = "DescribeJobs shows how things are now"


LOCAL = frozenset(Power)
"""A service on this machine that runs jobs as processes here: everything."""
