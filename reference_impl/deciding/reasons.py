"""What statusReason shows of a job or an attempt that has ended, in AWS's own words where they are known."""

from __future__ import annotations

from msgspec.structs import replace

from ...model.event import Event
from . import arns
from .records import Job

EXITED_BY_ITSELF = "Essential container in task exited"
NEVER_STARTED = "Task failed to start"
TOO_LATE = "Job attempt duration exceeded timeout"  # TO-12
QUEUE_DELETED = "JobQueue deleted"


def host_lost(job_id: str, number: int) -> str:
    """Of an attempt whose host went away (RETRY-30)."""
    return f"Host EC2 (instance {arns.instance(job_id, number)}) terminated."


def of_stop(job: Job) -> str | None:
    """Of an attempt to which SIGTERM was sent: the caller's reason first (TERM-13, TERM-27)."""
    if job.memory.stop_accepted:
        return job.asked
    return TOO_LATE if job.memory.timed_out else job.asked


def asking(job: Job, event: Event, reason: str) -> Job:
    """The job with the reason of a request; what was asked first stays (CANCEL-23)."""
    member = "cancel_reason" if event is Event.CANCEL else "terminate_reason"
    return replace(job, **{member: getattr(job, member) or reason})
