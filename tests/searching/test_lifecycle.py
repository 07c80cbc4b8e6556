"""`BatchLifecycle.TestCase`, as it is used by somebody else: in their own tests, under their own settings."""

from __future__ import annotations

import re
import unittest

import pytest
from hypothesis import Phase, settings

from batchproof.conformance import BatchLifecycle
from batchproof.conformance.lifecycle import Broken, broken

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

QUICK = {"deadline_s": 1.0, "grace_s": 1}


class Right(BatchLifecycle):
    batch = "reference"
    given = QUICK


class CancelStops(BatchLifecycle):
    batch = "reference"
    given = {**QUICK, "serve": ("--table", "wrong_servers.tables:TABLES[cancel stops]")}


class Nowhere(BatchLifecycle):
    pass


def outcome(machine: type[BatchLifecycle], **given: object) -> unittest.TestResult:
    """What a run of its TestCase comes to."""
    case = machine.TestCase
    case.settings = settings(case.settings, database=None, **given)  # type: ignore[arg-type]
    result = unittest.TestResult()
    unittest.TestSuite([case("runTest")]).run(result)
    return result


def test_a_right_service_passes():
    result = outcome(Right, max_examples=4, stateful_step_count=3)
    assert result.testsRun == 1
    assert not result.errors, result.errors
    assert not result.failures, result.failures


def test_a_cancel_that_stops_a_running_job_is_shown_in_three_steps():
    """
    Hypothesis makes it smaller by playing on the service, and finds the same each time.

    On a machine that does much else, what was shown three times may not be shown to Hypothesis the fourth time: one run of
    three has to do.
    """
    shrinking = [Phase.generate, Phase.shrink]
    # Faults that have other classes, of the same cause, are found beside it now and then: one is enough here.
    options = {"max_examples": 60, "stateful_step_count": 3, "report_multiple_bugs": False}
    result, tries = outcome(CancelStops, phases=shrinking, **options), 1
    while result.errors and tries < 3:
        result, tries = outcome(CancelStops, phases=shrinking, **options), tries + 1
    assert not result.errors, result.errors
    [(_, text)] = result.failures
    assert "it speaks against" in text
    assert "Flaky" not in text
    steps = re.findall(r"^ +(\d+)\. (.*)$", text, re.MULTILINE)
    # Most often three; where Hypothesis stays with a cancel in STARTING, it gives the job its time as well.
    assert 1 <= len(steps) <= 4, text
    rules = re.findall(r"^\s*(?:\w+ = )?state\.(?!teardown)\w+\(", text, re.MULTILINE)
    assert 1 <= len(rules) <= 3, text


def test_each_fault_has_a_class_of_its_own_and_always_the_same():
    """Hypothesis tells failures apart by their class, and would slip from one to the other."""
    assert broken(("S2", "CANCEL-07")) is broken(("S2", "CANCEL-07"))
    assert broken(("S2", "CANCEL-07")) is not broken(("S2", "TERM-02"))
    assert issubclass(broken(("S2",)), Broken)


def test_without_a_service_it_says_how_to_name_one(monkeypatch):
    monkeypatch.delenv("BATCHPROOF_TARGET", raising=False)
    result = outcome(Nowhere)
    assert "no service is named: set Nowhere.batch, or BATCHPROOF_TARGET in the environment" in result.errors[0][1]


def test_the_environment_may_name_the_service(monkeypatch):
    monkeypatch.setenv("BATCHPROOF_TARGET", "nonsense")
    result = outcome(Nowhere)
    assert "there is no target 'nonsense'" in result.errors[0][1]
