"""Each rule is seen to fail, on a server that was made to break it, and no rule blames a server for another's fault.

A check that never failed is not known to check anything. The servers stand in `tests/wrong_servers/`, with what each breaks.
`BATCHPROOF_EVERY_RULE=1` runs every rule on every server, also those that cannot meet its fault.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from outcomes import from_file, live, told
from wrong_servers.expected import EXPECTED, NAMES
from wrong_servers.rare import RARE
from wrong_servers.servers import SERVERS
from wrong_servers.tables import TABLES

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.register import rules
from batchproof.conformance.run import Report

pytestmark = pytest.mark.slow

DEADLINE_S, GRACE_S = 1.5, 1
HISTORIES = "S2"
"""The rule of random histories, which may find a fault or not: it is tried on a few faults alone."""
AT_ANY_MOMENT = frozenset({"CANCEL-01", "TERM-01"})
"""They call at once after a submission, wherever the job is by then: left out where only chance decides what they see."""
SMOKE = frozenset(id for id in rules() if id.startswith("SMOKE-"))
NO_UNDERSTANDING = [name for name, expected in EXPECTED.items() if expected.unclear & SMOKE]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Report]:
    """Runs rules against our server with one fault, by the fault's name, or with none."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))

    def checked(name: str, chosen: tuple[str, ...], **more: int) -> Report:
        """Its record comes to the same as the run: that holds for whatever is checked here."""
        if name in TABLES:
            serve = ("--table", f"wrong_servers.tables:TABLES[{name}]")
        elif name in SERVERS:
            serve = ("--server", f"wrong_servers.servers:SERVERS[{name}]")
        else:
            serve = ("--table", "wrong_servers.tables:RIGHT", "--server", "wrong_servers.servers:right")
        times = {"deadline_s": DEADLINE_S, "grace_s": GRACE_S}
        report = run_conformance("reference", rule=chosen, serve=serve, report=tmp_path, **times, **more)
        assert from_file(tmp_path) == live(report)
        return report

    return checked


def named(report: Report) -> frozenset[str]:
    """What has no rule, and what verdicts name all the same as what a service breaks."""
    broken = (result.breaks for result in report.results if result.outcome is Outcome.DIVERGES)
    return frozenset[str]().union(*broken) - rules().keys()


def reached(name: str) -> set[str]:
    """
    The rules that are tried on a wrong server: those that can meet its fault.

    A wrong table reaches all of them: over HTTP it breaks what it is to break, and tests/simulation has the rest, in `make
    soak` but for a few.
    """
    expected = EXPECTED[name]
    if "BATCHPROOF_EVERY_RULE" in os.environ:
        return set(rules())
    if name in TABLES and expected.reach == ("*",):
        return set(expected.breaks | expected.unclear)
    return {id for id in rules() if any(fnmatchcase(id, pattern) for pattern in expected.reach)}


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in NO_UNDERSTANDING])
def test_a_wrong_server_breaks_the_rules_about_its_fault_and_no_others(check, name):
    """A missing rule sees too little, a rule too many makes a false accusation."""
    expected = EXPECTED[name]
    chosen = reached(name)

    report = check(name, tuple(chosen - expected.blind - (AT_ANY_MOMENT - expected.breaks) - {HISTORIES}))

    diverging, unclear = told(report, Outcome.DIVERGES), told(report, Outcome.INCONCLUSIVE)
    assert diverging.keys() - expected.blind == expected.breaks, (
        f"{expected.says} It was found that {diverging}, unclear {unclear}"
    )
    assert unclear.keys() == expected.unclear, f"{expected.says} {unclear}"
    assert named(report) == NAMES.get(name, frozenset())
    assert report.exit_status == 1


@pytest.mark.parametrize("name", NO_UNDERSTANDING)
def test_where_the_kit_and_the_server_do_not_understand_each_other_nothing_is_judged(check, name):
    """Every other verdict would blame the service for what may be a fault of the set-up."""
    report = check(name, ("*",))

    assert told(report, Outcome.INCONCLUSIVE).keys() == EXPECTED[name].unclear
    assert report.verdicts.keys() == SMOKE
    assert report.exit_status == 2, report.text()


def test_every_rule_has_a_server_that_breaks_it():
    """A new rule needs one too. SMOKE is never held against a service: its rules are unclear somewhere instead."""
    broken = frozenset[str]().union(*(expected.breaks for expected in EXPECTED.values()))
    unclear = frozenset[str]().union(*(expected.unclear for expected in EXPECTED.values()))
    assert rules().keys() - SMOKE - {HISTORIES} == broken
    assert unclear >= SMOKE


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_right_server_breaks_nothing(check, seed):
    """Whatever is drawn; else what is said about the wrong ones would mean nothing."""
    report = check("the right one", ("*",), seed=seed, histories=8)

    assert not told(report, Outcome.DIVERGES, Outcome.INCONCLUSIVE)
    assert report.exit_status == 0


@pytest.mark.parametrize(
    "name",
    [
        "cancel stops",
        "cancel is lost in PENDING",
        "terminate does not override the strategy",
        "cancel is lost in RUNNABLE",
    ],
)
def test_random_histories_find_a_fault_without_being_told_where(check, name):
    """The rules look where somebody thought of looking; S2 knows the table only."""
    report = check(name, (HISTORIES,), histories=82)

    assert told(report, Outcome.DIVERGES).keys() == {HISTORIES}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in EXPECTED])
def test_random_histories_name_what_only_a_monitor_sees(name):
    """In virtual time: a job is as long STARTING there as a history wants."""
    serve = ("--table", f"wrong_servers.tables:TABLES[{name}]")
    report = run_conformance("simulation", rule=HISTORIES, histories=82, serve=serve)

    assert told(report, Outcome.DIVERGES).keys() == {HISTORIES}
    assert named(report) == NAMES[name]


FULL = 10
"""So many times as many histories as a quick run: within that each of these faults is to be found."""


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", RARE)
def test_random_histories_alone_find_what_shows_in_few_of_them(check, name):
    """Two callers at once, an attempt that few jobs have, a list of which one job already runs: nobody looks there on purpose."""
    for seed in range(1, FULL + 1):
        report = check(name, (HISTORIES,), seed=seed, histories=82)
        if told(report, Outcome.DIVERGES):
            break

    assert told(report, Outcome.DIVERGES), (
        "nothing but histories was played, so it is they that show it, also to another rule"
    )
