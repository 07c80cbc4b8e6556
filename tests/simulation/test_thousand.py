"""What a thousand random histories do, counted: each kind of step often with effect, and every two requests everywhere."""

from __future__ import annotations

from itertools import product

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.searching.step import REQUESTS
from batchproof.model.status import PENDING, RUNNABLE, RUNNING, STARTING, TERMINAL

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

EFFECTS, DISTINCT = 100, 900
ENDED = "SUCCEEDED or FAILED"


def test_every_step_has_its_effect_often_and_every_two_requests_meet_everywhere():
    """A call has one where its job had not ended, a release where it reached an attempt."""
    report = run_conformance("simulation", rule="S2", histories=1000, seed=3)
    assert report.exit_status == 0, report.text()
    tally = report.count.histories
    assert tally.histories == 1000
    assert tally.distinct >= DISTINCT
    seldom = {name: number for name, number in tally.effective.items() if number < EFFECTS}
    assert not seldom
    met = {(first, second, ENDED if at in TERMINAL else at) for first, _, second, at in tally.pairs}
    assert not set(product(REQUESTS, REQUESTS, (PENDING, RUNNABLE, STARTING, RUNNING, ENDED))) - met


def test_two_seeds_differ():
    """Not in a detail: most histories of one are none of the other."""
    one, other = (run_conformance("simulation", rule="S2", histories=100, seed=seed).count.histories for seed in (1, 2))
    assert len(one.shapes & other.shapes) < 20
