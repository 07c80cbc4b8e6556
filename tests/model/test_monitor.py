"""The monitor by example: what is a violation, which assumption excuses it, and which readings are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from batchproof.model.knowledge import DEPENDENCY_EVENTS, EXITS, FAULTS, Knowledge
from batchproof.model.monitor import Monitor, Shown, possible_statuses
from batchproof.model.readings import BY_NAME, valuations
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, STARTING, SUBMITTED, SUCCEEDED, Status

RETRIED, ZERO = frozenset({"exit_retry"}), frozenset({"exit_zero"})
HELD = Knowledge(later_exits=frozenset(), stopped_exits=RETRIED)
"""A gate holds every attempt; a SIGTERM kills it."""

ASSUMPTIONS = {
    "fresh reads": "DescribeJobs shows how things are",
    "prompt calls": "a request that was answered has taken effect",
    "deadline": "what is urgent is not put off for ever",
    "gate": "an attempt ends when, and as, the gate says",
    "full queue": "a full queue places nothing",
    "dependencies": "what a job depends on ends when the kit lets it",
    "no timeout": "no timeout ends an attempt",
    "no faults": "no host is lost, no start fails, nothing is given up",
    "reading": "the reading that is required",
}


class Observer:
    """Feeds a monitor with a story, unless the assumption that it rests on is dropped."""

    def __init__(
        self,
        *,
        attempts: int = 1,
        waits: bool = False,
        full: bool = False,
        dropped: str | None = None,
        **readings: str,
    ) -> None:
        assert dropped in (None, *ASSUMPTIONS)
        self.dropped = dropped
        self.monitor = Monitor(
            attempts=attempts,
            waits=waits,
            knowledge=Knowledge(
                later_exits=EXITS if dropped == "gate" else frozenset(),
                stopped_exits=RETRIED,
                dependencies=DEPENDENCY_EVENTS if dropped == "dependencies" and waits else frozenset(),
                capacity=not full or dropped == "full queue",
                may_time_out=dropped == "no timeout",
                faults=FAULTS if dropped == "no faults" else frozenset(),
            ),
            fresh_reads=dropped != "fresh reads",
            late_calls=dropped == "prompt calls",
            readings={} if dropped == "reading" else readings,
        )

    def saw(self, *statuses: Status, **flags: bool) -> Observer:
        for status in statuses:
            self.monitor.saw(Shown(status, **flags))
        return self

    def stays(self, status: Status) -> Observer:
        """The job still shows this when all deadlines have passed."""
        self.monitor.saw(Shown(status), settled=self.dropped != "deadline")
        return self

    def asked(self, request: str) -> Observer:
        """A request, answered with success."""
        self.monitor.called(request)
        self.monitor.answered(request)
        return self

    def released(self, attempt: int, ends: frozenset[str]) -> Observer:
        """The gate lets an attempt end."""
        if self.dropped != "gate":
            self.monitor.now_knows(self.monitor.knowledge.released(attempt, ends))
        return self

    def knows(self, **changes: object) -> Observer:
        self.monitor.knows(**changes)
        return self

    def began(self, attempt: int) -> Observer:
        self.monitor.began(attempt)
        return self

    def signalled(self, attempt: int, ends: frozenset[str] | None = None) -> Observer:
        self.monitor.signalled(attempt, ends)
        return self


Story = Callable[[Observer], Observer]

# What it is called: how the job was submitted, what was seen, and the assumptions each of which alone excuses it.
VIOLATIONS: Mapping[str, tuple[dict, Story, set[str]]] = {
    "a cancel kills a RUNNING job": (
        {},
        lambda o: o.saw(RUNNING).asked("cancel").saw(FAILED),
        {"gate", "no timeout", "no faults"},
    ),
    "a cancel stops a RUNNING job's process": (
        {},
        lambda o: o.began(1).saw(RUNNING).asked("cancel").signalled(1),
        {"no timeout"},
    ),
    "a retry after a terminate": (
        {"attempts": 2},
        lambda o: o.began(1).saw(RUNNING).asked("terminate").released(1, RETRIED).saw(RUNNABLE),
        {"gate", "prompt calls", "no faults"},
    ),
    "a retry after a cancel, where a cancel is required to override": (
        {"attempts": 2, "cancel_overrides_retry": "yes"},
        lambda o: o.began(1).saw(RUNNING).asked("cancel").released(1, RETRIED).saw(RUNNABLE),
        {"gate", "prompt calls", "no faults", "reading"},
    ),
    "no retry after a cancel, where a cancel is required not to override": (
        {"attempts": 2, "cancel_overrides_retry": "no"},
        lambda o: o.began(1).saw(RUNNING).asked("cancel").released(1, RETRIED).saw(FAILED),
        {"gate", "prompt calls", "no timeout", "no faults", "reading"},  # a late cancel may find it in RUNNABLE
    ),
    "an attempt too many, by its status": (
        {},
        lambda o: o.saw(RUNNING).released(1, RETRIED).saw(RUNNABLE),
        set(),
    ),
    "an attempt too many, by its process": ({"attempts": 2}, lambda o: o.released(1, RETRIED).began(3), set()),
    "an attempt too many, by the list of attempts": (
        {},
        lambda o: o.saw(RUNNING, attempts=2),
        set(),
    ),
    "an attempt is listed that has not begun": (
        {"attempts": 3, "full": True},
        lambda o: o.saw(RUNNABLE, attempts=2),
        set(),
    ),
    "FAILED, then RUNNABLE": ({"attempts": 3}, lambda o: o.released(1, RETRIED).saw(FAILED, RUNNABLE), set()),
    "SUCCEEDED, then FAILED": ({}, lambda o: o.released(1, EXITS).saw(SUCCEEDED, FAILED), set()),
    "RUNNING, then STARTING, in one attempt": ({}, lambda o: o.saw(RUNNING, STARTING), set()),
    "RUNNING, then STARTING, while the gate holds the attempt": (
        {"attempts": 2},
        lambda o: o.saw(RUNNING, STARTING),
        {"gate", "no faults"},
    ),
    "RUNNABLE, then PENDING": (
        {"waits": True},
        lambda o: o.knows(dependencies=DEPENDENCY_EVENTS).saw(RUNNABLE, PENDING),
        set(),
    ),
    "PENDING without a dependency": ({}, lambda o: o.saw(PENDING), set()),
    "a job is shown RUNNABLE after its process began": ({}, lambda o: o.began(1).saw(RUNNABLE), {"fresh reads"}),
    "a cancel is lost in RUNNABLE, though the queue was full": (
        {"full": True},
        lambda o: o.saw(RUNNABLE).asked("cancel").knows(capacity=True).saw(STARTING),
        {"full queue", "prompt calls"},
    ),
    "a cancelled RUNNABLE job is never removed": (
        {"full": True},
        lambda o: o.saw(RUNNABLE).asked("cancel").stays(RUNNABLE),
        {"deadline", "prompt calls"},
    ),
    "a terminate is ignored in RUNNING": (
        {},
        lambda o: o.began(1).saw(RUNNING).asked("terminate").stays(RUNNING),
        {"deadline", "prompt calls"},
    ),
    "a terminate is ignored in RUNNABLE": (
        {"full": True},
        lambda o: o.saw(RUNNABLE).asked("terminate").stays(RUNNABLE),
        {"deadline", "prompt calls"},
    ),
    "a cancel of a PENDING job is forgotten when its dependencies are met": (
        {"waits": True},
        lambda o: (
            o.saw(PENDING)
            .asked("cancel")
            .knows(dependencies=frozenset({"dependencies_met"}), dependencies_due=True)
            .stays(RUNNABLE)
        ),
        {"deadline", "prompt calls"},
    ),
    "a cancelled PENDING job runs when its dependencies are met": (
        {"waits": True},
        lambda o: (
            o.saw(PENDING)
            .asked("cancel")
            .knows(dependencies=frozenset({"dependencies_met"}), dependencies_due=True)
            .saw(STARTING)
        ),
        {"dependencies", "prompt calls"},
    ),
    "a PENDING job stays PENDING when its dependencies have ended": (
        {"waits": True},
        lambda o: o.knows(dependencies=frozenset({"dependency_failed"}), dependencies_due=True).stays(PENDING),
        {"deadline"},
    ),
    "a cancelled PENDING job fails at once, where it is required to wait": (
        {"waits": True, "pending_cancel": "waits"},
        lambda o: o.saw(PENDING).asked("cancel").saw(FAILED),
        {"dependencies", "no faults", "reading"},
    ),
    "a cancelled PENDING job waits, where it is required not to": (
        {"waits": True, "pending_cancel": "at_once"},
        lambda o: o.saw(PENDING).asked("cancel").stays(PENDING),
        {"deadline", "prompt calls", "reading"},
    ),
    "a job runs while what it depends on does": ({"waits": True}, lambda o: o.saw(RUNNING), {"dependencies"}),
    "a job stays SUBMITTED": ({}, lambda o: o.stays(SUBMITTED), {"deadline"}),
    "a job stays STARTING": ({}, lambda o: o.stays(STARTING), {"deadline"}),
    "a job that was let go stays RUNNING": (
        {},
        lambda o: o.began(1).released(1, ZERO).stays(RUNNING),
        {"deadline"},
    ),
    "a job that was let go with 0 fails": (
        {},
        lambda o: o.began(1).released(1, ZERO).saw(FAILED),
        {"gate", "no timeout", "no faults"},
    ),
    "a job that was let go with 1 succeeds": (
        {"attempts": 2},
        lambda o: o.began(1).released(1, RETRIED).saw(SUCCEEDED),
        {"gate"},
    ),
    "a job that was let go with 1 fails though an attempt is left": (
        {"attempts": 2},
        lambda o: o.began(1).released(1, RETRIED).saw(FAILED),
        {"gate", "no timeout", "no faults"},
    ),
    "isCancelled is shown, and nobody asked for it": ({}, lambda o: o.saw(RUNNABLE, is_cancelled=True), set()),
    "isTerminated is shown, and nobody asked for it": ({}, lambda o: o.saw(RUNNABLE, is_terminated=True), set()),
    "isCancelled is shown, and a terminate in RUNNING was asked for": (
        {},
        lambda o: o.began(1).asked("terminate").saw(RUNNING, is_cancelled=True),
        set(),
    ),
    "a refused terminate ends the job": (
        {"full": True},
        lambda o: _refused(o.saw(RUNNABLE), "terminate").saw(FAILED),
        {"no faults"},
    ),
    "a terminated job exits 0 after its SIGTERM and succeeds, where it is required to fail": (
        {"exit_zero_after_terminate": "FAILED"},
        lambda o: o.began(1).saw(RUNNING).asked("terminate").signalled(1, ZERO).saw(SUCCEEDED),
        {"reading"},
    ),
}


def _refused(observer: Observer, request: str) -> Observer:
    observer.monitor.called(request)
    observer.monitor.refused(request)
    return observer


@pytest.mark.parametrize("name", VIOLATIONS)
def test_it_is_a_violation(name):
    submission, story, _ = VIOLATIONS[name]
    assert story(Observer(**submission)).monitor.verdict is not None


@pytest.mark.parametrize("name", VIOLATIONS)
def test_it_is_excused_by_each_assumption_that_it_rests_on_and_by_no_other(name):
    """So that a report can say what a verdict takes for granted, and what would clear the service."""
    submission, story, excuses = VIOLATIONS[name]
    assert {a for a in ASSUMPTIONS if story(Observer(**submission, dropped=a)).monitor.verdict is None} == excuses


def test_every_assumption_excuses_something_and_not_everything():
    excused = [excuses for _, _, excuses in VIOLATIONS.values()]
    assert {assumption for excuses in excused for assumption in excuses} == set(ASSUMPTIONS)
    assert set() in excused


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


# Readings.


def _values(observer: Observer, reading: str) -> set[str]:
    """The values of one reading that still explain everything; all others must still be open."""
    assert observer.monitor.verdict is None
    left = observer.monitor.readings
    values = {dict(valuation)[reading] for valuation in left}
    assert left == {v for v in valuations() if dict(v)[reading] in values}
    return values


BOTH = object()

# What was seen, and which values of which reading it leaves.
LEAVES: Mapping[str, tuple[dict, Story, str, object]] = {
    "a retry after a cancel": (
        {"attempts": 2},
        lambda o: o.began(1).saw(RUNNING).asked("cancel").released(1, RETRIED).saw(RUNNABLE),
        "cancel_overrides_retry",
        {"no"},
    ),
    "a second attempt after a cancel": (
        {"attempts": 2},
        lambda o: o.began(1).asked("cancel").released(1, RETRIED).began(2),
        "cancel_overrides_retry",
        {"no"},
    ),
    "no retry after a cancel": (
        {"attempts": 2},
        lambda o: o.began(1).saw(RUNNING).asked("cancel").released(1, RETRIED).saw(FAILED),
        "cancel_overrides_retry",
        {"yes"},
    ),
    "no retry after a cancel, but no attempt was left": (
        {"attempts": 1},
        lambda o: o.began(1).saw(RUNNING).asked("cancel").released(1, RETRIED).saw(FAILED),
        "cancel_overrides_retry",
        BOTH,
    ),
    "success after a cancel": (
        {"attempts": 2},
        lambda o: o.began(1).saw(RUNNING).asked("cancel").released(1, ZERO).saw(SUCCEEDED),
        "cancel_overrides_retry",
        BOTH,
    ),
    "success after a cancel that may have come before the attempt began": (
        {"attempts": 2},
        lambda o: o.saw(RUNNABLE).asked("cancel").released(1, RETRIED).saw(FAILED),
        "cancel_overrides_retry",
        BOTH,
    ),
    "exit 0 after a reported SIGTERM, and FAILED": (
        {},
        lambda o: o.began(1).saw(RUNNING).asked("terminate").signalled(1, ZERO).saw(FAILED),
        "exit_zero_after_terminate",
        {"FAILED"},
    ),
    "exit 0 after a reported SIGTERM, and FAILED, but the start may have been given up": (
        {},
        lambda o: o.began(1).asked("terminate").signalled(1, ZERO).saw(FAILED),
        "exit_zero_after_terminate",
        BOTH,
    ),
    "exit 0 after a reported SIGTERM, and SUCCEEDED": (
        {},
        lambda o: o.began(1).asked("terminate").signalled(1, ZERO).saw(SUCCEEDED),
        "exit_zero_after_terminate",
        {"SUCCEEDED"},
    ),
    "FAILED after a terminate of which the process says nothing": (
        {},
        lambda o: o.began(1).released(1, ZERO).asked("terminate").saw(FAILED),
        "exit_zero_after_terminate",
        BOTH,
    ),
    "SUCCEEDED after a terminate of which the process says nothing": (
        {},
        lambda o: o.began(1).released(1, ZERO).asked("terminate").saw(SUCCEEDED),
        "exit_zero_after_terminate",
        BOTH,
    ),
    "a SIGTERM that may have been the timeout's": (
        {"dropped": "no timeout"},
        lambda o: o.knows(stopped_exits=ZERO).began(1).asked("terminate").signalled(1, ZERO).saw(FAILED),
        "exit_zero_after_terminate",
        BOTH,
    ),
    "a cancelled PENDING job fails while what it depends on runs": (
        {"waits": True},
        lambda o: o.saw(PENDING).asked("cancel").saw(FAILED),
        "pending_cancel",
        {"at_once"},
    ),
    "a cancelled PENDING job stays": (
        {"waits": True},
        lambda o: o.saw(PENDING).asked("cancel").stays(PENDING),
        "pending_cancel",
        {"waits"},
    ),
    "a cancelled PENDING job is still there after a while": (
        {"waits": True},
        lambda o: o.saw(PENDING).asked("cancel").saw(PENDING, is_cancelled=True),
        "pending_cancel",
        BOTH,
    ),
    "a cancelled PENDING job fails when a dependency may have": (
        {"waits": True},
        lambda o: o.saw(PENDING).asked("cancel").knows(dependencies=DEPENDENCY_EVENTS).saw(FAILED),
        "pending_cancel",
        BOTH,
    ),
    "a terminated PENDING job stays, which it may (TERM-04)": (
        {"waits": True},
        lambda o: o.saw(PENDING).asked("terminate").stays(PENDING),
        "pending_cancel",
        BOTH,
    ),
    "a terminated PENDING job fails, which it may (TERM-04)": (
        {"waits": True},
        lambda o: o.saw(PENDING).asked("terminate").saw(FAILED),
        "pending_cancel",
        BOTH,
    ),
    "a terminated RUNNABLE job shows isCancelled": (
        {"full": True},
        lambda o: o.saw(RUNNABLE).asked("terminate").saw(FAILED, is_cancelled=True),
        "terminate_before_starting_sets",
        {"isCancelled", "both"},
    ),
    "a terminated RUNNABLE job shows isTerminated": (
        {"full": True},
        lambda o: o.saw(RUNNABLE).asked("terminate").saw(FAILED, is_terminated=True),
        "terminate_before_starting_sets",
        BOTH,  # that a flag of a request which was made is shown, is free
    ),
    "a terminated and cancelled job shows isCancelled": (
        {"full": True},
        lambda o: o.saw(RUNNABLE).asked("cancel").asked("terminate").saw(FAILED, is_cancelled=True),
        "terminate_before_starting_sets",
        BOTH,
    ),
}


@pytest.mark.parametrize("name", LEAVES)
def test_it_leaves_these_readings(name):
    submission, story, reading, values = LEAVES[name]
    left = set(BY_NAME[reading].values) if values is BOTH else values
    assert _values(story(Observer(**submission)), reading) == left


def test_each_value_of_each_reading_but_one_is_concluded_from_something():
    """Nothing that a job shows proves `isTerminated`: the monitor leaves that to a rule that reads the flags exactly."""
    concluded = {(reading, value) for _, _, reading, left in LEAVES.values() if left is not BOTH for value in left}
    every = {(reading.name, value) for reading in BY_NAME.values() for value in reading.values}
    assert every - concluded == {("terminate_before_starting_sets", "isTerminated")}


def test_before_anything_is_seen_every_reading_is_left():
    assert Monitor().readings == set(valuations())
    assert Monitor(readings={"pending_cancel": "waits"}).readings == set(valuations({"pending_cancel": "waits"}))


def test_two_observations_that_exclude_each_others_readings_are_a_violation():
    """Each alone is fine; no service answers both."""
    observer = Observer(attempts=3).began(1).asked("cancel").released(1, RETRIED).began(2)
    assert _values(observer, "cancel_overrides_retry") == {"no"}
    observer.asked("cancel").released(2, RETRIED).saw(FAILED)
    assert observer.monitor.verdict is not None
    assert not observer.monitor.readings


# Calls as intervals.


def test_a_request_may_take_effect_at_any_moment_until_it_is_answered():
    """Before the answer both ends are open, after it only one."""
    observer = Observer(full=True).saw(RUNNABLE)
    observer.monitor.called("cancel")
    assert possible_statuses(observer.monitor) == {RUNNABLE, FAILED}
    observer.stays(RUNNABLE)
    assert observer.monitor.verdict is None
    observer.monitor.answered("cancel")
    observer.stays(RUNNABLE)
    assert observer.monitor.verdict is not None


def test_a_request_whose_answer_was_lost_may_take_effect_much_later_or_never():
    observer = Observer().began(1)
    observer.monitor.called("terminate")
    observer.stays(RUNNING).stays(RUNNING)
    assert observer.monitor.verdict is None, "never"
    assert observer.signalled(1).saw(FAILED).monitor.verdict is None, "late"


def test_of_two_requests_one_answer_says_that_one_has_taken_effect():
    """Which of them is not known, nor needed: they do the same."""
    observer = Observer().began(1)
    observer.monitor.called("terminate")
    observer.monitor.called("terminate")
    observer.monitor.answered("terminate")
    observer.stays(RUNNING)
    assert observer.monitor.verdict is not None


def test_a_refused_request_has_no_effect_and_an_answered_one_beside_it_has():
    for last, violated in (("answered", True), ("refused", False)):
        observer = Observer().began(1)
        observer.monitor.called("terminate")
        observer.monitor.called("terminate")
        observer.monitor.refused("terminate")
        getattr(observer.monitor, last)("terminate")
        assert (observer.stays(RUNNING).monitor.verdict is not None) is violated


def test_a_flag_may_be_shown_as_soon_as_its_request_has_set_out():
    """Whether it is shown at all is free where the request changes nothing (CANCEL-16)."""
    observer = Observer().began(1)
    observer.monitor.called("cancel")
    assert observer.saw(RUNNING, is_cancelled=True).saw(RUNNING, is_cancelled=False).monitor.verdict is None


# Reads as intervals.


def test_a_read_may_show_what_a_later_read_or_report_has_ruled_out_meanwhile():
    """It took longer than they did: what it shows was so when it began."""
    for shown in (SUBMITTED, RUNNABLE, STARTING, RUNNING):
        observer = Observer(attempts=2)
        mark = observer.monitor.mark()
        observer.began(1).saw(RUNNING).released(1, RETRIED).began(2).saw(RUNNING)
        observer.monitor.saw(Shown(shown), since=mark)
        assert observer.monitor.verdict is None
        assert possible_statuses(observer.monitor) == {RUNNING}, "it says nothing about later"
        assert observer.saw(STARTING).monitor.verdict is not None


def test_a_read_may_show_what_was_between_others_and_neither_at_its_beginning_nor_at_its_end():
    observer = Observer(full=True).saw(RUNNABLE)
    mark = observer.monitor.mark()
    observer.knows(capacity=True).saw(RUNNING).released(1, ZERO).saw(SUCCEEDED)
    observer.monitor.saw(Shown(RUNNING), since=mark)
    assert observer.monitor.verdict is None


def test_a_read_may_not_show_what_was_over_before_it_began():
    observer = Observer().began(1).saw(RUNNING)
    mark = observer.monitor.mark()
    observer.released(1, ZERO).saw(SUCCEEDED)
    observer.monitor.saw(Shown(STARTING), since=mark)
    assert observer.monitor.verdict is not None


def test_a_read_may_not_show_what_has_not_come_yet():
    observer = Observer(full=True).saw(RUNNABLE)
    mark = observer.monitor.mark()
    observer.asked("cancel")
    observer.monitor.saw(Shown(STARTING), since=mark)
    assert observer.monitor.verdict is not None


def test_what_was_possible_when_a_read_began_may_have_happened_during_it():
    """Also when nothing new was seen meanwhile, but what may happen unseen has changed."""
    observer = Observer()
    mark = observer.monitor.mark()
    observer.knows(capacity=False)
    observer.monitor.saw(Shown(SUBMITTED), since=mark)
    assert observer.began(1).monitor.verdict is None


def test_a_mark_without_anything_after_it_is_a_read_of_this_moment():
    one, other = Observer(), Observer()
    one.monitor.saw(Shown(RUNNING), since=one.monitor.mark())
    other.saw(RUNNING)
    assert one.monitor.allowed() == other.monitor.allowed() == ("RUNNING",)


def test_polls_may_skip_any_status():
    """ST-16: and each life of the machine looks like this to a slow poller."""
    assert Observer(attempts=2, waits=True, dropped="dependencies").saw(STARTING).monitor.verdict is None
    assert Observer().released(1, ZERO).saw(SUCCEEDED).monitor.verdict is None
    assert Observer(attempts=3, dropped="gate").saw(RUNNING, STARTING, STARTING, RUNNABLE).monitor.verdict is None


def test_lagging_reads_never_go_back():
    """Without fresh reads the past may be shown, but only once, and in order."""
    observer = Observer(dropped="fresh reads").began(1).saw(SUBMITTED, RUNNABLE, RUNNABLE, STARTING)
    assert observer.monitor.verdict is None
    assert observer.saw(RUNNABLE).monitor.verdict is not None


def test_a_settled_read_of_a_lagging_service_has_caught_up():
    assert Observer(dropped="fresh reads").began(1).stays(STARTING).monitor.verdict is not None


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
