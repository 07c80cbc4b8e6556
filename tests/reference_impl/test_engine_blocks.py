"""The first job of a queue that cannot be placed: what it says, and what an action does to it (Q-11 to Q-13)."""

from __future__ import annotations

import pytest

from batchproof.model.status import FAILED, RUNNABLE
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import DeadlinePassed, Exited, Put, SetDeadline, Submitted
from batchproof.reference_impl.deciding.records import Environment, Order, Queue

CPU = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - "
    "CE(s) associated with the job queue cannot meet the CPU requirement of the job."
)
ACTION = {"reason": CPU.split(" - ")[0], "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}


def engine(*actions, max_mcpus=1000) -> Engine:
    made = Engine()
    made.handle(Put(1, Environment("ce", True, max_mcpus, {}, max_memory_mib=100)), now_ms=0)
    queue = Queue("q", "r", "q", True, 1, ("ce",), {"jobStateTimeLimitActions": list(actions)})
    made.handle(Put(2, queue), now_ms=0)
    return made


def order(name: str, **members) -> Order:
    return Order(name, "r", name, "q", "d", ("true",), {}, {}, {}, **members)


def submitted(made: Engine, name: str, at_ms: int = 0, **members):
    return made.handle(Submitted(9, order(name, **members)), now_ms=at_ms)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"mcpus": 2000}, CPU),
        ({"memory_mib": 101}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - "),
        ({"mcpus": 1000, "memory_mib": 100}, None),
    ],
)
def test_a_job_that_never_fits_says_why_and_others_say_nothing(members, reason):
    made = engine()
    submitted(made, "a", **members)
    shown = made.ledger.jobs["a"].status_reason
    assert shown is None if reason is None else shown.startswith(reason)


def test_only_the_head_of_the_queue_says_so_and_no_longer_than_it_is_true():
    made = engine()
    for name in ("a", "b"):
        submitted(made, name, mcpus=2000)
    assert (made.ledger.jobs["a"].status_reason, made.ledger.jobs["b"].status_reason) == (CPU, None)
    made.handle(Put(3, Environment("ce", False, 4000, {})), now_ms=5)
    assert made.ledger.jobs["a"].status_reason is None


def test_an_action_ends_the_head_after_its_time_and_then_the_next_one():
    made = engine(ACTION)
    assert SetDeadline("a", 0, 601_000) in submitted(made, "a", 1000, mcpus=2000)
    submitted(made, "b", 2000, mcpus=2000)

    early = made.handle(DeadlinePassed("a", 0), now_ms=600_999)
    assert (early, made.ledger.jobs["a"].status) == ([SetDeadline("a", 0, 601_000)], RUNNABLE)
    effects = made.handle(DeadlinePassed("a", 0), now_ms=601_000)
    job = made.ledger.jobs["a"]
    assert (job.status, job.attempts) == (FAILED, ())
    assert job.status_reason == f"Canceled by JobStateTimeLimit action due to reason: {ACTION['reason']}"
    assert SetDeadline("b", 0, 1_201_000) in effects  # the time counts from when it became the head
    assert made.ledger.jobs["b"].status_reason == CPU


def test_another_reason_than_the_actions_does_nothing():
    made = engine({**ACTION, "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"})
    submitted(made, "a", mcpus=2000)
    made.handle(DeadlinePassed("a", 0), now_ms=10**9)
    assert made.ledger.jobs["a"].status is RUNNABLE


def test_lack_of_room_is_a_reason_only_where_an_action_asks_for_it():
    capacity = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
    for actions, shown in (((), None), (({**ACTION, "reason": capacity},), capacity)):
        made = engine(*actions)
        submitted(made, "running")
        submitted(made, "waiting")
        reason = made.ledger.jobs["waiting"].status_reason
        assert reason is None if shown is None else reason.startswith(shown)
    made.handle(Exited("running", 1, 0), now_ms=600_000 - 1)
    assert made.ledger.jobs["waiting"].run is not None
    assert made.ledger.jobs["waiting"].status_reason is None
