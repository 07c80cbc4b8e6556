"""Dependencies of single jobs, in the engine alone."""

from __future__ import annotations

import pytest

from batchproof.model.readings import valuation
from batchproof.model.status import Status
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    CancelRequested,
    Exited,
    Put,
    Started,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Environment, Order, Queue

ROOM = Environment("arn:aws:batch:r:1:compute-environment/room", enabled=True, max_mcpus=None, created={})
QUEUE = Queue("arn:aws:batch:r:1:job-queue/queue", "r", "queue", True, 1, (ROOM.arn,), {})


class Jobs:
    """An engine, and a clock that ticks with every event."""

    def __init__(self, **settings) -> None:
        self.engine = Engine(**settings)
        self.now_ms = 0
        self.tell(Put(0, ROOM))
        self.tell(Put(0, QUEUE))

    def tell(self, event):
        self.now_ms += 1
        return self.engine.handle(event, now_ms=self.now_ms)

    def submit(self, name: str, *after: str):
        order = Order(
            name, "r", name, QUEUE.arn, "arn:a:batch:r:1:job-definition/d:1", ("true",), {}, {}, {}, depends_on=after
        )
        return self.tell(Submitted(1, order))

    def end(self, name: str, exit_code: int):
        self.tell(Started(name, 1))
        return self.tell(Exited(name, 1, exit_code))

    def status(self, name: str) -> Status:
        return self.engine.ledger.jobs[name].status

    def reason(self, name: str) -> str | None:
        return self.engine.ledger.jobs[name].status_reason


def test_a_job_waits_until_all_that_it_depends_on_have_succeeded(story):
    jobs = Jobs()
    jobs.submit("a")
    jobs.submit("b")
    assert story(jobs.submit("c", "a", "b"))[-1] == "save c PENDING"
    jobs.end("a", 0)
    assert jobs.status("c") is Status.PENDING

    assert story(jobs.end("b", 0)) == ["save b SUCCEEDED", "save c RUNNABLE", "save c STARTING", "spawn c/1"]


def test_one_failed_dependency_fails_the_job_at_once():
    jobs = Jobs()
    jobs.submit("a")
    jobs.submit("b")
    jobs.submit("c", "a", "b")
    jobs.end("a", 1)

    assert (jobs.status("c"), jobs.reason("c"), jobs.status("b")) == (
        Status.FAILED,
        "Dependent Job failed",
        Status.STARTING,
    )


def test_a_failure_travels_down_a_long_chain():
    """A thousand links: were this recursive, it would end in a RecursionError."""
    jobs = Jobs()
    jobs.submit("0")
    for number in range(1, 1001):
        jobs.submit(str(number), str(number - 1))
    jobs.end("0", 1)

    assert {jobs.status(str(number)) for number in range(1001)} == {Status.FAILED}


def test_dependencies_that_have_ended_before_are_judged_at_submission(story):
    """DEP-08; and of the two answers that DEP-09 leaves open, this server accepts and then fails."""
    jobs = Jobs()
    jobs.submit("good")
    jobs.end("good", 0)
    jobs.submit("bad")
    jobs.end("bad", 1)

    assert story(jobs.submit("a", "good"))[-1] == "spawn a/1"
    assert story(jobs.submit("b", "good", "bad")) == [
        "save b SUBMITTED",
        "acknowledge 1",
        "save b PENDING",
        "save b FAILED",
    ]


@pytest.mark.parametrize("exit_code", [0, 1])
def test_a_cancelled_pending_job_stays_pending_until_all_its_dependencies_have_ended(story, exit_code):
    """CANCEL-04; that it is RUNNABLE for an instant inside the machine must not show, so the end is saved alone."""
    jobs = Jobs()
    jobs.submit("a")
    jobs.submit("b")
    jobs.submit("c", "a", "b")
    assert story(jobs.tell(CancelRequested(5, "c", "enough"))) == ["save c PENDING", "acknowledge 5"]
    jobs.end("a", exit_code)
    assert jobs.status("c") is Status.PENDING

    assert story(jobs.end("b", 0))[1:] == ["save c FAILED"]
    assert jobs.reason("c") == "enough"


def test_under_the_other_reading_a_cancelled_pending_job_fails_at_once(story):
    jobs = Jobs(readings=valuation({"pending_cancel": "at_once"}))
    jobs.submit("a")
    jobs.submit("b", "a")

    assert story(jobs.tell(CancelRequested(5, "b", "enough"))) == ["save b FAILED", "acknowledge 5"]


def test_a_terminated_pending_job_fails_at_once_and_so_do_those_that_wait_for_it(story):
    jobs = Jobs()
    jobs.submit("a")
    jobs.submit("b", "a")
    jobs.submit("c", "b")

    assert story(jobs.tell(TerminateRequested(5, "b", "x"))) == ["save b FAILED", "acknowledge 5", "save c FAILED"]
