"""What was seen leaves some readings of the documents, and excludes others."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from batchproof.model.knowledge import DEPENDENCY_EVENTS
from batchproof.model.monitor import Monitor
from batchproof.model.readings import BY_NAME, valuations
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, SUCCEEDED

from .observer import RETRIED, ZERO, Observer, Story

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
