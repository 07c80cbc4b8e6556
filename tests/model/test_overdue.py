"""Time in the monitor: what is due is missing only when its bound has passed since it may have become due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from batchproof.model.bounds import Bounds
from batchproof.model.knowledge import Knowledge
from batchproof.model.monitor import Monitor, Shown
from batchproof.model.readings import DEFAULT
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, STARTING, SUBMITTED, SUCCEEDED, Status

KILLED, ZERO = frozenset({"exit_retry"}), frozenset({"exit_zero"})
HELD = Knowledge(later_exits=frozenset(), stopped_exits=KILLED)
"""A gate holds every attempt; a SIGTERM kills it."""
BOUNDS = Bounds(
    evaluate=1_000, dependencies=10_000, place=2_000, start=10_000, remove=4_000, stop=5_000, grace=30_000, exit=3_000
)


def monitor(knowledge: Knowledge = HELD, bounds: Bounds = BOUNDS, **more) -> Monitor:
    return Monitor(knowledge=knowledge, bounds=bounds, **more)


def stays(of: Monitor, status: Status, at_s: float, **flags) -> bool:
    """Whether a settled read at that time, which shows this, is explained."""
    of.saw(Shown(status, **flags), settled=True, at_ms=round(at_s * 1000))
    return of.verdict is None


def asked(of: Monitor, request: str, at_s: float) -> None:
    of.called(request, at_ms=round(at_s * 1000))
    of.answered(request, at_ms=round(at_s * 1000))


@pytest.mark.parametrize(("at_s", "explained"), [(29.9, True), (30.1, False)])
def test_a_start_may_take_its_bound_from_when_the_job_was_first_seen_starting(at_s, explained):
    """It may have become STARTING at that very moment, so not a second earlier."""
    job = monitor()
    job.saw(Shown(RUNNABLE), at_ms=5_000)
    job.saw(Shown(STARTING), at_ms=20_000)
    assert stays(job, STARTING, at_s) is explained


@pytest.mark.parametrize("at_s", [20, 200])
def test_a_job_that_was_just_placed_has_all_its_time(at_s):
    """RUNNABLE is no move put off, however long: nobody promises a placement (ST-05)."""
    job = monitor()
    job.saw(Shown(RUNNABLE), at_ms=1_000)
    assert stays(job, STARTING, at_s)


def test_a_read_that_is_answered_late_does_not_say_when_it_looked():
    """
    The demon found it: the read looked while the job was RUNNING, the attempt was seen to end within its bound, and only
    then came the answer. The terminate that acts late meets the job in RUNNABLE, and its removal has all its time.
    """
    job = monitor(
        replace(HELD, later_exits=KILLED),
        replace(BOUNDS, call=9_000),
        attempts=2,
        late_calls=True,
        readings=dict(DEFAULT),
    )
    job.saw(Shown(RUNNING), at_ms=1_000)
    asked(job, "terminate", 1)
    job.saw(Shown(RUNNING), since=job.mark(), at_ms=5_000)  # the attempt ended at 4 s
    job.saw(Shown(RUNNABLE), at_ms=5_000)
    assert stays(job, RUNNABLE, 9)


@pytest.mark.parametrize(("began_ms", "explained"), [(3_000, False), (None, True)])
def test_a_read_that_began_late_shows_what_is_late(began_ms, explained):
    """
    SUBMITTED at 3 s is two seconds too long. Where a record does not say when the read began, it may have been before that:
    nothing new is not written down, so the last thing that was may be long ago.
    """
    job = monitor(waits=False, readings=dict(DEFAULT))
    asked(job, "cancel", 0)
    job.saw(Shown(SUBMITTED), since=job.mark(), began_ms=began_ms, at_ms=3_100)
    assert stays(job, RUNNABLE, 4.5) is explained


@pytest.mark.parametrize(("at_s", "explained"), [(209.9, True), (210.1, False)])
def test_the_end_of_a_dependency_starts_the_clock_anew(at_s, explained):
    """The cancel was long ago, and waited for it: a second after that end nothing is missing yet."""
    job = monitor(waits=True)
    job.saw(Shown(PENDING), at_ms=1_000)
    asked(job, "cancel", 2)
    job.knows(dependencies=frozenset({"dependency_failed"}), dependencies_due=True, at_ms=200_000)
    assert stays(job, PENDING, at_s, is_cancelled=True) is explained


@pytest.mark.parametrize(("at_s", "explained"), [(100 + 37.9, True), (100 + 38.1, False)])
def test_sigkill_is_due_the_grace_time_after_sigterm_and_sigterm_its_own_bound_after_the_request(at_s, explained):
    """One after the other: 5 s until SIGTERM, 30 s of grace, 3 s until the end is noticed."""
    job = monitor()
    job.saw(Shown(RUNNING), at_ms=50_000)
    asked(job, "terminate", 100)
    assert stays(job, RUNNING, at_s, is_terminated=True) is explained


@pytest.mark.parametrize(("at_s", "explained"), [(103 + 32.9, True), (103 + 33.1, False)])
def test_a_reported_sigterm_is_what_the_grace_time_counts_from(at_s, explained):
    """The kit saw it come: that is sharper than the bound for sending it, and never earlier than it came."""
    job = monitor()
    job.saw(Shown(RUNNING), at_ms=50_000)
    job.began(1, at_ms=50_000)
    asked(job, "terminate", 100)
    job.signalled(1, at_ms=103_000)
    assert stays(job, RUNNING, at_s, is_terminated=True) is explained


def test_attempts_that_come_and_go_between_two_reads_are_not_one_that_stays():
    """Each start takes a while and each run an instant: reads show STARTING all the time, and nothing is put off."""
    quick = Knowledge(later_exits=KILLED)
    assert stays(_seen(monitor(quick, attempts=3), STARTING, 1), STARTING, 25)
    assert not stays(_seen(monitor(quick, attempts=1), STARTING, 1), STARTING, 25)


def _seen(job: Monitor, status: Status, at_s: int) -> Monitor:
    job.saw(Shown(status), at_ms=at_s * 1000)
    return job


@pytest.mark.parametrize(("at_s", "explained"), [(100 + 15 + 37.9, True), (100 + 15 + 38.1, False)])
def test_a_late_request_has_a_bound_of_its_own_before_all_that_follows(at_s, explained):
    """TerminateJob may act some time after its 200 (TERM-06), where the target says how long."""
    job = monitor(bounds=_with(call=15_000), late_calls=True)
    job.saw(Shown(RUNNING), at_ms=50_000)
    asked(job, "terminate", 100)
    assert stays(job, RUNNING, at_s) is explained


def _with(**changes: int) -> Bounds:
    return replace(BOUNDS, **changes)


@pytest.mark.parametrize("monotone", [True, False])
@pytest.mark.parametrize(("at_s", "explained"), [(20 + 4 + 2.9, True), (20 + 4 + 3.1, False)])
def test_reads_may_be_as_old_as_the_target_says_and_no_older(monotone, at_s, explained):
    """A job that waits was cancelled at 20 s, and is removed 4 s later at the latest; a read 3 s old may not show it."""
    job = monitor(bounds=_with(lag=3_000), fresh_reads=False, monotone_reads=monotone)
    job.saw(Shown(RUNNABLE), at_ms=10_000)
    job.knows(capacity=False, at_ms=10_000)
    job.saw(Shown(RUNNABLE), at_ms=15_000)
    asked(job, "cancel", 20)
    assert stays(job, RUNNABLE, at_s) is explained


def test_reads_that_go_back_accuse_nobody_and_what_can_never_have_been_still_does():
    """A replica that is behind shows RUNNING after FAILED; none shows SUCCEEDED where the job never exited."""
    back = monitor(fresh_reads=False, monotone_reads=False, attempts=2)
    asked_and_ended = [(RUNNABLE, 1), (RUNNING, 2), (RUNNABLE, 3), (RUNNING, 4)]
    for status, at_s in asked_and_ended:
        back.saw(Shown(status), at_ms=at_s * 1000)
    asked(back, "terminate", 5)
    for status, at_s in [(FAILED, 6), (RUNNING, 7), (FAILED, 8), (RUNNABLE, 9)]:
        back.saw(Shown(status), at_ms=at_s * 1000)
        assert back.verdict is None
    back.saw(Shown(SUCCEEDED), at_ms=10_000)
    assert back.verdict is not None
    lagging = monitor(fresh_reads=False)
    for status, at_s in [(RUNNABLE, 1), (RUNNING, 2), (RUNNABLE, 3)]:
        lagging.saw(Shown(status), at_ms=at_s * 1000)
    assert lagging.verdict is not None, "one attempt: a monotone read never shows RUNNABLE again"


def test_a_cancel_that_kills_is_seen_through_reads_that_go_back():
    """Nothing that the job can have been is FAILED: the gate holds it, and nobody asked to stop it."""
    job = monitor(fresh_reads=False, monotone_reads=False)
    job.saw(Shown(RUNNING), at_ms=1_000)
    asked(job, "cancel", 2)
    job.saw(Shown(FAILED), at_ms=3_000)
    assert job.verdict is not None


@pytest.mark.parametrize(
    ("story", "until_s"),
    [
        (lambda job: None, 100),  # it runs, is held, and nothing is due
        (lambda job: asked(job, "cancel", 100), 100),
        (lambda job: asked(job, "terminate", 100), 138),
        (lambda job: job.now_knows(job.knowledge.released(1, ZERO), at_ms=100_000), 103),
    ],
)
def test_how_long_to_wait_follows_from_what_is_due(story, until_s):
    """Whoever waits this long and reads again has given the service all the time that it is allowed."""
    job = monitor()
    job.saw(Shown(RUNNING), at_ms=50_000)
    story(job)
    assert job.waits_until_ms(100_000) == until_s * 1000


def test_a_verdict_without_times_takes_everything_urgent_for_overdue():
    """For histories that have none: whoever says that a read is settled vouches for the time that has passed."""
    job = Monitor(knowledge=HELD)
    job.saw(Shown(STARTING))
    job.saw(Shown(STARTING), settled=True)
    assert job.verdict is not None
    assert job.verdict.saw == "STARTING and stays"
