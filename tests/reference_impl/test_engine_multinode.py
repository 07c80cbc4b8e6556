"""Multi-node jobs in the engine alone: what scenarios do not show, such as the order of saving, room, and crashes."""

from __future__ import annotations

from batchproof.model.attempts import RetryStrategy
from batchproof.model.status import Status
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import Exited, Put, Started, Submitted
from batchproof.reference_impl.deciding.records import Environment, Group, Nodes, Order, Queue

QUEUE = Queue(
    "arn:aws:batch:r:1:job-queue/queue", "r", "queue", True, 1, ("arn:aws:batch:r:1:compute-environment/c",), {}
)


def engine() -> Engine:
    made = Engine()
    made.handle(Put(0, Environment(QUEUE.environments[0], enabled=True, max_mcpus=3000, created={})), now_ms=0)
    made.handle(Put(0, QUEUE), now_ms=0)
    return made


def job(name: str, count: int, **members) -> Submitted:
    nodes = Nodes(count, 0, (Group(":", ("true",), {}, {}, 1000),))
    definition = "arn:aws:batch:r:1:job-definition/d:1"
    order = Order(
        name, "r", name, QUEUE.arn, definition, ("true",), {}, {}, {}, mcpus=count * 1000, nodes=nodes, **members
    )
    return Submitted(1, order)


def test_the_job_and_its_main_node_are_saved_together_and_the_others_start_when_that_runs(story):
    made = engine()
    assert story(made.handle(job("a", 2), now_ms=0)) == [
        "save a SUBMITTED",
        "save a#0 SUBMITTED",
        "acknowledge 1",
        "save a#0 RUNNABLE",
        "save a RUNNABLE",
        "save a#0 STARTING",
        "save a STARTING",
        "spawn a#0/1",
    ]
    assert story(made.handle(Started("a#0", 1), now_ms=1)) == [
        "save a#0 RUNNING",
        "save a RUNNING",
        "save a#1 RUNNABLE",
        "save a#1 STARTING",
        "spawn a#1/1",
    ]


def test_a_next_attempt_gets_its_room_when_the_last_one_is_gone(story):
    """Otherwise two lives of one node would run side by side."""
    made = engine()
    made.handle(job("a", 2, strategy=RetryStrategy(2)), now_ms=0)
    made.handle(Started("a#0", 1), now_ms=1)
    made.handle(Started("a#1", 1), now_ms=1)
    assert story(made.handle(Exited("a#0", 1, 1), now_ms=2)) == [
        "save a#0 RUNNABLE",
        "save a RUNNABLE",
        "save a#1 RUNNING",
        "stop a#1/1 grace 30000",
    ]
    assert "spawn a#0/2" in story(made.handle(Exited("a#1", 1, 143), now_ms=3))

    assert "spawn a#1/2" in story(made.handle(Started("a#0", 2), now_ms=4))


def test_after_a_crash_nodes_follow_their_main_node_and_none_lives_twice():
    """On file is a node that has ended, and none of the third: the crash came before it was saved."""
    made, again = engine(), engine()
    made.handle(job("a", 3), now_ms=0)
    made.handle(Started("a#0", 1), now_ms=1)
    made.handle(Started("a#1", 1), now_ms=2)
    made.handle(Exited("a#1", 1, 0), now_ms=3)
    for name in ("a", "a#0", "a#1"):
        again.ledger.put(made.ledger.jobs[name])

    for _ in range(2):
        again.families.resume()
        statuses = {name: found.status for name, found in again.ledger.jobs.items()}
        assert statuses == {
            "a": Status.RUNNING,
            "a#0": Status.RUNNING,
            "a#1": Status.SUCCEEDED,
            "a#2": Status.STARTING,
        }
