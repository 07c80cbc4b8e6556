"""Everything that enters the engine, and everything that it asks for.

`request` is the shell's own number of a caller who waits for an answer; the engine only hands it back. `number` says
which run of a job is meant, so that news of an earlier one cannot be taken for news of this one.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .records import Consumable, Definition, Environment, Order, Policy, Queue, Record


# What enters.
class EnvironmentPut(msgspec.Struct, frozen=True):
    """A compute environment was created or changed."""

    request: int
    environment: Environment


class QueuePut(msgspec.Struct, frozen=True):
    """A job queue was created or changed."""

    request: int
    queue: Queue


class QueueDeleted(msgspec.Struct, frozen=True):
    """DeleteJobQueue was found valid: its jobs are to end, and then it is gone (Q-02)."""

    request: int
    arn: str


class PolicyPut(msgspec.Struct, frozen=True):
    """A scheduling policy was created, changed or deleted."""

    request: int
    policy: Policy


class ConsumablePut(msgspec.Struct, frozen=True):
    """A consumable resource was created, changed or deleted; what is in use the engine knows better."""

    request: int
    consumable: Consumable


class JobTagged(msgspec.Struct, frozen=True):
    """The tags of a job are these now."""

    request: int
    job_id: str
    tags: Mapping[str, str]


class DefinitionPut(msgspec.Struct, frozen=True):
    """A revision of a job definition was registered or deregistered."""

    request: int
    definition: Definition


class Submitted(msgspec.Struct, frozen=True):
    """SubmitJob was found valid."""

    request: int
    order: Order


class CancelRequested(msgspec.Struct, frozen=True):
    """CancelJob was found valid. The job need not exist (CANCEL-10)."""

    request: int
    job_id: str
    reason: str


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


class DeadlinePassed(msgspec.Struct, frozen=True):
    """The point in time that a SetDeadline asked for has come."""

    job_id: str
    number: int


Event = (
    EnvironmentPut
    | QueuePut
    | QueueDeleted
    | PolicyPut
    | ConsumablePut
    | DefinitionPut
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
)


# What it asks for, to be done in the order given.
class Save(msgspec.Struct, frozen=True):
    """Keep this record; whatever follows may be done only when it is kept."""

    record: Record


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


Effect = Save | Acknowledge | Spawn | Stop | SetDeadline
