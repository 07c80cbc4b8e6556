"""The monitor by example: moves that are rarely seen, what the gate says, and the words of a verdict."""

from __future__ import annotations

from batchproof.model.knowledge import Knowledge
from batchproof.model.monitor import Monitor, possible_statuses
from batchproof.model.readings import valuations
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, STARTING, SUBMITTED, SUCCEEDED, Status

from .observer import RETRIED, ZERO, Observer

# What no other move would explain: random walks hardly ever come by these.


def test_a_cancel_that_lost_against_a_placement_is_forgotten_where_it_does_not_override():
    """CANCEL-22: so the failed attempt is retried, and what waits in RUNNABLE then is placed again."""
    for value, violated in (("no", False), ("yes", True)):
        observer = Observer(attempts=2, cancel_overrides_retry=value).saw(RUNNABLE).asked("cancel")
        observer.began(1).saw(RUNNING).released(1, RETRIED).began(2)
        assert (observer.monitor.verdict is not None) is violated


def test_a_start_may_be_given_up_because_of_a_terminate():
    """TERM-26: there was no process yet that could have got a SIGTERM, so how it takes one does not matter."""
    unkillable = frozenset[str]()
    given_up = Observer().knows(stopped_exits=unkillable).saw(STARTING).asked("terminate").saw(FAILED)
    assert given_up.monitor.verdict is None
    assert Observer().knows(stopped_exits=unkillable).saw(RUNNING).asked("terminate").saw(FAILED).monitor.verdict


def test_a_process_that_exits_0_on_its_timeout_may_end_either_way():
    """TO-14, and never inferred: the next job's may end the other way."""
    for end in (SUCCEEDED, FAILED):
        observer = Observer(dropped="no timeout").knows(stopped_exits=ZERO).saw(RUNNING, end)
        assert observer.monitor.verdict is None
        assert observer.monitor.readings == set(valuations())


# What the gate says.


def test_a_process_that_began_was_placed():
    assert possible_statuses(Observer().began(1).monitor) == {STARTING, RUNNING}
    assert Observer(full=True).began(1).monitor.verdict is not None, "the queue was full"


def test_attempts_that_were_let_go_are_known_one_by_one():
    observer = Observer(attempts=3).released(1, RETRIED)
    assert possible_statuses(observer.monitor) == {SUBMITTED, RUNNABLE, STARTING, RUNNING}
    assert observer.began(2).saw(RUNNING).monitor.verdict is None
    assert observer.saw(RUNNABLE).monitor.verdict is not None, "the second is still held"


def test_an_attempt_that_the_gate_has_not_named_ends_as_all_later_ones_do():
    knowledge = Knowledge(later_exits=ZERO).released(2, RETRIED)
    assert [knowledge.ends(attempt) for attempt in range(5)] == [ZERO, ZERO, RETRIED, ZERO, ZERO]


def test_a_report_of_a_sigterm_that_comes_after_the_end_was_seen_is_believed():
    """It was written before the end: nothing is concluded from it then, and nothing is wrong."""
    for how in (FAILED, SUCCEEDED):
        observer = Observer().knows(stopped_exits=RETRIED | ZERO).began(1).asked("terminate").saw(how)
        assert observer.signalled(1, ZERO).monitor.verdict is None


def test_a_report_that_comes_late_is_no_proof_of_what_came_before_a_terminate():
    """The timeout's SIGTERM ended it with 0, a terminate then found it SUCCEEDED, and the report arrives last."""
    observer = Observer(dropped="no timeout", exit_zero_after_terminate="FAILED").knows(stopped_exits=ZERO)
    observer.began(1).saw(RUNNING).asked("terminate").signalled(1, ZERO).saw(SUCCEEDED)
    assert observer.monitor.verdict is None


# Words.


def test_a_verdict_says_what_was_seen_and_what_would_have_been_allowed():
    observer = Observer(attempts=2).saw(RUNNING).asked("cancel").saw(FAILED, is_cancelled=True)
    assert observer.monitor.verdict is not None
    assert observer.monitor.verdict.saw == "FAILED isCancelled"
    assert observer.monitor.verdict.allowed == ("RUNNING isCancelled",)


def test_the_words_for_attempts_and_for_staying():
    listed = Observer().saw(RUNNING, attempts=2).monitor.verdict
    assert listed is not None
    assert listed.saw == "RUNNING with 2 attempts"
    stays = Observer(full=True).saw(RUNNABLE).asked("terminate").stays(RUNNABLE).monitor.verdict
    assert stays is not None
    assert stays.saw == "RUNNABLE and stays"


def test_the_first_violation_is_the_one_that_is_reported():
    """What comes after it is judged by nothing: the beliefs are gone."""
    observer = Observer().saw(RUNNING, RUNNABLE).saw(SUCCEEDED).asked("cancel").began(9).signalled(9)
    observer.monitor.mark()
    assert observer.monitor.verdict is not None
    assert observer.monitor.verdict.saw == "RUNNABLE"


def test_nothing_seen_allows_every_way_to_go_on():
    assert possible_statuses(Monitor(waits=True)) == set(Status)
    assert possible_statuses(Monitor()) == set(Status) - {PENDING}
