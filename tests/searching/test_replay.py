"""From a fault to its case, and from the case to the fault again: on the command line, as an emulator's author does it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.depth import DEPTHS
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.searching.case import read
from batchproof.conformance.targets.child import running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

CANCEL_STOPS = "wrong_servers.tables:TABLES[cancel stops]"
WRONG = ("--serve-option", "--table", "--serve-option", CANCEL_STOPS)
CASE = {
    "format": 1,
    "rule": "S2",
    "broken": ["CANCEL-07"],
    "expected": "RUNNING",
    "observed": "SIGTERM in attempt 1",
    "steps": [
        {"step": "submit", "name": "a"},
        {"step": "until", "job": "a", "status": "RUNNING"},
        {"step": "ask", "request": "cancel", "jobs": ["a"]},
        {"step": "release", "job": "a", "code": 0},
    ],
    "begins": 2,
    "shortened": "service",
    "shown": 3,
    "played": 3,
    "scenario": "S2.7",
    "target": "reference",
    "powers": ["gate", "holds-running", "runs"],
    "assumptions": [],
    "readings": {},
    "bounds_ms": {},
    "seed": 0,
    "versions": {},
}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE))
    return path


def test_what_random_histories_find_is_shown_again_five_times_of_five(batchproof, tmp_path):
    """The whole way: found, made short, told in numbered steps, written, and played by the command that is said."""
    found = batchproof("check", "reference", "--rule", "S2", "--deadline-s", "1.5", "--report", tmp_path, *WRONG)
    assert found.returncode == 1, found.stdout + found.stderr
    path = tmp_path / "cases" / "S2-CANCEL-07.json"
    assert len(read(path).steps) <= 3
    told = re.search(r"^  steps +(1\. .*(?:\n +\d+\. .*)*)\n +(.*)$", found.stdout, re.MULTILINE)
    assert told, found.stdout
    assert len(told[1].splitlines()) == len(read(path).steps)
    assert told[2] == "made shorter by asking the service again, and shown in 5 of 5"
    again = re.search(r"^  again +batchproof (replay .*)$", found.stdout, re.MULTILINE)
    assert again
    assert str(path) in again[1]
    replayed = batchproof("replay", path, "--target", "reference", "--deadline-s", "1.5", "--times", "5", *WRONG)
    assert replayed.returncode == 1, replayed.stdout + replayed.stderr
    assert replayed.stdout.splitlines()[-1] == "shown again in 5 of 5: it speaks against CANCEL-07"
    assert "3. cancel a" in replayed.stdout or "2. cancel a" in replayed.stdout


def test_a_service_that_was_mended_conforms(batchproof, case):
    done = batchproof("replay", case, "--target", "reference", "--deadline-s", "1.5", "--times", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "not shown again: 2 of 2 conform"


def test_another_fault_than_that_of_the_case_is_said_to_be_another(batchproof, case):
    """Who mends one fault and makes another has not the same one again."""
    case.write_text(json.dumps({**CASE, "broken": ["TERM-02"]}))
    done = batchproof("replay", case, "--target", "reference", "--deadline-s", "1.5", *WRONG)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "not shown again, but something else was broken in 1 of 1"


def test_where_a_power_is_missing_it_is_named_and_nothing_is_judged(batchproof, case):
    serve = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0", "--stop-on-eof"]
    with running(serve) as (url, _):
        done = batchproof("replay", case, "--target", url)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "the target does not offer: jobs reach the kit's gate" in done.stdout
    assert done.stdout.splitlines()[-1].startswith(
        "not shown again, and nothing is proved by that: the target does not"
    )


@pytest.mark.parametrize("text", ["[" * 100_000, "\0", "{}"])
def test_a_file_that_is_no_case_is_one_line(batchproof, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    done = batchproof("replay", path, "--target", "reference")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {path}")
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_one_line(batchproof, tmp_path):
    done = batchproof("replay", tmp_path / "none.json", "--target", "reference")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_on_a_service_that_is_not_to_be_asked_again_the_record_has_to_do(tmp_path):
    """Somebody's service is not played on sixty times over without a word: the report says what it did instead."""
    report = run_conformance(
        "reference",
        rule="S2",
        shrink="record",
        deadline_s=1.5,
        serve=("--table", CANCEL_STOPS),
        report=tmp_path,
    )
    assert report.verdicts["S2"] is Outcome.DIVERGES
    assert report.count.histories.histories == DEPTHS["quick"]
    kept = next(kept for kept in report.cases if kept.case.name == "S2-CANCEL-07")
    assert kept.case.shortened in ("record", "whole")
    assert kept.case.played == 1
    assert "the service was not asked again" in report.text()


def test_depth_says_how_many_histories_and_a_run_that_ends_before_says_how_many_fewer(batchproof, tmp_path):
    done = batchproof("check", "reference", "--rule", "S2", "--depth", "full", "--limit-s", "12", "--report", tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    said = re.search(r"(\d+) of the 820 that were wanted random histories \(depth full; fewer, .*\)", done.stdout)
    assert said, done.stdout
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["depth"] == "full"
    assert data["count"]["histories"]["wanted"] == 820
    assert data["count"]["histories"]["played"] == int(said[1])
