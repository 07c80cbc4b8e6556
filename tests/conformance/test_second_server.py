"""What puts the clock forward has a server to itself; where that one does not start, the rest of the run is not lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from wrong_servers.starting import MARK

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome


@pytest.mark.slow
def test_without_a_second_server_only_what_needs_it_is_unclear(monkeypatch, tmp_path):
    """It ended the whole run, with everything that had been found until then."""
    monkeypatch.setenv(MARK, str(tmp_path / "mark"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    serve = ("--server", "wrong_servers.starting:only_the_first")
    report = run_conformance("reference", rule=("CANCEL-07", "TO-04"), serve=serve)
    assert report.verdicts["CANCEL-07"] is Outcome.CONFORMS
    assert report.verdicts["TO-04"] is Outcome.INCONCLUSIVE
    assert "there is one already" in report.of("TO-04").why
    assert report.exit_status == 2
