"""Why the first job of a queue cannot be placed, in AWS's words, as far as a server without EC2 can know it.

A job that no environment of its queue could ever hold is misconfigured, and says so (ST-29). One that waits until
others have ended is told to lack capacity only where its queue has an action for that (Q-11): otherwise waiting is
nothing out of the ordinary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..records import Job, Order, Queue
from .scheduler import Room, rooms_for

CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
MAX_RESOURCE = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
REQUIREMENT = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"

TEXTS = {
    CAPACITY: "Service cannot fulfill the capacity requested for instance type [process]",
    MAX_RESOURCE: "CE(s) associated with the job queue cannot meet the CPU requirement of the job.",
    REQUIREMENT: (
        "The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to "
        "the job queue."
    ),
}
"""The reasons of which an action can be made (Q-14), and what follows them in statusReason."""


def text(reason: str) -> str:
    """
    What statusReason shows.

    >>> text(MAX_RESOURCE)
    'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.'
    """
    return f"{reason} - {TEXTS[reason]}"


def reason_of(order: Order, queue: Queue, rooms: Mapping[str, Room]) -> str | None:
    """Why this job, the first of its queue, is not placed; None where nothing is wrong, or nobody knows."""
    known = [room for _, room in rooms_for(queue, rooms, multinode=order.is_main_node)]
    if known and not any(room.large_enough(order.mcpus, order.memory_mib) for room in known):
        return REQUIREMENT if any(room.large_enough(order.mcpus) for room in known) else MAX_RESOURCE
    if actions_for(CAPACITY, queue) and not any(room.holds(order.mcpus, order.memory_mib) for room in known):
        return CAPACITY
    return None


class Block(NamedTuple):
    """What is to be done about the first job of a queue, which is not placed."""

    shown: str | None
    changes_reason: bool
    ended_by: str | None
    deadlines_ms: tuple[int, ...]


class Blocks:
    """
    Since when the first job of each queue is blocked, and why.

    `ask_again` says that a deadline has passed, perhaps a little early: deadlines that are still to come are set anew.
    """

    def __init__(self) -> None:
        self.ask_again = False
        self._begun: dict[str, tuple[str, str | None, int]] = {}

    def forget(self, queue: str) -> None:
        """The queue is gone."""
        self._begun.pop(queue, None)

    def look(self, job: Job, queue: Queue, rooms: Mapping[str, Room], now_ms: int) -> Block:
        """`job` is the first of `queue`, and is not placed now."""
        reason = reason_of(job.order, queue, rooms)
        job_id, known, since_ms = self._begun.get(queue.arn, ("", None, 0))
        if (job_id, known) != (job.id, reason):
            since_ms = now_ms
            self._begun[queue.arn] = job.id, reason, now_ms
        shown = None if reason is None else text(reason)
        changes = job.status_reason != shown and (shown is not None or job.status_reason in _TEXTS)
        ends_ms = [since_ms + action["maxTimeSeconds"] * 1000 for action in actions_for(reason, queue)]
        ended_by = cancelled_by(reason) if reason is not None and any(now_ms >= at_ms for at_ms in ends_ms) else None
        tell = self.ask_again or since_ms == now_ms
        return Block(shown, changes, ended_by, tuple(ends_ms) if tell else ())


def actions_for(reason: str | None, queue: Queue) -> Iterable[Mapping[str, Any]]:
    """The actions of a queue on jobs that are blocked for this reason (Q-12)."""
    actions = queue.created.get("jobStateTimeLimitActions", ())
    return [action for action in actions if action["reason"] == reason]


def cancelled_by(reason: str) -> str:
    """statusReason of a job that such an action has ended (Q-13)."""
    return f"Canceled by JobStateTimeLimit action due to reason: {reason}"


_TEXTS = frozenset(map(text, TEXTS))
