"""How much of the model a run met: by a run and by its record alike, and never more surely with less taken for granted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from law.recording import HISTORIES

from batchproof.cli.judge import judge
from batchproof.conformance import run_conformance
from batchproof.conformance.judging import coverage
from batchproof.conformance.judging.assumptions import Assumptions
from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.rejudging import recovered
from batchproof.model.elements import Met
from batchproof.model.lifecycle import MOVES
from batchproof.model.readings import valuations


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


@pytest.mark.parametrize("name", ["cancel-stops", "reference-behind-an-adversary"])
def test_a_reading_on_which_a_job_does_not_depend_may_speak_for_another(name: str):
    """Each of the 24 followed by itself comes to the same; most jobs are asked for one thing, or nothing, and depend on few."""
    (section,) = read(HISTORIES / f"{name}.jsonl.gz").sections
    terms = replace(
        section.terms, readings={}, assumptions=section.terms.assumptions.without("fresh_reads", "prompt_calls")
    )
    lives = [job.life for _, seen in section.scenarios() for job in seen.jobs.values()]
    spoken_for = 0
    for way in [
        way for life in lives if (way := coverage._way(life, terms)) and len(way.readings) == len(list(valuations()))
    ]:
        passages = way.inference.passages
        for number, speaker in enumerate(way.speakers()):
            told, mine = coverage._passed(way, speaker), coverage._passed(way, number)
            one, other = passages[speaker].elements, passages[number].elements
            spoken_for += speaker != number
            assert [one.translated(met, other) for met in (told.surely, told.possibly)] == [mine.surely, mine.possibly]
    assert spoken_for > 100


def test_where_no_reading_explains_all_jobs_the_order_of_the_jobs_does_not_matter():
    """Two that exclude each other leave nothing, and a third one does not bring its own reading back."""
    one, other, *_ = (frozenset({valuation}) for valuation in valuations())
    assert coverage._common([one, other, one]) == frozenset()
    assert coverage._common([one | other, frozenset(), one]) == one


def test_a_run_without_a_job_says_nothing_of_readings():
    assert str(coverage.Total({})) == "having met 0 of 67 rows surely, 0 possibly"


def test_judge_says_it_and_writes_it_for_draw(tmp_path: Path):
    file = tmp_path / "met.json"
    done = CliRunner().invoke(judge, [str(HISTORIES / "reference.jsonl.gz"), "--met", str(file)])
    assert done.exit_code == 0, done.output
    total = recovered(read(HISTORIES / "reference.jsonl.gz"))
    assert f"{total}\n" in done.output
    assert json.loads(file.read_text()) == {"met": total.as_data()}
