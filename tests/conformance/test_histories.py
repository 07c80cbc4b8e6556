"""What random histories really do, counted: a name says nothing of how random they are."""

from __future__ import annotations

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.tally import Taken, Tally
from batchproof.conformance.power import LOCAL
from batchproof.conformance.report.findings import Findings
from batchproof.conformance.searching.beginnings import beginnings
from batchproof.conformance.searching.stateful import drawn
from batchproof.conformance.searching.step import Ask, Together, kind, names

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def checked() -> Findings:
    """As many histories as `make conformance` plays, on the reference."""
    return run_conformance("reference", rule="S2", seed=SEEDS[0])


def test_the_reference_explains_all_of_them(checked: Findings):
    assert checked.exit_status == 0, checked.text()


def test_random_histories_differ(checked: Findings):
    """As sequences of step, status at that moment and kind of argument, without ids, times and texts."""
    tally = checked.count.histories
    assert tally.histories == 82
    assert tally.distinct >= 60


def test_every_step_has_an_effect_now_and_then(checked: Findings):
    """
    Its call was made of a job that had not ended, its release reached an attempt.

    `open` is the rarest: it takes a history in which the environment was closed.
    """
    effective = checked.count.histories.effective
    often = {"submit": 60, "wait": 60, "release": 40, "cancel": 25, "terminate": 25, "look": 5, "pause": 5, "settle": 3}
    often |= {"cancel in bulk": 1, "terminate in bulk": 1, "submit array": 3, "list": 3, "close": 5, "open": 1}
    assert not {name: effective[name] for name, least in often.items() if effective[name] < least}
    assert set(effective) == set(often)


def test_histories_come_to_where_they_are_to_begin(checked: Findings):
    """Nothing holds a job in STARTING: who wants to be there may come late. Everywhere else they arrive."""
    tally = checked.count.histories
    assert len(tally.begun) == 9, tally.begun
    for place, begun in tally.begun.items():
        if place != "until STARTING":
            assert tally.arrived[place] >= 0.8 * begun, (place, tally.arrived[place], begun)


def test_two_requests_meet_one_job_wherever_it_can_be_held(checked: Findings):
    """A cancel and then a terminate, and the other way about."""
    pairs = checked.count.histories.pairs
    for place in ("PENDING", "RUNNABLE", "RUNNING"):
        assert pairs["cancel", place, "terminate", place]
        assert pairs["terminate", place, "cancel", place]


def test_the_report_says_what_they_did(checked: Findings):
    tally = checked.count.histories
    assert f"82 random histories (depth quick), {tally.distinct} of them distinct" in checked.text()
    data = tally.as_data()
    assert data["played"] == 82
    assert data["steps"]["cancel"]["with_effect"] == tally.effective["cancel"]
    assert data["begun"]["until PENDING"] == {
        "begun": tally.begun["until PENDING"],
        "arrived": tally.arrived["until PENDING"],
    }


def test_the_same_seed_draws_the_same_and_another_one_others():
    first, second, third = (set(drawn(82, LOCAL, steps=8, from_seed=seed)) for seed in SEEDS)
    assert first == set(drawn(82, LOCAL, steps=8, from_seed=SEEDS[0]))
    # Where nothing is done after the beginning, there are only so many jobs to begin with.
    for some, others in ((first, second), (second, third), (first, third)):
        assert len(some & others) <= 20


def test_requests_are_what_is_drawn_most_often():
    """Cancel and terminate are what the kit is about: they come more often than steps of their kind would by chance."""
    histories = drawn(300, LOCAL, steps=8, from_seed=4)
    steps = [step for history in histories for step in history.steps[history.begins :]]
    requests = [step for step in steps if isinstance(step, Ask)]
    assert len(requests) >= 0.12 * len(steps)  # which ones Hypothesis draws also depends on the modules that are loaded
    assert {(step.request, step.bulk, len(step.jobs) > 1) for step in requests} >= {
        ("cancel", False, False),
        ("terminate", False, False),
        ("cancel", True, True),
        ("terminate", True, True),
    }
    together = [step for step in steps if isinstance(step, Together)]
    about_one = [step for step in together if len(names(step)) == 1]
    assert len(about_one) >= 0.4 * len(together) > 0


def test_every_beginning_has_its_turn():
    """Of as many histories as there are beginnings each begins elsewhere."""
    places = beginnings(LOCAL)
    histories = drawn(len(places), LOCAL, steps=0, from_seed=5)
    shapes = {tuple(kind(step).partition(" needs")[0] for step in history.steps[1:]) for history in histories}
    assert len(shapes) > 30


@pytest.mark.parametrize("powers", [frozenset(), LOCAL], ids=["none", "all"])
def test_nothing_is_drawn_that_a_target_cannot_do(powers):
    """Without the gate nothing is released, without a narrow queue nothing is closed."""
    kinds = {
        kind(step).partition(" ")[0] for history in drawn(60, powers, steps=8, from_seed=6) for step in history.steps
    }
    assert ("exit" in kinds) is bool(powers)
    assert ("close" in kinds) is bool(powers)
    assert "cancel" in kinds


def test_histories_are_counted_as_what_was_done_and_where():
    """Two histories that differ in names and times alone are one."""
    tally = Tally()
    cancel = Taken("cancel", "cancel", ("a",), ("RUNNING",), request=True)
    terminate = Taken("terminate", "terminate", ("a",), ("RUNNING",), request=True)
    tally.add([cancel, terminate])
    tally.add([Taken("cancel", "cancel", ("b",), ("RUNNING",), request=True), terminate])
    tally.add([Taken("cancel", "cancel", ("a",), ("PENDING",), effect=False, request=True)])
    assert (tally.histories, tally.distinct) == (3, 2)
    assert dict(tally.pairs) == {("cancel", "RUNNING", "terminate", "RUNNING"): 1}
    assert (tally.taken["cancel"], tally.effective["cancel"]) == (3, 2)
