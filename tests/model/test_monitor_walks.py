"""Random lives, watched through everything that can blur them: the monitor explains all of them, and few wrong ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from batchproof.model.event import Event
from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.machine import Lifecycle
from batchproof.model.memory import attempts_left, chosen, no_retry, retry_overridden, to_stop
from batchproof.model.readings import READINGS
from batchproof.model.status import (
    FAILED,
    RUNNABLE,
    RUNNING,
    STARTING,
    SUBMITTED,
    SUCCEEDED,
    Status,
)

from .walk import Walk

BLOCK = 700  # walks in one test
SHARE = 200  # walks of each wrong table


EXERCISED = {
    *(f"does {event}" for event in Event if event.kind.name != "REQUEST"),
    *("calls", "effect", "answers", "refuses", "loses", "lost, yet takes effect"),
    *("late calls", "answered, then takes effect"),
    *("shows", "begins to read", "looks up", "read", "answers a read late"),
    *("lagging reads", "shows the past", "view moves"),
    *("a gate", "no gate", "releases", "reports that it began", "reports that it began after its end"),
    *("reports a SIGTERM", "reports a SIGTERM after its end"),
    *("full queue", "fills the queue", "makes room"),
    *("dependencies", "lets dependencies end", "sees the dependencies' end"),
    *("timeout", "faults", "free readings"),
    *(f"settles in {status}" for status in Status if status not in (SUBMITTED, STARTING)),  # these two never stay
}
"""What the walks of each block must do at least once."""


@pytest.mark.parametrize("block", range(3))
def test_no_life_of_the_table_is_a_violation_however_it_is_watched(block):
    """
    Sound: a service that runs the table is never accused. Nor are its own readings ruled out.

    One walk in ten has some readings free, one in a hundred all: beliefs under other readings must not matter.
    """
    walks = [
        Walk(random.Random(seed), free_readings=len(READINGS) if seed % 100 == 0 else seed % 10 == 0).run(60)
        for seed in range(block * BLOCK, (block + 1) * BLOCK)
    ]
    wrongly = min((walk for walk in walks if not walk.explained()), key=lambda walk: len(walk.story), default=None)
    assert wrongly is None, f"the monitor is wrong about this life:\n{wrongly}"

    done = Counter(kind for walk in walks for kind in walk.kinds)
    assert {kind for kind in EXERCISED if not done[kind]} == set(), "the walks show less than they say"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_no_life_of_the_table_is_a_violation_and_hypothesis_shortens_one_that_is(chance):
    """The same walks, drawn by Hypothesis: slower, but a failure is shown as short as it can be."""
    walk = Walk(chance).run(40)
    for kind in walk.kinds:
        event(kind)
    assert walk.explained(), f"the monitor is wrong about this life:\n{walk}"


# Wrong services: the same walks on a machine that runs a wrong table, judged by the right one.


def _changed(change: Callable[[Move], Move | None]) -> Lifecycle:
    return Lifecycle(new for move in MOVES if (new := change(move)) is not None)


def _if(condition: bool, move: Move, **changes: object) -> Move:
    return replace(move, **changes) if condition else move


WRONG = {
    "a cancel stops a RUNNING job": _changed(
        lambda m: _if((m.source, m.event) == (RUNNING, "cancel"), m, effect=(*m.effect, to_stop))
    ),
    "a cancel fails a RUNNING job": _changed(
        lambda m: _if((m.source, m.event) == (RUNNING, "cancel"), m, destination=FAILED)
    ),
    "a retry in spite of a terminate or cancel": _changed(
        lambda m: (
            None
            if m.event == "exit_retry" and retry_overridden in m.guard
            else _if(m.event == "exit_retry", m, guard=tuple(a for a in m.guard if a != ~retry_overridden))
        )
    ),
    "an attempt too many": Lifecycle(
        (
            *(m for m in MOVES if not (m.event == "exit_retry" and ~attempts_left in m.guard)),
            Move(RUNNING, "exit_retry", RUNNABLE, (~attempts_left, ~retry_overridden), (no_retry,), ()),
            Move(RUNNING, "exit_retry", FAILED, (~attempts_left, retry_overridden), (), ()),
        )
    ),
    "no retry": _changed(lambda m: _if(m.event == "exit_retry", m, destination=FAILED)),
    "a cancelled RUNNABLE job is placed": _changed(
        lambda m: None if (m.source, m.event) == (RUNNABLE, "remove") else _if(m.event == "choose", m, guard=(~chosen,))
    ),
    "a cancelled RUNNABLE job is not removed": _changed(
        lambda m: None if (m.source, m.event) == (RUNNABLE, "remove") else m
    ),
    "a terminate is ignored": _changed(lambda m: _if(m.event == "terminate", m, effect=())),
    "a retried job is SUBMITTED again": _changed(
        lambda m: _if(m.event == "exit_retry" and m.destination is RUNNABLE, m, destination=SUBMITTED)
    ),
    "FAILED is tried again": Lifecycle((*MOVES, Move(FAILED, "place", RUNNABLE, (attempts_left,), (), ()))),
    "dependencies are not waited for": _changed(lambda m: _if(m.event == "evaluate", m, destination=RUNNABLE)),
    "a failed dependency is a success": _changed(
        lambda m: _if(m.event == "dependency_failed", m, destination=RUNNABLE)
    ),
    "exit 0 fails": _changed(lambda m: _if(m.event == "exit_zero", m, destination=FAILED)),
    "exit 1 succeeds": _changed(lambda m: _if(m.event == "exit_final", m, destination=SUCCEEDED)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_table_is_found_out_in_a_fair_share_of_walks(wrong):
    """Unsteered walks: few come to the wrong row at all, and fewer look in time. Steering does better."""
    walks = [Walk(random.Random(seed), WRONG[wrong], powerful=True).run(80) for seed in range(SHARE)]
    caught = sum(walk.monitor.verdict is not None for walk in walks)
    assert caught >= SHARE // 50
