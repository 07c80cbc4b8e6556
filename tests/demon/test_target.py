"""The whole kit against the demon, through boto3 and in virtual time: not one accusation."""

from __future__ import annotations

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome


@pytest.mark.parametrize("seed", [0, *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8)]])
def test_the_demon_is_never_accused(seed):
    """It does nothing that the table and the documents forbid, so what DIVERGES here is a false alarm of the kit's."""
    report = run_conformance("demon", seed=seed)
    accused = [result.rule for result in report.results if result.outcome is Outcome.DIVERGES]
    assert accused == [], report.text()
    met = sum(result.outcome is Outcome.CONFORMS for result in report.results)
    assert met >= 90, f"of {len(report.results)} rules so few came about that silence means little: {met}"
