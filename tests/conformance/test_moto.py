"""moto as it is installed: what the kit says about it, and nothing that it does right is called wrong."""

from __future__ import annotations

import pytest
from outcomes import from_file, live

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome

pytest.importorskip("moto")

DIVERGES = {
    *(
        "RETRY-01",
        "RETRY-03",
        "RETRY-05",
        "RETRY-06",
        "RETRY-16",
        "RETRY-37",
        "ARR-05",
        "ARR-10",
        "CANCEL-15",
        "TERM-15",
    ),
    *("LIST-01", "LIST-02", "LIST-05", "LIST-06", "LIST-09", "LIST-10"),
    *("ERR-03", "ERR-04", "ERR-05", "ERR-06", "ERR-07"),
    *("DEP-01", "ARR-01", "TO-01", "ST-15", "ENV-02", "ENV-06", "ENV-07", "ENV-08", "ENV-09"),
    *("MNP-09", "Q-01", "Q-04", "Q-08", "Q-11"),
}
"""Each of these was also seen by hand with raw boto3 calls: docs/findings.md."""

NOW_AND_THEN = {"ST-28"}
"""moto says RUNNING before it names the log stream: a read that comes between the two shows that, on a busy machine."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("moto")


@pytest.fixture(scope="module")
def report(folder):
    return run_conformance("moto", report=folder)


@pytest.mark.slow
def test_exactly_what_was_seen_by_hand_is_reported(report):
    """When moto changes, look by hand again, then change docs/findings.md and this list."""
    diverging = {id for id, verdict in report.verdicts.items() if verdict is Outcome.DIVERGES}
    assert diverging - NOW_AND_THEN == DIVERGES, report.text()
    assert report.exit_status == 1


@pytest.mark.slow
def test_every_divergence_names_its_variant_and_the_command_that_shows_it_again(report):
    """An emulator's author has to be able to see it."""
    text = report.text()
    for id in DIVERGES:
        assert all(result.variant for result in report.deciding(id))
        assert f"again       batchproof check moto --rule {id} --seed 0" in text
    assert report.of("RETRY-03").happenings, "a history where jobs are part of it"
    assert {result.variant for result in report.deciding("CANCEL-15")} == {"docker-without-engine"}


@pytest.mark.slow
def test_absent_bulk_operations_are_not_supported_and_not_wrong(report):
    """A missing operation is counted, and fails only when it is required."""
    assert {report.verdicts[id] for id in ("BULK-03", "BULK-04", "BULK-05")} == {Outcome.NOT_SUPPORTED}
    assert "CancelJobs is answered with HTTP 404" in report.text()


@pytest.mark.slow
def test_what_was_written_down_comes_to_the_same(report, folder):
    """Verdict by verdict, with what is said of each and what would excuse it."""
    assert from_file(folder) == live(report)
