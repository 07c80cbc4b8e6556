"""What a run says that it exercised is what happened in it, and no more."""

from __future__ import annotations

import json

import pytest
from law.recording import HISTORIES

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.coverage import Total
from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.judging.rejudging import recovered, rejudged
from batchproof.conformance.judging.verdict import Result, concluded, folded
from batchproof.conformance.power import Power
from batchproof.conformance.promised.checked import Kind, answers, rows_of
from batchproof.conformance.promised.exercised import exercised
from batchproof.model.elements import Met
from batchproof.model.lifecycle import MOVES
from batchproof.model.promises import PROMISES, Modality

NOTHING_MET = Total({})


def came_to(outcome: Outcome, judged: str, **more: str) -> Result:
    return Result("CANCEL-07", outcome=outcome, judged=frozenset(judged.split()), **{"variant": "", **more})


def test_a_small_run_says_what_it_exercised_in_every_form_alike(tmp_path):
    """ENV-12 is asked for too, and the server runs no job of several containers: a rule that was not tried proves nothing."""
    report = run_conformance("simulation", rule=("CANCEL-07", "ST-02", "ENV-12"), report=tmp_path)
    verdicts = report.verdicts
    assert (verdicts["CANCEL-07"], verdicts["ENV-12"]) == (Outcome.CONFORMS, Outcome.NOT_SUPPORTED)
    told = report.promised
    assert told.ids == {"CANCEL-07", "ST-02", "ST-03"}, (
        "a job that waits for nobody became RUNNABLE before a monitor's eyes"
    )
    assert told.lacking == ()

    must = [answers()[id] for id, promise in PROMISES.items() if promise.modality is Modality.MUST]
    from_outside = sum(answer.kind in (Kind.CHECKED, Kind.NOT_YET) for answer in must)
    assert f"\n3 of {from_outside} MUST promises exercised here; of {len(must)} in all " in report.text()
    assert "\n  by theme: ST 2/" in report.text()

    data = json.loads((tmp_path / "report.json").read_text())["promises"]
    assert data == told.as_data()
    assert (data["exercised"], data["from_outside"], data["all"]) == (3, from_outside, len(must))
    assert data["themes"]["CANCEL"]["exercised"] == 1
    assert data["themes"]["ST"]["exercised"] == 2
    assert data["themes"]["TERM"]["exercised"] == 0
    for name in ("exercised", "from_outside"):
        assert sum(share[name] for share in data["themes"].values()) == data[name]

    record = read(tmp_path / "history.jsonl")
    assert exercised(rejudged(record), recovered(record)).ids == told.ids


def test_the_powers_are_named_that_rules_lacked_in_every_variant():
    """One variant that has a power is enough; one that no rule of the run asks for is not missed."""
    report = run_conformance("simulation", rule="CANCEL-07")
    report.powers = {"one": frozenset({Power.RUNS}), "other": frozenset()}
    assert report.promised.lacking == ("holds-running",)
    assert " MUST promises exercised here; " in report.text()
    assert "; powers lacking: holds-running\n" in report.text()
    report.powers["other"] = frozenset({Power.HOLDS_RUNNING})
    assert report.promised.lacking == ()


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.NOT_SUPPORTED])
def test_what_came_to_no_verdict_was_not_exercised(outcome):
    """Also where points were looked at: whatever broke off may have kept the one that counts from coming about."""
    assert exercised([came_to(outcome, "CANCEL-07")], NOTHING_MET).ids == frozenset()


def test_a_verdict_in_one_variant_is_enough():
    results = [came_to(Outcome.INCONCLUSIVE, "CANCEL-07"), came_to(Outcome.CONFORMS, "CANCEL-07", variant="other")]
    assert exercised(results, NOTHING_MET).ids == {"CANCEL-07"}


def test_rules_of_the_kit_itself_are_no_promises():
    assert exercised([came_to(Outcome.CONFORMS, "SMOKE-01 S2 CANCEL-07")], NOTHING_MET).ids == {"CANCEL-07"}


def test_of_several_scenarios_of_a_rule_those_count_that_came_to_a_verdict():
    """A life that nothing explains says nothing of a rule whose own matter never came about in that scenario."""
    unexplained = came_to(Outcome.DIVERGES, "TERM-12")
    assert folded([unexplained, came_to(Outcome.CONFORMS, "CANCEL-07")]).judged == {"CANCEL-07", "TERM-12"}
    assert folded([unexplained, came_to(Outcome.INCONCLUSIVE, "CANCEL-07")]).judged == {"TERM-12"}


def test_where_nothing_came_about_that_a_rule_speaks_of_it_judged_nothing():
    """A scenario of one rule, judged for another that speaks of what nobody did there."""
    (section,) = read(HISTORIES / "reference.jsonl.gz").sections
    seen = next(seen for rule, seen in section.scenarios() if rule == "CANCEL-07")
    assert concluded("CANCEL-07", seen, section.terms).judged == {"CANCEL-07"}
    assert concluded("BULK-02", seen, section.terms).judged == frozenset()


@pytest.mark.parametrize("name", ["moto", "cancel-stops", "one-attempt-too-many"])
def test_what_was_exercised_is_what_the_register_calls_checked(name):
    """Else a run could exercise more of the promises than can be."""
    history = read(HISTORIES / f"{name}.jsonl.gz")
    told = exercised(rejudged(history), recovered(history))
    assert told.ids
    assert {answers()[id].kind for id in told.ids} == {Kind.CHECKED}
    for share in (told.of(), *told.themes().values()):
        assert share.exercised <= share.from_outside - share.not_yet
        assert share.not_yet <= share.from_outside <= share.all


def test_what_only_the_monitor_sees_counts_where_a_job_surely_went_through_its_rows():
    """A cancel of a RUNNING job is another row than one of a STARTING job, though one line of the table says both."""
    history = read(HISTORIES / "reference.jsonl.gz")
    met = recovered(history)
    rows = dict(zip(MOVES, met.rows, strict=True))
    assert all(rows[move] is not Met.SURELY for move in rows_of("CANCEL-06"))
    assert any(how is Met.SURELY for move, how in rows.items() if "CANCEL-06" in move.rules)
    assert "CANCEL-06" not in exercised([], met).ids
    assert "ST-03" in exercised([], met).ids
