"""`examples/budget_alarm.py` tells the truth, and says so when it is not the truth."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import processes_of

ROOT = Path(__file__).parents[2]
STORY = [sys.executable, str(ROOT / "examples" / "budget_alarm.py")]
SERVE = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0", "--stop-on-eof"]
WAITING = [f"waits-{n}" for n in range(1, 6)]


def told(*flags: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    return subprocess.run([*STORY, *flags], capture_output=True, text=True, timeout=60, env=environment)


def tables(text: str) -> list[dict[str, list[str]]]:
    """Each act's table: the cells of a line, by the name of the job."""
    acts = []
    for act in text.split("\nAct ")[1:]:
        lines = [re.split(r"\s{2,}", line.strip()) for line in act.splitlines() if line.startswith("  ")]
        acts.append({name: cells for name, *cells in lines if len(cells) == 5 and name != "job"})
    return acts


def test_the_story_is_as_the_founding_document_tells_it(tmp_path):
    done = told("--grace-s", "1", tmp_path=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    cancelled, terminated = tables(done.stdout)
    by_itself = "Essential container in task exited"
    never = {
        name: ["RUNNABLE", "FAILED", f"0 of {3 if n % 2 else 1}", "-", "budget alarm"]
        for n, name in enumerate(WAITING, 1)
    }
    assert cancelled == {
        "works": ["RUNNING", "SUCCEEDED", "1 of 1", "0", by_itself],
        "works-too": ["RUNNING", "SUCCEEDED", "1 of 3", "0", by_itself],
        "fails": ["RUNNING", "FAILED", "1 of 3", "1", by_itself],
        **never,
    }
    assert terminated == {
        "cleans-up": ["RUNNING", "FAILED", "1 of 3", "3", "budget alarm"],
        "unprepared": ["RUNNING", "FAILED", "1 of 3", "143", "budget alarm"],
        "ignores": ["RUNNING", "FAILED", "1 of 3", "137", "budget alarm"],
        **never,
    }
    assert "Soon after: 5 FAILED, 3 RUNNING." in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "story", "complaint"),
    [
        pytest.param(
            ["--table", "wrong_servers.tables:TABLES[cancel stops]"],
            [],
            "works: expected SUCCEEDED after 1 attempt, exit code 0; observed FAILED after 1 attempt, exit code 143",
            id="cancel stops what runs",
        ),
        pytest.param(
            ["--table", "wrong_servers.tables:TABLES[a cancelled PENDING job starts anyway]"],
            [],
            "waits-1: expected FAILED after 0 attempts; observed SUCCEEDED after 1 attempt, exit code 0",
            id="what was cancelled starts",
        ),
        pytest.param(
            ["--reading", "cancel_overrides_retry=no"],
            [],
            "fails: expected FAILED after 1 attempt, exit code 1; observed FAILED after 3 attempts, exit code 1",
            id="what was cancelled is retried",
        ),
        pytest.param(
            ["--grace-s", "0"],
            [],
            "cleans-up: expected FAILED after 1 attempt, exit code 3; observed FAILED after 1 attempt, exit code 137",
            id="no time to clean up",
        ),
        pytest.param(
            ["--grace-s", "0.5"], ["--grace-s", "5"], "the grace time is 5 s", id="SIGKILL comes before its time"
        ),
    ],
)
def test_what_did_not_happen_is_not_claimed(server, story, complaint, tmp_path):
    """On servers that are wrong, each in one way, the script exits 1 and says what happened instead."""
    with subprocess.Popen(
        [*SERVE, *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
    ) as process:
        url = process.stdout.readline().split()[-1]
        done = told("--endpoint-url", url, *story, tmp_path=tmp_path)
        process.stdin.close()
    assert done.returncode == 1, done.stdout + done.stderr
    assert complaint in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_behind(number, tmp_path):
    """In the second act, while a job ignores SIGTERM and has a minute for that."""
    with subprocess.Popen(
        [*STORY, "--grace-s", "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert any(line.startswith("Act 2.") for line in process.stdout)
        assert processes_of(tmp_path)
        process.send_signal(number)
        assert process.wait(20) == 128 + number
        assert "Traceback" not in process.stderr.read()
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []


def test_a_service_that_is_not_there_is_said_in_one_line(tmp_path):
    done = told("--endpoint-url", "http://127.0.0.1:9", tmp_path=tmp_path)
    assert done.returncode == 2
    assert "Could not connect to the endpoint URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_its_help_says_what_it_is_about(tmp_path):
    done = told("--help", tmp_path=tmp_path)
    assert done.returncode == 0
    assert "cancelling and terminating" in done.stdout
