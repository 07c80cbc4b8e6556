"""Recorded histories: judged again by every change, and with less taken for granted never more sharply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest
from law.recording import HISTORIES, RECORDED, VERDICTS, outcomes

from batchproof.conformance.judging.assumptions import Assumptions
from batchproof.conformance.judging.excuses import excuses
from batchproof.conformance.judging.follower import judged
from batchproof.conformance.judging.history import History, read
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.judging.rejudging import rejudged

NAMES = sorted(RECORDED)
GIVEN_UP = Assumptions().made


@cache
def history(name: str) -> History:
    return read(HISTORIES / f"{name}.jsonl.gz")


@cache
def verdicts(name: str, given_up: frozenset[str]) -> Mapping[tuple[str, str], Outcome]:
    return {(r.variant, r.rule): r.outcome for r in rejudged(history(name), given_up=given_up)}


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_history_is_judged_as_it_was(name):
    """Where a change of the kit changes a verdict, look at it: `python tests/law/recording.py --judge` writes it down."""
    assert outcomes(history(name)) == json.loads(VERDICTS.read_text())[name]


def test_what_was_recorded_shows_what_it_is_for():
    """A corpus in which nothing diverges, or nothing conforms, would hold anything."""
    stored = json.loads(VERDICTS.read_text())
    assert set(stored["reference"].values()) == {"CONFORMS"}
    for name in ("cancel-stops", "terminate-stops-nothing", "one-attempt-too-many", "a-finished-job-becomes-cancelled"):
        assert "DIVERGES" in stored[name].values(), name
    assert {"CONFORMS", "DIVERGES"} <= set(stored["moto"].values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("more", GIVEN_UP)
def test_giving_an_assumption_up_makes_no_divergence_and_no_pass_of_one(name, more):
    """Whoever takes less for granted can only be less sure: first alone, then on top of each other one."""
    for before in (frozenset(), *(frozenset({other}) for other in GIVEN_UP if other != more)):
        held_to_the_law(name, before, more)


@pytest.mark.soak
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_for_all_sets_of_assumptions(name):
    """Each edge of the lattice."""
    for bits in range(1 << len(GIVEN_UP)):
        before = frozenset(each for number, each in enumerate(GIVEN_UP) if bits >> number & 1)
        for more in GIVEN_UP:
            if more not in before:
                held_to_the_law(name, before, more)


@pytest.mark.parametrize("name", NAMES)
def test_there_is_an_excuse_exactly_where_giving_everything_up_helps(name):
    """A report says "holds even if ..." where there is none."""
    for section in history(name).sections:
        terms = section.terms
        nothing = replace(terms, assumptions=terms.assumptions.without(*GIVEN_UP), readings={})
        for life in section.jobs().values():
            monitor = judged(life, terms)
            if monitor and monitor.verdict:
                weakest = judged(life, nothing)
                assert weakest
                assert bool(excuses(life, terms)) is (weakest.verdict is None)


def held_to_the_law(name: str, before: frozenset[str], more: str) -> None:
    sharp, dull = verdicts(name, before), verdicts(name, before | {more})
    for rule, outcome in sharp.items():
        after = dull.get(rule)  # a rule that nobody asked for is there only where it diverges
        if outcome is Outcome.DIVERGES:
            assert after is not Outcome.CONFORMS, f"{rule} without {more}, {sorted(before)} given up before"
    for rule, outcome in dull.items():
        if outcome is Outcome.DIVERGES:
            assert sharp.get(rule) is Outcome.DIVERGES, f"{rule} without {more}, {sorted(before)} given up before"
