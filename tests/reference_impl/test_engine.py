"""The engine alone: events in, effects out, compared with ==."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from batchproof.model.attempts import Action, Entry, RetryStrategy
from batchproof.model.readings import valuation
from batchproof.model.status import Status
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    Acknowledge,
    CancelRequested,
    DeadlinePassed,
    Exited,
    HostLost,
    Put,
    Save,
    SetDeadline,
    Spawn,
    Started,
    StartFailed,
    Stop,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Environment, Order, Queue

ROOM = Environment("arn:aws:batch:r:1:compute-environment/room", enabled=True, max_mcpus=1000, created={})
QUEUE = Queue("arn:aws:batch:r:1:job-queue/queue", "r", "queue", True, 1, (ROOM.arn,), {})


def order(name: str, **members) -> Order:
    return Order(
        id=name,
        region="r",
        name=name,
        queue=QUEUE.arn,
        definition="arn:aws:batch:r:1:job-definition/d:1",
        command=("true",),
        environment={"A": "1"},
        container={},
        members={},
        **members,
    )


def engine(**settings) -> Engine:
    made = Engine(**settings)
    made.handle(Put(1, ROOM), now_ms=0)
    made.handle(Put(2, QUEUE), now_ms=0)
    return made


def test_a_job_is_saved_before_it_is_acknowledged_and_starting_before_its_process_is_spawned(story):
    """After a crash between any two of these, what was promised is on file and what runs is known."""
    effects = engine().handle(Submitted(7, order("a")), now_ms=1000)

    assert story(effects) == ["save a SUBMITTED", "acknowledge 7", "save a RUNNABLE", "save a STARTING", "spawn a/1"]


def test_effects_are_plain_values():
    """Compared in full once, so that nothing in them is hidden from the short stories of the other tests."""
    made = engine()
    effects = made.handle(Submitted(7, order("a")), now_ms=1000)

    job = made.ledger.jobs["a"]
    variables = {
        "A": "1",
        "AWS_BATCH_JOB_ID": "a",
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_BATCH_JQ_NAME": "queue",
        "AWS_BATCH_CE_NAME": "room",
    }
    assert effects[1:2] + effects[-2:] == [Acknowledge(7), Save(job), Spawn("a", 1, ("true",), variables)]
    assert (job.status, job.created_at_ms, job.started_at_ms) == (Status.STARTING, 1000, None)


def test_an_exit_is_saved_before_the_next_attempt_starts(story):
    made = engine()
    made.handle(Submitted(7, order("a", strategy=RetryStrategy(2))), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)

    assert story(made.handle(Exited("a", 1, 3), now_ms=2)) == ["save a RUNNABLE", "save a STARTING", "spawn a/2"]
    assert [attempt.exit_code for attempt in made.ledger.jobs["a"].attempts] == [3]


def test_news_of_an_earlier_run_are_not_taken_for_news_of_this_one():
    made = engine()
    made.handle(Submitted(7, order("a", strategy=RetryStrategy(2))), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)
    made.handle(Exited("a", 1, 3), now_ms=2)

    for late in (Started("a", 1), Exited("a", 1, 0), DeadlinePassed("a", 1), StartFailed("a", 1, "late")):
        assert made.handle(late, now_ms=3) == []
    assert made.ledger.jobs["a"].status is Status.STARTING


def test_the_last_attempt_decides_and_its_end_is_the_jobs(story):
    made = engine()
    made.handle(Submitted(7, order("a")), now_ms=0)
    made.handle(Started("a", 1), now_ms=10)

    assert story(made.handle(Exited("a", 1, 1), now_ms=20)) == ["save a FAILED"]
    job = made.ledger.jobs["a"]
    assert (job.started_at_ms, job.stopped_at_ms, job.status_reason) == (10, 20, "Essential container in task exited")


def test_an_exit_that_the_strategy_calls_final_leaves_attempts_unused(story):
    made = engine()
    strategy = RetryStrategy(5, (Entry(Action.EXIT, on_exit_code="4*"),))
    made.handle(Submitted(7, order("a", strategy=strategy)), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)

    assert story(made.handle(Exited("a", 1, 42), now_ms=2)) == ["save a FAILED"]


def test_cancel_removes_a_runnable_job_and_the_removal_is_saved_before_the_answer(story):
    made = engine()
    made.handle(Submitted(1, order("first")), now_ms=0)
    made.handle(Submitted(2, order("second")), now_ms=0)

    effects = made.handle(CancelRequested(3, "second", "enough"), now_ms=5)

    assert story(effects) == ["save second FAILED", "acknowledge 3"]
    job = made.ledger.jobs["second"]
    assert (job.status_reason, job.memory.is_cancelled, job.attempts, job.stopped_at_ms) == ("enough", True, (), 5)


def test_cancel_on_a_running_job_is_recorded_and_sends_no_signal(story):
    made = engine()
    made.handle(Submitted(1, order("a", strategy=RetryStrategy(3))), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)

    assert story(made.handle(CancelRequested(2, "a", "no more"), now_ms=2)) == ["save a RUNNING", "acknowledge 2"]
    assert story(made.handle(Exited("a", 1, 1), now_ms=3)) == ["save a FAILED"]


def test_under_the_other_reading_a_cancelled_running_job_is_retried(story):
    made = engine(readings=valuation({"cancel_overrides_retry": "no"}))
    made.handle(Submitted(1, order("a", strategy=RetryStrategy(3))), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)
    made.handle(CancelRequested(2, "a", "no more"), now_ms=2)

    assert story(made.handle(Exited("a", 1, 1), now_ms=3))[-1] == "spawn a/2"


def test_terminate_is_saved_then_acknowledged_then_carried_out(story):
    made = engine(grace_ms=30_000)
    made.handle(Submitted(1, order("a", strategy=RetryStrategy(3))), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)

    effects = made.handle(TerminateRequested(2, "a", "stop it"), now_ms=2)
    assert story(effects) == ["save a RUNNING", "acknowledge 2", "stop a/1 grace 30000"]
    assert story(made.handle(TerminateRequested(3, "a", "again"), now_ms=3)) == ["acknowledge 3"]
    assert story(made.handle(Exited("a", 1, 143), now_ms=4)) == ["save a FAILED"]
    assert made.ledger.jobs["a"].status_reason == "stop it"


def test_a_job_terminated_while_it_starts_is_stopped_and_never_retried(story):
    made = engine(grace_ms=1)
    made.handle(Submitted(1, order("a", strategy=RetryStrategy(3))), now_ms=0)

    assert story(made.handle(TerminateRequested(2, "a", "x"), now_ms=1))[-1] == "stop a/1 grace 1"
    assert story(made.handle(Started("a", 1), now_ms=2)) == ["save a RUNNING"]
    assert story(made.handle(Exited("a", 1, 143), now_ms=3)) == ["save a FAILED"]


@pytest.mark.parametrize(("reading", "status"), [("FAILED", Status.FAILED), ("SUCCEEDED", Status.SUCCEEDED)])
def test_exit_zero_after_a_terminate_ends_as_the_reading_says(reading, status):
    made = engine(readings=valuation({"exit_zero_after_terminate": reading}))
    made.handle(Submitted(1, order("a")), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)
    made.handle(TerminateRequested(2, "a", "x"), now_ms=2)
    made.handle(Exited("a", 1, 0), now_ms=3)

    assert made.ledger.jobs["a"].status is status


def test_requests_about_finished_and_unknown_jobs_are_accepted_and_change_nothing():
    made = engine()
    made.handle(Submitted(1, order("a")), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)
    made.handle(Exited("a", 1, 0), now_ms=2)

    for request in (CancelRequested, TerminateRequested):
        assert made.handle(request(5, "a", "late"), now_ms=3) == [Acknowledge(5)]
        assert made.handle(request(6, "nobody", "late"), now_ms=3) == [Acknowledge(6)]


def test_the_clock_of_a_timeout_starts_at_running_and_each_attempt_has_its_own():
    made = engine()
    made.handle(Submitted(1, order("a", timeout_s=60, strategy=RetryStrategy(2))), now_ms=0)

    assert made.handle(Started("a", 1), now_ms=500)[-1] == SetDeadline("a", 1, at_ms=60_500)
    made.handle(Exited("a", 1, 1), now_ms=1000)
    assert made.handle(Started("a", 2), now_ms=2000)[-1] == SetDeadline("a", 2, at_ms=62_000)


def test_a_timed_out_attempt_is_stopped_and_never_retried(story):
    made = engine(grace_ms=9)
    made.handle(Submitted(1, order("a", timeout_s=60, strategy=RetryStrategy(10))), now_ms=0)
    made.handle(Started("a", 1), now_ms=0)

    early = made.handle(DeadlinePassed("a", 1), now_ms=59_999)
    assert early == [SetDeadline("a", 1, at_ms=60_000)]  # TO-04, whatever the timer thinks
    assert made.handle(DeadlinePassed("a", 1), now_ms=60_000)[-1] == Stop("a", 1, grace_ms=9)
    assert story(made.handle(Exited("a", 1, 0), now_ms=60_001)) == ["save a FAILED"]
    assert made.ledger.jobs["a"].status_reason == "Job attempt duration exceeded timeout"


def test_a_start_that_fails_counts_as_an_attempt_and_says_why():
    made = engine()
    made.handle(Submitted(1, order("a")), now_ms=0)
    made.handle(StartFailed("a", 1, "CannotStartContainerError: " + "x" * 300), now_ms=4)

    job = made.ledger.jobs["a"]
    (attempt,) = job.attempts
    assert (job.status, job.status_reason, attempt.started_at_ms) == (Status.FAILED, "Task failed to start", None)
    assert len(attempt.reason) == 255


def test_a_lost_host_is_a_failed_attempt_without_an_exit_code(story):
    made = engine()
    made.handle(Submitted(1, order("a", strategy=RetryStrategy(2))), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)
    effects = made.handle(HostLost("a", 1, "Host EC2 (instance i-1) terminated."), now_ms=2)

    assert story(effects)[-1] == "spawn a/2"
    assert made.ledger.jobs["a"].attempts[0].exit_code is None


def test_capacity_is_given_back_and_the_next_job_starts(story):
    made = engine()
    made.handle(Submitted(1, order("a")), now_ms=0)
    assert story(made.handle(Submitted(2, order("b")), now_ms=0))[-1] == "save b RUNNABLE"
    made.handle(Started("a", 1), now_ms=1)

    assert story(made.handle(Exited("a", 1, 0), now_ms=2)) == ["save a SUCCEEDED", "save b STARTING", "spawn b/1"]


def test_a_retried_job_goes_before_those_that_were_submitted_later(story):
    """RETRY-21: with room for one job only, so that order is all that decides."""
    made = engine()
    made.handle(Submitted(1, order("a", strategy=RetryStrategy(2))), now_ms=0)
    made.handle(Submitted(2, order("b")), now_ms=0)
    made.handle(Started("a", 1), now_ms=1)

    assert story(made.handle(Exited("a", 1, 1), now_ms=2))[-1] == "spawn a/2"


def test_more_room_lets_waiting_jobs_start(story):
    made = engine()
    for number in range(3):
        made.handle(Submitted(number, order(str(number))), now_ms=0)

    effects = made.handle(Put(9, replace(ROOM, max_mcpus=3000)), now_ms=1)
    assert [word for word in story(effects) if word.startswith("spawn")] == ["spawn 1/1", "spawn 2/1"]


def test_a_job_refused_late_is_accepted_and_fails_without_an_attempt(story):
    effects = engine().handle(Submitted(1, order("a", late_refusal="too long")), now_ms=0)

    assert story(effects) == ["save a SUBMITTED", "acknowledge 1", "save a FAILED"]
