"""What the server remembers: compute environments, queues, definitions, jobs. Plain frozen data, fit to be stored.

Units   names end in theirs: `_ms` are milliseconds (since 1970 for a point in time), `_mcpus` thousandths of a vCPU.
Ends    what is deleted is saved once more with `deleted`, so that a store needs to know records only.
Shapes  a member called `registered`, `created` or `container` is the JSON that clients sent or see, as plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...model.attempts import RetryStrategy
from ...model.machine import Configuration
from ...model.memory import Memory
from ...model.multinode import STOPPED_WITH_MAIN
from ...model.status import Status

ONCE = RetryStrategy()
"""Without a retry strategy a job has one attempt (RETRY-02)."""


class Environment(msgspec.Struct, frozen=True):
    """
    A compute environment. `max_mcpus` and `max_memory_mib` are its capacity, None where nothing bounds it; `multinode` says
    whether it takes multi-node jobs (MNP-10).
    """

    arn: str
    enabled: bool
    max_mcpus: int | None
    created: Mapping[str, Any]
    max_memory_mib: int | None = None
    deleted: bool = False
    multinode: bool = True


class Queue(msgspec.Struct, frozen=True):
    """
    A job queue. `environments` are ARNs in the order in which they are tried (Q-04); jobs from the ordinal `since` on are its
    own, those before it were of a queue of the same name.
    """

    arn: str
    region: str
    name: str
    enabled: bool
    priority: int
    environments: tuple[str, ...]
    created: Mapping[str, Any]
    deleted: bool = False
    policy: str | None = None
    since: int = 0

    @property
    def deleting(self) -> bool:
        """Whether it is gone as soon as its last job has ended (Q-02)."""
        return self.created.get("status") == "DELETING"


class Policy(msgspec.Struct, frozen=True):
    """A scheduling policy; only queues that have one have shares (Q-08)."""

    arn: str
    created: Mapping[str, Any]
    deleted: bool = False


class Consumable(msgspec.Struct, frozen=True):
    """
    A consumable resource. What is not replenishable stays in use when its job has ended (Q-21). `updates` are the latest
    that came with a token, each with its time: the same one again is no other (SVC-16).
    """

    arn: str
    total: int
    replenishable: bool
    created: Mapping[str, Any]
    in_use: int = 0
    deleted: bool = False
    updates: tuple[tuple[str, int], ...] = ()


class Definition(msgspec.Struct, frozen=True):
    """One revision of a job definition, with all that was registered and nothing else."""

    arn: str
    region: str
    name: str
    revision: int
    active: bool
    registered: Mapping[str, Any]


class Group(msgspec.Struct, frozen=True):
    """Nodes of a multi-node job that run the same; `targets` says which, as `0:3` does."""

    targets: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    container: Mapping[str, Any]
    mcpus: int
    memory_mib: int = 0


class Nodes(msgspec.Struct, frozen=True):
    """What a multi-node job is made of. `main` is the index of the node that decides."""

    count: int
    main: int
    groups: tuple[Group, ...]


class Order(msgspec.Struct, frozen=True):
    """
    What SubmitJob asked for, after definition and overrides were put together. Its tags alone ever change.

    `command` has its `Ref::` parts replaced (ENV-04); `environment` is what the process gets beside AWS_BATCH_*;
    `depends_on` names each job that must have succeeded, once; `n_to_n` and `sequential` are what the children of an array
    wait for beside that. `array_size` is there on an array's parent and its children, `array_index` on children only;
    `nodes` on a multi-node job and its nodes, `node_index` on nodes only.
    `late_refusal` is why the job is accepted first and failed later (ST-15, ENV-09).
    `share` and `priority` decide in fair-share queues (Q-07), `consumes` are ARNs and quantities (Q-20).
    `members` are those of JobDetail that are settled at submission.
    """

    id: str
    region: str
    name: str
    queue: str
    definition: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    container: Mapping[str, Any]
    members: Mapping[str, Any]
    mcpus: int = 1000
    memory_mib: int = 0
    strategy: RetryStrategy = ONCE
    timeout_s: int | None = None
    depends_on: tuple[str, ...] = ()
    n_to_n: tuple[str, ...] = ()
    sequential: bool = False
    array_size: int | None = None
    array_index: int | None = None
    nodes: Nodes | None = None
    node_index: int | None = None
    late_refusal: str | None = None
    share: str = ""
    priority: int = 0
    consumes: tuple[tuple[str, int], ...] = ()

    @property
    def parent_id(self) -> str | None:
        """The array that this one is a child of, or the multi-node job that it is a node of."""
        if self.array_index is not None:
            return self.id.rpartition(":")[0]
        return None if self.node_index is None else self.id.rpartition("#")[0]

    @property
    def is_multinode(self) -> bool:
        """Whether this is a multi-node job itself, which mirrors its main node."""
        return self.nodes is not None and self.node_index is None

    @property
    def is_main_node(self) -> bool:
        """Whether this is the node that decides for its job."""
        return self.nodes is not None and self.node_index == self.nodes.main

    @property
    def process_id(self) -> str:
        """The job whose processes are meant: of a multi-node job its main node (MNP-07)."""
        return f"{self.id}#{self.nodes.main}" if self.nodes is not None and self.node_index is None else self.id

    @property
    def shown_id(self) -> str:
        """The job that callers know: of a node the multi-node job."""
        return self.id if self.node_index is None else self.id.rpartition("#")[0]

    @property
    def is_parent(self) -> bool:
        """Whether this is an array job itself, which never runs."""
        return self.array_size is not None and self.array_index is None


class Run(msgspec.Struct, frozen=True):
    """An attempt under way. `number` counts a job's runs from 1; `attempt` is what the table counts (RETRY-24)."""

    number: int
    attempt: int
    environment: str
    started_at_ms: int | None = None


class Attempt(msgspec.Struct, frozen=True):
    """An attempt that has ended; it is never rewritten (RETRY-23)."""

    number: int
    started_at_ms: int | None
    stopped_at_ms: int
    status_reason: str
    exit_code: int | None = None
    reason: str | None = None


class Job(msgspec.Struct, frozen=True):
    """
    One job. `at` is where it is in its life, and only the table moves it.

    `ordinal` counts submissions and so orders jobs of the same millisecond; `run` is there while a process is, or is
    about to be; `runs` counts them; `cancel_reason` and `terminate_reason` are those of the first request of each kind.
    """

    order: Order
    at: Configuration
    ordinal: int
    created_at_ms: int
    started_at_ms: int | None = None
    stopped_at_ms: int | None = None
    status_reason: str | None = None
    cancel_reason: str | None = None
    terminate_reason: str | None = None
    runs: int = 0
    run: Run | None = None
    attempts: tuple[Attempt, ...] = ()

    @property
    def id(self) -> str:
        return self.order.id

    @property
    def status(self) -> Status:
        return self.at.status

    @property
    def memory(self) -> Memory:
        return self.at.memory

    @property
    def asked(self) -> str | None:
        """The reason of whoever asked that this job ends: a terminate says more than a cancel."""
        return self.terminate_reason if self.terminate_reason is not None else self.cancel_reason

    @property
    def shows_terminated(self) -> bool:
        """What isTerminated shows: that somebody asked (TERM-14), which nobody did of a node stopped with its main node."""
        return self.memory.is_terminated and self.terminate_reason != STOPPED_WITH_MAIN


Record = Environment | Queue | Policy | Consumable | Definition | Job
"""What can be saved."""
