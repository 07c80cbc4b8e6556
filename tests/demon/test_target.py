"""The whole kit against the demon, through boto3 and in virtual time: not one accusation."""

from __future__ import annotations

from typing import Any

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.register import rules
from batchproof.conformance.targets.demon import UNPLEASANT

VARIANTS: dict[str, tuple[dict[str, Any], int]] = {
    "lagging and late": ({"reads": "lagging", "requests": "late"}, 48),
    "unordered, hosts lost": ({"reads": "unordered", "hosts": "lost"}, 42),
    "behind a bad network": ({"reads": "unordered", "requests": "late", "hosts": "lost", "serve": UNPLEASANT}, 35),
}
"""
What each variant but the plainest asks for, and how many rules conform at least where each third one is checked: lost hosts and lost
answers keep some from coming about.
"""

QUICK = (
    *("CANCEL-0*", "TERM-0*", "RETRY-2*", "RETRY-37", "ENV-0*", "ERR-0[4567]", "LIST-0[4579]"),
    *("ARR-13", "ARR-16", "BULK-01", "ST-15"),
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
    checked(35, reads="fresh", seed=3, rule=QUICK, histories=10)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 5, 8])
def test_a_cancel_that_waits_for_a_dependency_gives_the_reason_where_that_succeeds(seed):
    """
    The demon found it: BULK-17 itself terminated the dependency, which failed, and that was a reason as good (CANCEL-04, DEP-05).

    With these seeds a cancelled PENDING job waits for what it depends on.
    """
    checked(1, reads="fresh", seed=seed, rule=("BULK-17",), readings={"pending_cancel": "waits"})


@pytest.mark.slow
def test_a_cancel_between_two_attempts_comes_between_them():
    """
    The demon found it: CANCEL-18 took the RUNNABLE from before the second attempt for the one after it, and cancelled a job that
    was STARTING, so that nothing came about (CANCEL-06).
    """
    report = run_conformance("demon", reads="fresh", seed=1, rule=("CANCEL-18",))
    assert report.verdicts["CANCEL-18"] is Outcome.CONFORMS, report.text()


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_nor_is_it_by_any_rule():
    checked(150, reads="fresh", seed=5, histories=10)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("number", range(len(VARIANTS)), ids=VARIANTS)
def test_nor_is_one_that_declares_more(number):
    """
    Old reads, reads that go back, late requests and lost hosts, each where it is declared, in the end all that is legal at once.

    Each variant meets another third of the rules, or it would take ten minutes; `batchproof check demon` meets all with all.
    """
    asked, least = list(VARIANTS.values())[number]
    checked(least, seed=10, histories=10, rule=tuple(rules())[number :: len(VARIANTS)], **asked)
