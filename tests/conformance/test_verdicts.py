"""What a run as a whole comes to: a pass has to mean something, and a failure is never our own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.outcome import Outcome

POWERS = ("gate", "holds-runnable", "fresh-reads")


def test_a_service_that_never_moves_a_job_does_not_pass(served):
    """It answers every call with success; SMOKE finds out, and nothing more is held against it."""
    with served("--server", "wrong_servers.servers:SERVERS[never moves]") as url:
        report = run_conformance(endpoint_url=url, powers=POWERS, deadline_s=1, grace_s=1)
    assert report.exit_status in (1, 2), report.text()
    assert report.verdicts["SMOKE-01"] in (Outcome.INCONCLUSIVE, Outcome.DIVERGES)
    assert all(id.startswith("SMOKE") for id in report.verdicts)


def test_a_service_without_cancel_does_not_pass(served):
    """All that it does may be right: it is not Batch while the founding question cannot be asked."""
    with served("--grace-s", "1", "--server", "wrong_servers.servers:SERVERS[lacks cancel]") as url:
        report = run_conformance(
            endpoint_url=url, powers=POWERS, rule=("CANCEL-*", "TERM-0*", "RETRY-0*", "S2"), grace_s=1
        )
    assert report.exit_status == 2, report.text()
    assert report.verdicts["S2"] is Outcome.NOT_SUPPORTED
    assert report.verdicts["CANCEL-07"] is Outcome.NOT_SUPPORTED
    assert "no rule of cancel was exercised" in report.text()


def test_what_is_required_and_not_supported_diverges(served):
    """`--require` is how a project says that a missing operation is a failure."""
    with served("--server", "wrong_servers.servers:SERVERS[lacks cancel]") as url:
        report = run_conformance(
            endpoint_url=url, powers=POWERS, rule=("CANCEL-01",), require=("CANCEL-01",), grace_s=1
        )
    assert report.exit_status == 1
    assert "as --require asked" in report.text()


def test_a_service_that_is_not_there_is_said_to_be_so(batchproof):
    """Exit status 2 and one line, no traceback."""
    done = batchproof("check", "http://127.0.0.1:1")
    assert done.returncode == 2
    assert "http://127.0.0.1:1 does not answer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("check", "nobody"), "there is no target 'nobody'"),
        (("check", "reference", "--rule", "NONE-*"), "no rule is called NONE-*"),
        (("check", "http://127.0.0.1:1", "--power", "magic"), "there is no power 'magic'"),
        (("check", "reference", "--require-reading", "x=y"), "there is no reading 'x'"),
        (("explain", "CANCEL-99"), "no rule is called 'CANCEL-99'"),
        (("judge", __file__), "is not a line of a history"),
    ],
)
def test_misuse_ends_with_status_2_and_a_line_that_helps(batchproof, arguments, says):
    """A typo must not look like a verdict about a service."""
    done = batchproof(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_reference_conforms_and_its_history_can_be_judged_again(batchproof, tmp_path):
    """The file holds everything that the verdict rests on."""
    done = batchproof("check", "reference", "--rule", "CANCEL-0*", "--report", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert {rule["verdict"] for rule in report["rules"]} == {"CONFORMS"}
    assert report["readings"]["cancel_overrides_retry"]["required"] == "yes"
    again = batchproof("judge", str(tmp_path / "history.jsonl"))
    assert again.returncode == 0, again.stdout
    *_, met, verdicts = again.stdout.splitlines()
    assert met.startswith("having met ")
    assert verdicts == f"{len(report['rules'])} conform, 0 diverge, 0 inconclusive, 0 not supported"


def test_what_did_not_come_about_is_tried_again(served, tmp_path):
    """One rule of a hundred that happened to see too little must not make a CI red."""
    with served("--server", "wrong_servers.servers:SERVERS[one job of term 12 is over at once]") as url:
        report = run_conformance(endpoint_url=url, deadline_s=1, grace_s=1, lag_s=1, rule=("TERM-12",), report=tmp_path)
    assert report.verdicts["TERM-12"] is Outcome.CONFORMS, report.text()
    (section,) = read(tmp_path / "history.jsonl").sections
    assert [rule for rule, _ in section.scenarios()].count("TERM-12") == 2


def test_a_fault_of_the_lifecycle_that_smoke_meets_is_named_and_hides_nothing(served):
    """Whoever reads that his command was not run would look in the wrong place."""
    with served("--server", "wrong_servers.servers:SERVERS[every job has two tries]") as url:
        report = run_conformance(
            endpoint_url=url, powers=POWERS, deadline_s=1, grace_s=1, rule=("RETRY-02", "CANCEL-07")
        )
    assert report.verdicts["SMOKE-02"] is Outcome.INCONCLUSIVE
    assert "see RETRY-02" in report.of("SMOKE-02").why
    assert report.verdicts["RETRY-02"] is Outcome.DIVERGES, report.text()
    assert report.verdicts["CANCEL-07"] is Outcome.CONFORMS
    assert report.exit_status == 1


def test_a_run_that_reached_its_limit_says_what_it_saw(served, tmp_path):
    """What takes too long is no reason to say nothing of the rest."""
    with served("--grace-s", "1") as url:
        report = run_conformance(endpoint_url=url, limit_s=12, report=tmp_path)
    assert report.stopped == "the limit of its time"
    assert report.exit_status == 2
    assert Outcome.DIVERGES not in report.verdicts.values(), report.text()
    assert report.verdicts["CANCEL-10"] is Outcome.CONFORMS, report.text()
    assert Outcome.INCONCLUSIVE in report.verdicts.values(), "a timed payload outlasts the limit"
    assert "stopped before it was over" in report.text()
    assert json.loads((tmp_path / "report.json").read_text())["stopped"] == "the limit of its time"


@pytest.mark.parametrize("name", ["report.json", "history.jsonl"])
def test_a_full_disk_takes_no_verdict_away(batchproof, tmp_path, name):
    """What could not be written is said; what was found is shown all the same, and the status says whose fault it is."""
    (tmp_path / name).symlink_to("/dev/full")
    done = batchproof("check", "reference", "--rule", "CANCEL-10", "--report", str(tmp_path))
    assert done.returncode == 3, done.stdout + done.stderr
    assert "5 conform, 0 diverge" in done.stdout
    assert "No space left on device" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("text", [b"[" * 100_000, b"\0" * 100, b'{"what":"history"' + b" " * 70_000_000])
def test_judge_survives_any_file(batchproof, tmp_path, text):
    """It may be one that somebody else has sent."""
    path = tmp_path / "history.jsonl"
    path.write_bytes(text)
    done = batchproof("judge", str(path))
    assert done.returncode == 2
    assert f"{path}:1 is" in done.stderr
    assert len(done.stderr) < 1000
    assert "Traceback" not in done.stderr


def test_an_interrupted_run_leaves_nothing_behind():
    """Ctrl-C: no server, no job, within seconds, and the exit status says that nothing was proved."""
    command = [sys.executable, "-m", "batchproof.cli.main", "check", "reference"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        mine = lambda: _descendants(child.pid)  # noqa: E731
        _until(lambda: len(mine()) > 3)  # the server and jobs of it
        left = mine()
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=20)
    finally:
        child.kill()
    assert child.returncode == 130
    assert "stopped before it was over: interrupted" in out
    _until(lambda: not [pid for pid in left if _lives(pid)], within_s=5)


def _until(done, within_s: float = 20) -> None:
    import time

    end_s = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < end_s, "it did not come to that"
        time.sleep(0.05)  # other processes tell nobody when they come and go


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat:
                children.setdefault(int(stat.read().rpartition(")")[2].split()[1]), []).append(int(name))
        except OSError:
            continue
    found, queue = [], [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(child)
            queue.append(child)
    return found


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
