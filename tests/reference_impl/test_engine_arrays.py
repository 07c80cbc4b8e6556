"""Array jobs in the engine alone: what scenarios do not show, such as size, order of saving, and children that come late."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from batchproof.model.status import PENDING, RUNNABLE, STARTED, Status
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    CancelRequested,
    Exited,
    Put,
    Save,
    Spawn,
    Started,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Environment, Job, Order, Queue

QUEUE = Queue(
    "arn:aws:batch:r:1:job-queue/queue", "r", "queue", True, 1, ("arn:aws:batch:r:1:compute-environment/c",), {}
)


def engine(vcpus: int | None) -> Engine:
    made = Engine()
    room = Environment(QUEUE.environments[0], enabled=vcpus != 0, max_mcpus=vcpus * 1000 if vcpus else None, created={})
    made.handle(Put(0, room), now_ms=0)
    made.handle(Put(0, QUEUE), now_ms=0)
    return made


def array(name: str, size: int, **members) -> Submitted:
    definition = "arn:aws:batch:r:1:job-definition/d:1"
    order = Order(name, "r", name, QUEUE.arn, definition, ("true",), {}, {}, {}, array_size=size, **members)
    return Submitted(1, order)


def test_a_parent_is_acknowledged_before_its_children_exist_and_they_are_saved_together_with_its_pending(story):
    """A crash finds either a SUBMITTED parent, which is evaluated again, or a whole array."""
    effects = engine(0).handle(array("a", 2), now_ms=0)

    assert story(effects) == [
        "save a SUBMITTED",
        "acknowledge 1",
        "save a PENDING",
        "save a:0 RUNNABLE",
        "save a:1 RUNNABLE",
    ]


def test_children_come_when_the_array_has_nothing_left_to_wait_for(story):
    """ARR-19: until then nobody has heard of them."""
    made = engine(None)
    made.handle(array("a", 2), now_ms=0)
    assert story(made.handle(array("b", 2, depends_on=("a",)), now_ms=1))[-1] == "save b PENDING"
    assert "b:0" not in made.ledger.jobs
    for child in ("a:0", "a:1"):
        made.handle(Started(child, 1), now_ms=2)
        made.handle(Exited(child, 1, 0), now_ms=3)

    assert made.ledger.jobs["b:0"].created_at_ms == 3
    assert (made.ledger.jobs["a"].status, made.ledger.jobs["b:1"].status) == (Status.SUCCEEDED, Status.STARTING)


def test_an_array_that_fails_before_it_has_children_fails_those_that_wait_for_one_of_them():
    made = engine(None)
    made.handle(array("a", 2), now_ms=0)
    made.handle(array("b", 2, depends_on=("a",)), now_ms=0)
    made.handle(array("c", 2, n_to_n=("b",)), now_ms=0)
    made.handle(TerminateRequested(2, "b", "away"), now_ms=1)

    assert {made.ledger.jobs[name].status for name in ("b", "c", "c:0", "c:1")} == {Status.FAILED}


def test_children_of_an_array_are_told_their_index_and_its_size():
    spawns = [effect for effect in engine(None).handle(array("a", 3), now_ms=0) if isinstance(effect, Spawn)]
    told = [
        (spawn.job_id, spawn.environment["AWS_BATCH_JOB_ARRAY_INDEX"], spawn.environment["AWS_BATCH_JOB_ARRAY_SIZE"])
        for spawn in spawns
    ]
    assert told == [("a:0", "0", "3"), ("a:1", "1", "3"), ("a:2", "2", "3")]


@pytest.mark.parametrize("sequential", [False, True])
def test_ten_thousand_children_take_no_longer_than_ten_thousand_jobs(sequential):
    """From SubmitJob to the last status of the parent, and each child is saved a few times only."""
    made = engine(16)
    saved: Counter[str] = Counter()

    def tell(event, now_ms=0):
        effects = made.handle(event, now_ms=now_ms)
        saved.update(
            effect.record.id for effect in effects if isinstance(effect, Save) and isinstance(effect.record, Job)
        )
        return [effect.job_id for effect in effects if isinstance(effect, Spawn)]

    started_s = time.process_time()
    running = tell(array("a", 10_000, sequential=sequential))
    submitted_s = time.process_time() - started_s
    assert len(running) == (1 if sequential else 16)
    while running:
        child = running.pop()
        tell(Started(child, 1))
        running += tell(Exited(child, 1, 0))

    assert made.ledger.jobs["a"].status is Status.SUCCEEDED
    assert made.ledger.summary("a")[Status.SUCCEEDED] == 10_000
    assert (saved["a"], max(saved.values())) == (3, 5 if sequential else 4)
    assert submitted_s < 2, "seconds of processor time, of which it takes a third of one"
    assert time.process_time() - started_s < 20


@pytest.mark.parametrize("request_", [CancelRequested, TerminateRequested])
def test_ten_thousand_children_are_ended_at_one_go(request_, story):
    made = engine(16)
    made.handle(array("a", 10_000), now_ms=0)
    for index in range(16):
        made.handle(Started(f"a:{index}", 1), now_ms=1)
    started_s = time.process_time()
    effects = made.handle(request_(9, "a", "enough"), now_ms=2)
    assert time.process_time() - started_s < 3

    told = story(effects)
    assert told.count("acknowledge 9") == 1
    stops = sum(word.startswith("stop") for word in told)
    assert stops == (16 if request_ is TerminateRequested else 0)
    statuses = Counter(job.status for job in made.ledger.jobs.values())
    assert (statuses[Status.FAILED], statuses[PENDING], statuses[RUNNABLE]) == (10_000 - 16, 1, 0)
    for index in range(16):
        made.handle(Exited(f"a:{index}", 1, 143), now_ms=3)
    parent = made.ledger.jobs["a"]
    assert (parent.status, parent.status_reason, parent.stopped_at_ms) == (Status.FAILED, "enough", 3)
    assert not any(job.status in STARTED for job in made.ledger.jobs.values())


def test_after_a_crash_a_parent_ends_although_nobody_saw_its_last_child_end():
    """The records of the last child and of its parent are two: a crash may come between them."""
    made, again = engine(None), engine(None)
    made.handle(array("a", 2), now_ms=0)
    waiting = made.ledger.jobs["a"]
    for child in ("a:0", "a:1"):
        made.handle(Started(child, 1), now_ms=1)
        made.handle(Exited(child, 1, 0), now_ms=2)
    for record in (waiting, made.ledger.jobs["a:0"], made.ledger.jobs["a:1"]):
        again.ledger.put(record)

    for _ in range(2):
        again.families.resume()
        assert again.ledger.jobs["a"].status is Status.SUCCEEDED
