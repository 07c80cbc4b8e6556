"""What the kit says about the points that AWS's documents leave open."""

from __future__ import annotations

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome
from batchproof.model.readings import READINGS

POWERS = ("gate", "holds-runnable", "fresh-reads")
SHOWS = {
    "cancel_overrides_retry": "CANCEL-19",
    "exit_zero_after_terminate": "TERM-11",
    "pending_cancel": "CANCEL-04",
    "terminate_before_starting_sets": "TERM-15",
}
"""The rule whose scenario shows each reading."""

OTHERS = [(reading.name, value) for reading in READINGS for value in list(reading.values)[1:]]


def check(url: str, *rules: str, **more):
    return run_conformance(endpoint_url=url, powers=POWERS, rule=rules, deadline_s=1.5, grace_s=1, **more)


@pytest.mark.parametrize(("name", "value"), OTHERS)
def test_a_service_with_another_reading_conforms_and_the_report_names_the_reading(served, name, value):
    """A reading is a finding about the service, not a fault of it."""
    with served("--grace-s", "1", "--reading", f"{name}={value}") as url:
        report = check(url, SHOWS[name])
    assert report.exit_status == 0, report.text()
    assert report.readings.values[name] == {value}
    assert f"seen: {value}" in report.text()


@pytest.mark.parametrize(("name", "value"), OTHERS)
def test_a_required_reading_makes_the_other_one_diverge_and_says_what_would_excuse_it(served, name, value):
    """`--require-reading` turns the finding into a rule."""
    required = {name: READINGS[[r.name for r in READINGS].index(name)].default}
    with served("--grace-s", "1", "--reading", f"{name}={value}") as url:
        report = check(url, SHOWS[name], readings=required)
    assert report.exit_status == 1
    assert report.verdicts[SHOWS[name]] is Outcome.DIVERGES
    assert value in report.text()


def test_a_service_that_mixes_two_readings_over_its_jobs_diverges(served):
    """One answer for each service and run: two jobs that exclude each other's answers are a contradiction."""
    with served("--grace-s", "1", "--server", "wrong_servers.servers:SERVERS[mixes readings]") as url:
        report = check(url, "CANCEL-19")
    assert "cancel_overrides_retry" in report.readings.mixed, report.text()
    assert report.exit_status == 1
    assert "exclude each other" in report.text()
