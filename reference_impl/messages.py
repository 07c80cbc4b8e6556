"""Everything that enters the engine, and everything that it asks for.

`request` is the shell's own number of a caller who waits for an answer; the engine only hands it back. `number` says
which run of a job is meant, so that news of an earlier one cannot be taken for news of this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .records import Consumable, Definition, Environment, Job, Order, Policy, Queue, Record


# What enters.
@dataclass(frozen=True, slots=True)
class Put:
    """Something that jobs refer to was created, changed or deleted. What is in use of a consumable the engine knows better."""

    request: int
    record: Environment | Queue | Policy | Consumable | Definition


@dataclass(frozen=True, slots=True)
class QueueDeleted:
    """DeleteJobQueue was found valid: its jobs are to end, and then it is gone (Q-02)."""

    request: int
    arn: str


@dataclass(frozen=True, slots=True)
class JobTagged:
    """The tags of a job are these now."""

    request: int
    job_id: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Submitted:
    """SubmitJob was found valid."""

    request: int
    order: Order


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """CancelJob was found valid. The job need not exist (CANCEL-10)."""

    request: int
    job_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TerminateRequested:
    """TerminateJob was found valid. The job need not exist (TERM-17)."""

    request: int
    job_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoseHostRequested:
    """Somebody wants the host under this job's run to go away, to see what happens then."""

    request: int
    job_id: str


@dataclass(frozen=True, slots=True)
class Started:
    """The process of a run is up."""

    job_id: str
    number: int


@dataclass(frozen=True, slots=True)
class StartFailed:
    """The process of a run never came up; `reason` says why, for `container.reason`."""

    job_id: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Exited:
    """The process of a run is gone. `exit_code` is its own, or 128 + n when it died of signal n."""

    job_id: str
    number: int
    exit_code: int


@dataclass(frozen=True, slots=True)
class HostLost:
    """A run is gone, and nobody knows how it ended; `reason` begins with "Host EC2" as AWS's does (RETRY-30)."""

    job_id: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The point in time that a SetDeadline asked for has come."""

    job_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Retire:
    """Some of the jobs that ended at this point in time or before, and that nobody waits for, are to be forgotten."""

    ended_before_ms: int


Event = (
    Put
    | QueueDeleted
    | JobTagged
    | Submitted
    | CancelRequested
    | TerminateRequested
    | LoseHostRequested
    | Started
    | StartFailed
    | Exited
    | HostLost
    | DeadlinePassed
    | Retire
)


# What it asks for, to be done in the order given.
@dataclass(frozen=True, slots=True)
class Save:
    """Keep this record; whatever follows may be done only when it is kept."""

    record: Record


@dataclass(frozen=True, slots=True)
class Forget:
    """This job is kept no longer, and its files are not needed."""

    job: Job


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Tell the caller that the request was accepted."""

    request: int


@dataclass(frozen=True, slots=True)
class Spawn:
    """Start the process of a run. `environment` is the job's own; the launcher adds PATH, HOME and LANG."""

    job_id: str
    number: int
    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stop:
    """SIGTERM to the processes of a run, and SIGKILL `grace_ms` later; with no grace time SIGKILL at once."""

    job_id: str
    number: int
    grace_ms: int


@dataclass(frozen=True, slots=True)
class SetDeadline:
    """Report DeadlinePassed at this point in time, not earlier."""

    job_id: str
    number: int
    at_ms: int


Effect = Save | Forget | Acknowledge | Spawn | Stop | SetDeadline
