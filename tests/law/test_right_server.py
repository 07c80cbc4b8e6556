"""The right server is never accused, whatever stands before it, and whatever is known of it."""

from __future__ import annotations

import os
from datetime import date

import pytest
from law.playing import SINGLE, TOGETHER, Service, judged
from law.record import measured
from outcomes import told

from batchproof.conformance.adversary.composition import MODES
from batchproof.conformance.judging.happenings import Tried
from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.report.report import Report

QUICK = ("throttled=0.1", "lagging-reads=0.3", "errors-after=0.05", "--slow-start 2")
"""Those that `make test` takes; `make soak` takes all."""


PARTS = 3
"""So many days of `make soak` play all services once: more do not fit into one. `LAW_PART=0` to `2` says which, `all` is all."""


def named(services: tuple[Service, ...]) -> list:
    return [pytest.param(service, id=service.name) for service in services]


def part(services: tuple[Service, ...], which: str = "") -> tuple[Service, ...]:
    """Those that are played today, or in the part that is asked for."""
    which = which or os.environ.get("LAW_PART") or str(date.today().toordinal() % PARTS)
    return services if which == "all" else services[int(which) :: PARTS]


def held(report: Report, service: Service) -> None:
    """Nothing diverges, the kit does not fail, and what is left alone still conforms."""
    assert not told(report, Outcome.DIVERGES), report.text()
    assert not report.troubles
    assert not [result for result in report.results if result.failed], report.text()
    permitted = [id for id in report.verdicts if "may not be called" not in report.of(id).why]
    supported = [id for id in permitted if report.verdicts[id] is not Outcome.NOT_SUPPORTED]
    conform = [id for id in supported if report.verdicts[id] is Outcome.CONFORMS]
    assert len(conform) >= service.floor * len(supported), told(report, Outcome.INCONCLUSIVE)


def test_every_mode_is_played():
    """A mode that nobody plays proves nothing."""
    assert {mode.name for mode in MODES} == {mode.partition("=")[0] for service in SINGLE for mode in service.modes}


@pytest.mark.parametrize("services", [SINGLE, TOGETHER], ids=["single", "together"])
def test_the_days_together_play_all_of_them(services):
    """A service that no day plays is never tried."""
    assert {each.name for day in range(PARTS) for each in part(services, str(day))} == {each.name for each in services}
    assert part(services, "all") == services


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("service", named(tuple(each for each in SINGLE if each.name in QUICK)))
def test_a_quick_word_of_it(service, tmp_path):
    """Those in which most false accusations were made."""
    held(judged(service, tmp_path, declared=True), service)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_second_try_does_not_find_the_jobs_of_the_first(tmp_path):
    """Both tries of ST-33 gave their jobs one name, and a terminated job of the first was taken for one of the second."""
    service = Service(("errors-before=0.4",), floor=0)  # with this seed its first two tries come to nothing
    held(judged(service, tmp_path, rules=("ST-33",), seed=4), service)
    tried = [
        happening
        for happening in read(tmp_path / "history.jsonl").sections[0].happenings
        if isinstance(happening, Tried)
    ]
    assert {"ST-33", "ST-33+2"} <= {each.scenario for each in tried}


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("declared", [False, True], ids=["nothing said", "said what is so"])
@pytest.mark.parametrize("service", named(part(SINGLE)))
def test_with_the_gate_each_mode_alone(service, declared, tmp_path, record):
    """What is declared makes verdicts sharper: a false one would show here."""
    report = judged(service, tmp_path, declared=declared)
    record(measured(report, service, gate=True, declared=declared))
    held(report, service)


@pytest.mark.soak
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("service", named(part(SINGLE)))
def test_without_the_gate_each_mode_alone(service, tmp_path, record):
    """Jobs end by themselves then, and only time says when."""
    report = judged(service, tmp_path, gate=False)
    record(measured(report, service, gate=False, declared=False))
    held(report, service)


@pytest.mark.soak
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("gate", [True, False], ids=["gate", "no gate"])
@pytest.mark.parametrize("service", named(part(TOGETHER)))
def test_combinations(service, gate, tmp_path, record):
    """What each alone does not do, two may do together."""
    report = judged(service, tmp_path, gate=gate)
    record(measured(report, service, gate=gate, declared=False))
    held(report, Service(service.modes, service.serve, floor=0))
