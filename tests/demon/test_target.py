"""The whole kit against the demon, through boto3 and in virtual time: not one accusation."""

from __future__ import annotations

from typing import Any

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome

DECLARED: tuple[dict[str, str], ...] = (
    {"reads": "fresh"},
    {"reads": "lagging", "requests": "late"},
    {"reads": "unordered", "hosts": "lost"},
)


def checked(least: int, **asked: Any) -> None:
    """Run the kit; nothing may diverge, and so many rules have to come about, or silence would mean little."""
    report = run_conformance("demon", **asked)
    outcomes = report.verdicts
    assert [rule for rule, outcome in outcomes.items() if outcome is Outcome.DIVERGES] == [], report.text()
    assert sum(outcome is Outcome.CONFORMS for outcome in outcomes.values()) >= least, report.text()


@pytest.mark.slow
def test_the_demon_is_never_accused():
    """It does nothing that the table and the documents forbid, so what DIVERGES here is a false alarm of the kit's."""
    checked(15, reads="fresh", seed=3, rule=("CANCEL-0*", "TERM-0*", "RETRY-2*"), histories=10)


@pytest.mark.soak
def test_nor_is_it_by_any_rule():
    checked(95, reads="fresh", seed=3)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [10])
@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: " ".join(declared.values()))
def test_nor_is_one_that_declares_more(declared, seed):
    """Old reads, reads that go back, late requests and lost hosts, each where it is declared."""
    checked(85, seed=seed, **declared)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0])
def test_nor_is_one_behind_a_bad_network(seed):
    """All four variants: the last stands behind nine modes of the adversary."""
    checked(80, seed=seed)
