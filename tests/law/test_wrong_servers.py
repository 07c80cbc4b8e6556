"""A wrong server behind an adversary is blamed for its own fault alone, and is mostly found all the same."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from law.playing import SINGLE, SIX, Service, judged
from law.record import measured
from outcomes import told
from wrong_servers.expected import EXPECTED, NAMES

from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.report.report import Report

AT_ANY_MOMENT = frozenset({"CANCEL-01", "TERM-01", "S2"})
"""They meet whatever chance has them meet, any fault included."""

BEHIND_AN_ADVERSARY = {
    # A terminate is under way, and the SIGTERM of the cancel before it ends the job first.
    "cancel stops": frozenset({"TERM-14"}),
    # The cancel comes late, and the job that is tried again seems to answer what the documents leave open (CANCEL-19).
    "cancel is lost between attempts": frozenset({"CANCEL-19"}),
}
"""What a fault was seen to look like as well where calls are slow; nobody meets that without one."""

UNDERSTOOD = sorted(name for name, fault in EXPECTED.items() if not any("SMOKE" in id for id in fault.unclear))


def may_break(server: str) -> frozenset[str]:
    """The rules that this fault breaks, and those that meet it now and then."""
    expected = EXPECTED[server]
    also = BEHIND_AN_ADVERSARY.get(server, frozenset())
    return expected.breaks | expected.blind | expected.unclear | AT_ANY_MOMENT | also


def no_other_is_blamed(report: Report, server: str) -> None:
    """A life that nothing explains is told by whichever rule met it: there counts what the report says that it breaks."""
    diverging, fault = told(report, Outcome.DIVERGES), EXPECTED[server]
    broken = fault.breaks | NAMES.get(server, frozenset())
    accused = {
        id for id in diverging.keys() - may_break(server) if not frozenset() < set(report.of(id).breaks) <= broken
    }
    assert not accused, f"{fault.says} {diverging}\n{report.text()}"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("server", ["cancel stops", "one attempt too many"])
def test_a_quick_word_of_it(server, tmp_path):
    """Behind reads that lag and calls that are throttled."""
    service = Service(("lagging-reads=0.3", "throttled=0.1"))
    rules = sorted(EXPECTED[server].breaks)
    report = judged(service, tmp_path, server=server, rules=rules)
    no_other_is_blamed(report, server)
    assert told(report, Outcome.DIVERGES)


@pytest.mark.soak
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("server", SIX)
def test_each_is_found_behind_half_of_the_modes_and_hidden_by_none(server, tmp_path, record):
    """A mode may make a verdict less sure, but not every fault may hide behind it."""
    found, hidden, rules = [], [], SIX[server]

    def played(number: int) -> Report:
        return judged(SINGLE[number], tmp_path / str(number), server=server, rules=rules)

    with ThreadPoolExecutor(4) as several:  # they wait nearly all the time
        reports = list(several.map(played, range(len(SINGLE))))
    for service, report in zip(SINGLE, reports, strict=True):
        record(measured(report, service, gate=True, declared=False, server=server, named=rules))
        no_other_is_blamed(report, server)
        verdicts = {report.verdicts[id] for id in rules}
        if Outcome.DIVERGES in verdicts:
            found.append(service.name)
        elif verdicts == {Outcome.CONFORMS}:
            hidden.append(service.name)
    assert len(found) >= len(SINGLE) / 2, f"found behind {found} alone"
    assert not hidden


def drawn(length: int):
    """Modes that go together, a seed, and a server: None is the right one."""
    kinds = st.lists(
        st.sampled_from(SINGLE), min_size=1, max_size=3, unique_by=lambda each: each.name.partition("=")[0].split()[0]
    )

    def together(services: list[Service]) -> Service:
        return Service(
            tuple(mode for each in services for mode in each.modes),
            tuple(word for each in services for word in each.serve),
        )

    given_all = given(
        service=kinds.map(together), number=st.integers(0, 99), server=st.none() | st.sampled_from(UNDERSTOOD)
    )
    bounded = settings(
        max_examples=length,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    return lambda test: bounded(given_all(test))


def play(service: Service, number: int, server: str | None, folder) -> None:
    report = judged(service, folder / f"{number}", server=server or "", seed=number)
    if server is None:
        assert not told(report, Outcome.DIVERGES), report.text()
    else:
        no_other_is_blamed(report, server)
    assert not [result for result in report.results if result.failed], report.text()


@pytest.mark.slow
@pytest.mark.timeout(600)
@seed(1)
@drawn(2)
def test_whatever_is_drawn_the_law_holds(tmp_path_factory, service, number, server):
    """Neither the modes nor the servers were chosen by whoever wrote the kit."""
    play(service, number, server, tmp_path_factory.mktemp("drawn"))


@pytest.mark.soak
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("part", range(4))
def test_the_law_holds_for_long(part, tmp_path_factory):
    """The same for longer. With another LAW_SEED other draws are made."""

    @seed(f"{os.environ.get('LAW_SEED', '0')} {part}")
    @drawn(6)
    def lasting(service, number, server):
        play(service, number, server, tmp_path_factory.mktemp("drawn"))

    lasting()
