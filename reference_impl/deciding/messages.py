"""Everything that enters the engine, and everything that it asks for.

`request` is the shell's own number of a caller who waits for an answer; the engine only hands it back. `number` says
which run of a job is meant, so that news of an earlier one cannot be taken for news of this one.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .records import Consumable, Definition, Environment, Job, Order, Policy, Queue, Record

NO_RUN = 0
"""Runs count from 1; a deadline for run 0 is one of the job in its queue."""


# What enters.
class Put(msgspec.Struct, frozen=True):
    """Something that jobs refer to was created, changed or deleted. What is in use of a consumable the engine knows better."""

    request: int
    record: Environment | Queue | Policy | Consumable | Definition


class QueueDeleted(msgspec.Struct, frozen=True):
    """DeleteJobQueue was found valid: its jobs are to end, and then it is gone (Q-02)."""

    request: int
    arn: str


class JobTagged(msgspec.Struct, frozen=True):
    """The tags of a job are these now."""

    request: int
    job_id: str
    tags: Mapping[str, str]


class Submitted(msgspec.Struct, frozen=True):
    """SubmitJob was found valid."""

    request: int
    order: Order


class CancelRequested(msgspec.Struct, frozen=True):
    """CancelJob was found valid. The job need not exist (CANCEL-10)."""

    request: int
    job_id: str
    reason: str


class SetAside(msgspec.Struct, frozen=True):
    """These jobs, as they were, and their families are kept in the archive: they need not be at hand any more."""

    jobs: tuple[Job, ...]


class TerminateRequested(msgspec.Struct, frozen=True):
    """TerminateJob was found valid. The job need not exist (TERM-17)."""

    request: int
    job_id: str
    reason: str


class LoseHostRequested(msgspec.Struct, frozen=True):
    """Somebody wants the host under this job's run to go away, to see what happens then."""

    request: int
    job_id: str


class Started(msgspec.Struct, frozen=True):
    """The process of a run is up."""

    job_id: str
    number: int


class StartFailed(msgspec.Struct, frozen=True):
    """The process of a run never came up; `reason` says why, for `container.reason`."""

    job_id: str
    number: int
    reason: str


class Exited(msgspec.Struct, frozen=True):
    """The process of a run is gone. `exit_code` is its own, or 128 + n when it died of signal n."""

    job_id: str
    number: int
    exit_code: int


class HostLost(msgspec.Struct, frozen=True):
    """A run is gone, and nobody knows how it ended; `reason` begins with "Host EC2" as AWS's does (RETRY-30)."""

    job_id: str
    number: int
    reason: str


Reported = Started | StartFailed | Exited | HostLost
"""What a host reports of runs."""


class DeadlinePassed(msgspec.Struct, frozen=True):
    """The point in time that a SetDeadline asked for has come."""

    job_id: str
    number: int


class Retire(msgspec.Struct, frozen=True):
    """Some of the jobs that ended at this point in time or before, and that nobody waits for, are to be forgotten."""

    ended_before_ms: int


Input = (
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
    | SetAside
)


# What it asks for, to be done in the order given.
class Save(msgspec.Struct, frozen=True):
    """Keep this record; whatever follows may be done only when it is kept."""

    record: Record


class Forget(msgspec.Struct, frozen=True):
    """This job is kept no longer, and its files are not needed."""

    job: Job


class Acknowledge(msgspec.Struct, frozen=True):
    """Tell the caller that the request was accepted."""

    request: int


class Spawn(msgspec.Struct, frozen=True):
    """Start the process of a run. `environment` is the job's own; the launcher adds PATH, HOME and LANG."""

    job_id: str
    number: int
    command: tuple[str, ...]
    environment: Mapping[str, str]


class Stop(msgspec.Struct, frozen=True):
    """SIGTERM to the processes of a run, and SIGKILL `grace_ms` later; with no grace time SIGKILL at once."""

    job_id: str
    number: int
    grace_ms: int


class SetDeadline(msgspec.Struct, frozen=True):
    """Report DeadlinePassed at this point in time, not earlier."""

    job_id: str
    number: int
    at_ms: int


Effect = Save | Forget | Acknowledge | Spawn | Stop | SetDeadline
