"""How much of the model a run met: by a run and by its record alike, and never more surely with less taken for granted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from law.recording import HISTORIES

from batchproof.cli.judge import judge
from batchproof.conformance import run_conformance
from batchproof.conformance.judging.assumptions import Assumptions
from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.rejudging import recovered
from batchproof.model.elements import Met
from batchproof.model.lifecycle import MOVES


def _row(source: str, event: str, destination: str) -> list[int]:
    return [n for n, m in enumerate(MOVES) if (m.source, m.event, m.destination) == (source, event, destination)]


def test_a_run_and_its_record_come_to_the_same_numbers(tmp_path: Path):
    """Whoever judges a record later can rely on what the run said of itself, and the report says it with the verdict."""
    report = run_conformance("reference", rule="CANCEL-07", report=str(tmp_path))
    met = report.met
    assert met.as_data() == json.loads((tmp_path / "report.json").read_text())["met"]
    assert met.as_data() == recovered(read(tmp_path / "history.jsonl")).as_data()
    assert f"reference CONFORMS, {met}\n" in report.text()
    (cancelled,) = [n for n in _row("RUNNING", "cancel", "RUNNING") if met.rows[n] is not Met.NOT]
    assert met.rows[cancelled] is Met.SURELY
    assert all(met.rows[n] is Met.NOT for n in _row("RUNNING", "terminate", "RUNNING"))


@pytest.mark.parametrize("name", ["reference", "cancel-stops", "reference-behind-an-adversary"])
@pytest.mark.parametrize("given_up", Assumptions().made)
def test_with_less_taken_for_granted_nothing_is_surer(name: str, given_up: str):
    """More lives explain the same record, so fewer rows are common to all of them and more are met by some."""
    history = read(HISTORIES / f"{name}.jsonl.gz")
    before, after = recovered(history).rows, recovered(history, given_up=[given_up]).rows
    surer = [MOVES[n].label for n, (b, a) in enumerate(zip(before, after, strict=True)) if a is Met.SURELY is not b]
    gone = [MOVES[n].label for n, (b, a) in enumerate(zip(before, after, strict=True)) if a is Met.NOT is not b]
    assert (surer, gone) == ([], [])


def test_counts_of_a_report_add_up():
    """A row that some job surely met is surely met, and what no reading in question allows was met by nobody."""
    data = recovered(read(HISTORIES / "reference.jsonl.gz")).as_data()
    assert len(data["rows"]) == len(MOVES)
    for element in (*data["rows"], *data["guards"]):
        assert (element["met"] == "surely") is (element["jobs_surely"] > 0)
        assert (element["met"] == "not") is (element["jobs_possibly"] == 0)
        assert element["jobs_surely"] <= element["jobs_possibly"]
        assert element["possible"] or element["met"] == "not"
    for graph in data["graphs"]:
        for kind in ("configurations", "edges"):
            assert 0 < graph[kind]["surely"] + graph[kind]["possibly"] <= graph[kind]["of"]


def test_judge_says_it_and_writes_it_for_draw(tmp_path: Path):
    file = tmp_path / "met.json"
    done = CliRunner().invoke(judge, [str(HISTORIES / "reference.jsonl.gz"), "--met", str(file)])
    assert done.exit_code == 0, done.output
    total = recovered(read(HISTORIES / "reference.jsonl.gz"))
    assert f"{total}\n" in done.output
    assert json.loads(file.read_text()) == {"met": total.as_data()}
