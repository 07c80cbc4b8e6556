"""The kit against the reference in virtual time: it conforms, a seed is a run to the byte, and wrong tables are found."""

from __future__ import annotations

import subprocess
import sys
from fnmatch import fnmatchcase

import pytest
from outcomes import from_file, live, told
from simulation.playing import checked
from wrong_servers.expected import EXPECTED
from wrong_servers.tables import TABLES

from batchproof.conformance import run_conformance
from batchproof.conformance.asked import asked
from batchproof.conformance.judging.happenings import Got, Sent
from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.register import rules
from batchproof.reference_impl.simulation.target import settings

HISTORIES = 12
TABLE_OF = "wrong_servers.tables:TABLES[{}]"


def test_every_rule_conforms_and_the_record_says_the_same(tmp_path):
    report = run_conformance("simulation", histories=HISTORIES, report=tmp_path)
    assert not told(report, Outcome.DIVERGES, Outcome.INCONCLUSIVE)
    assert told(report, Outcome.NOT_SUPPORTED).keys() == {"ENV-12"}, "the server runs no job of several containers"
    assert report.exit_status == 0
    assert from_file(tmp_path) == live(report)


def test_the_same_seed_is_the_same_history_to_the_byte_and_another_is_not(tmp_path):
    """Also where Python's own order of sets is another; ids, times and the order of everything included."""
    few = ("--rule", "S2", "--rule", "BULK-*", "--histories", str(HISTORIES))
    for name, seed, hashes in (("one", 7, "1"), ("again", 7, "2"), ("other", 8, "1")):
        assert checked(tmp_path / name, seed, *few, hashes=hashes).returncode == 0
    one, again, other = ((tmp_path / name / "history.jsonl").read_bytes() for name in ("one", "again", "other"))
    assert one == again
    assert one != other


def test_it_needs_no_connection_and_no_real_time(tmp_path):
    """A process that must not connect anywhere goes through more time than it has taken."""
    script = (
        "import sys, time\n"
        "def audit(event, arguments):\n"
        "    if event == 'socket.connect': raise RuntimeError(f'{event} {arguments}')\n"
        "sys.addaudithook(audit)\n"
        "from batchproof.conformance import run_conformance\n"
        f"report = run_conformance('simulation', rule='TERM-0*', report={str(tmp_path)!r})\n"
        "sys.exit(report.exit_status)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=120, check=False).returncode == 0
    (section,) = read(tmp_path / "history.jsonl").sections
    # TERM-09 waits for the whole grace time of 30 s, three times and more.
    assert max(happening.at_ms for happening in section.happenings) > 60_000


def test_callers_at_once_have_calls_under_way_at_once(tmp_path):
    """Otherwise no monitor would ever have to think of two orders."""
    run_conformance("simulation", rule="S2", histories=40, seed=2, report=tmp_path)
    (section,) = read(tmp_path / "history.jsonl").sections
    under_way: dict[int, str] = {}
    overlaps = 0
    for happening in section.happenings:
        if isinstance(happening, Sent):
            overlaps += happening.scenario.startswith("S2") and happening.scenario in under_way.values()
            under_way[happening.number] = happening.scenario
        elif isinstance(happening, Got):
            del under_way[happening.number]
    assert overlaps >= 2


def expects(name: str) -> None:
    """A run on this wrong table comes to exactly what is written down for one over HTTP, but for random histories."""
    expected = EXPECTED[name]
    chosen = {id for id in rules() if any(fnmatchcase(id, pattern) for pattern in expected.reach)}
    # CANCEL-01 and TERM-01 call at once after a submission, wherever the job is by then.
    chosen -= {"S2", *expected.blind, *({"CANCEL-01", "TERM-01"} - expected.breaks)}
    report = run_conformance(
        "simulation", rule=tuple(chosen), serve=("--table", TABLE_OF.format(name)), deadline_s=1.5, grace_s=1
    )
    assert told(report, Outcome.DIVERGES).keys() - expected.blind == expected.breaks, report.text()
    assert told(report, Outcome.INCONCLUSIVE).keys() == expected.unclear, report.text()


QUICKLY = ("cancel is lost between attempts", "terminate stops nothing", "cancel protects from terminate")


@pytest.mark.parametrize("name", QUICKLY)
def test_a_wrong_table_breaks_the_rules_that_it_breaks_over_http(name):
    expects(name)


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name in TABLES if name in EXPECTED and name not in QUICKLY])
def test_so_does_every_other_wrong_table(name):
    expects(name)


@pytest.mark.parametrize("name", ["cancel stops", "cancel is lost in RUNNABLE"])
def test_random_histories_find_a_fault_there(name):
    report = run_conformance("simulation", rule="S2", histories=40, serve=("--table", TABLE_OF.format(name)))
    assert told(report, Outcome.DIVERGES).keys() == {"S2"}


def test_a_wrong_server_is_met_there_too(tmp_path):
    """One whose fault is in no row of the table; in a process of its own, for it replaces what others use."""
    server = "wrong_servers.servers:SERVERS[attempts are listed backwards]"
    done = checked(tmp_path, 1, "--rule", "RETRY-23", "--serve-option", "--server", "--serve-option", server)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "RETRY-23" in done.stdout


def test_another_reading_is_served_and_required():
    reading = ("--reading", "pending_cancel=at_once")
    report = run_conformance("simulation", rule="CANCEL-04", serve=reading)
    assert report.exit_status == 0
    assert dict(settings(asked("simulation", serve=reading)).readings)["pending_cancel"] == "at_once"


@pytest.mark.parametrize("option", [("--port", "1"), ("--table", "nowhere:at_all"), ("--table",)])
def test_what_the_simulation_does_not_know_is_refused(option):
    with pytest.raises(ValueError, match=option[0]):
        settings(asked("simulation", serve=option))


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0, 1])
def test_it_conforms_whatever_is_drawn(tmp_path, seed):
    """All rules and 82 random histories."""
    done = checked(tmp_path, seed)
    assert done.returncode == 0, done.stdout
    assert "CONFORMS" in done.stdout


@pytest.mark.soak
def test_a_whole_run_is_the_same_to_the_byte(tmp_path):
    for name in ("one", "again"):
        assert checked(tmp_path / name, 5, hashes=str(len(name))).returncode == 0
    one, again = ((tmp_path / name / "history.jsonl").read_bytes() for name in ("one", "again"))
    assert one == again
