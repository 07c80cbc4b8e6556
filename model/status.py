"""The seven statuses of a job, in AWS's own words, and which of them end a life.

Source: JobStatus in the Batch service model (ST-01). There is no CANCELLED and no TERMINATED: both show as FAILED.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What `status` of DescribeJobs and ListJobs can be (ST-01)."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"

    @property
    def terminal(self) -> bool:
        """
        Whether a job never leaves this status (ST-10).

        >>> [status.value for status in Status if status.terminal]
        ['SUCCEEDED', 'FAILED']
        """
        return self in TERMINAL


SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED, FAILED = Status

BEFORE_STARTING = (SUBMITTED, PENDING, RUNNABLE)
"""Where CancelJob still removes a job (CANCEL-02 to CANCEL-04)."""

STARTED = (STARTING, RUNNING)
"""Where only TerminateJob ends a job (CANCEL-06, CANCEL-07, TERM-02)."""

TERMINAL = (SUCCEEDED, FAILED)
