"""Small worlds: which jobs there are, what callers may ask, how processes may end, and what may break.

Whatever a world allows may happen at any moment and in any order, as often as the world says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...model.attempts import Action, Entry, RetryStrategy
from ...model.machine import Lifecycle
from ...model.readings import DEFAULT, Valuation
from ..deciding.engine import Engine
from ..deciding.records import Environment, Order, Queue

ENVIRONMENT, QUEUE = "environment", "queue"
VCPU = 1000
"""Each job needs one vCPU, in thousandths."""

FINAL_CODE = 9
"""The exit code for which the strategies here say EXIT; for any other they say nothing."""

CODE_FINAL = (Entry(Action.EXIT, on_exit_code=str(FINAL_CODE)),)
ALL_FINAL = (Entry(Action.EXIT, on_status_reason="*"),)
"""Also a lost host and a start that failed are final."""

MakeEngine = Callable[[Lifecycle, Valuation], Engine]


def engine(lifecycle: Lifecycle, readings: Valuation) -> Engine:
    """The engine as it is."""
    return Engine(lifecycle, readings=readings)


@dataclass(frozen=True)
class World:
    """
    What may happen in a world.

    jobs        what may be submitted, in this order
    requests    `cancel`, `terminate` or `lose_host`, and the id of a job: each is made once at most
    codes       how a process may exit, at any moment after it is up
    vcpus       how many jobs of one vCPU have room at once, where there is room at all
    room        whether there is room at the beginning; `turns`: how often that may change
    failed_starts, lost_hosts, crashes    how many of each there may be
    ahead       so many inputs may be decided on before the store has kept the first; the shell has no bound
    deletes_queue   whether DeleteJobQueue may be called
    """

    name: str
    jobs: tuple[Order, ...]
    requests: tuple[tuple[str, str], ...] = ()
    codes: tuple[int, ...] = (0, 1)
    vcpus: int = 1
    room: bool = True
    turns: int = 0
    failed_starts: int = 0
    lost_hosts: int = 0
    crashes: int = 0
    ahead: int = 1
    deletes_queue: bool = False
    readings: Valuation = DEFAULT


def job(name: str, *, attempts: int = 1, entries: tuple[Entry, ...] = CODE_FINAL, **members: Any) -> Order:
    """What SubmitJob would make of a small job; `members` are those of `Order`."""
    return Order(
        id=name,
        region="r",
        name=name,
        queue=QUEUE,
        definition="definition",
        command=("true",),
        environment={},
        container={},
        members={},
        mcpus=VCPU,
        strategy=RetryStrategy(attempts, entries),
        **members,
    )


def environment(vcpus: int, *, room: bool) -> Environment:
    """Where jobs run. What has no room is DISABLED: one that is too small would be a misconfiguration."""
    return Environment(ENVIRONMENT, room, VCPU * vcpus, {})


def queue() -> Queue:
    """The queue of all jobs."""
    return Queue(QUEUE, "r", QUEUE, True, 1, (ENVIRONMENT,), {})
