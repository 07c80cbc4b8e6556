"""What is a violation, and which assumption alone excuses it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from batchproof.model.knowledge import DEPENDENCY_EVENTS, EXITS
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, STARTING, SUBMITTED, SUCCEEDED

from .observer import ASSUMPTIONS, RETRIED, ZERO, Observer, Story

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
    "isCancelled is shown, and the cancel was refused": (
        {},
        lambda o: _refused(o.saw(RUNNING), "cancel").saw(RUNNING, is_cancelled=True),
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
