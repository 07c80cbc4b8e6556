"""Calls and reads take time: what they say was so at some moment between their beginning and their end."""

from __future__ import annotations

from batchproof.model.monitor import Shown, possible_statuses
from batchproof.model.status import FAILED, RUNNABLE, RUNNING, STARTING, SUBMITTED, SUCCEEDED

from .observer import RETRIED, ZERO, Observer

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
