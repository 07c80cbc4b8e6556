"""`batchproof serve -v`: a line for every move of a job, and never a reason for the server to wait."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from batchproof.cli.moves import KEPT, Moves
from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings

MOVE = re.compile(r"\d\d:\d\d:\d\d\.\d{3}  (?P<job>\S+)  (?P<move>\w+ -> \w+|\w+, and stays) *(?:  (?P<why>\S.*))?")


@contextmanager
def watched(batch_at, stderr):
    command = [sys.executable, "-m", "batchproof.cli.main", "serve", "-v", "--port", "0", "--quickstart"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        try:
            yield batch_at(process.stdout.readline().split()[-1]), process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def test_every_move_is_a_line_with_its_reason(batch_at, tmp_path):
    with (tmp_path / "said").open("w") as said, watched(batch_at, said) as (batch, _):
        fails = batch.submit("sh", "-c", "exit 3", retryStrategy={"attempts": 2})
        batch.wait(fails)
        runs = batch.submit("sleep", "600")
        batch.wait(runs, "RUNNING")
        waits = batch.submit("true", dependsOn=[{"jobId": runs}])
        batch.api.terminate_job(jobId=runs, reason="costs\ntoo much")
        batch.wait(waits)
        lacks = batch.submit("no-such-program")
        why = batch.wait(lacks)["container"]["reason"]
    found = [MOVE.fullmatch(line) for line in (tmp_path / "said").read_text().splitlines()]
    assert None not in found
    moves = {
        job: [(line["move"], line["why"]) for line in found if line["job"] == job]
        for job in (fails, runs, waits, lacks)
    }
    ended = "Essential container in task exited"
    assert moves[fails] == [
        ("SUBMITTED -> RUNNABLE", None),
        ("RUNNABLE -> STARTING", "attempt 1 of 2"),
        ("STARTING -> RUNNING", "attempt 1 of 2"),
        ("RUNNING -> RUNNABLE", f"attempt 1 of 2 ended, exit 3: {ended}"),
        ("RUNNABLE -> STARTING", "attempt 2 of 2"),
        ("STARTING -> RUNNING", "attempt 2 of 2"),
        ("RUNNING -> FAILED", f"attempt 2 of 2 ended, exit 3: {ended}"),
    ]
    assert moves[runs][-1] == ("RUNNING -> FAILED", "terminated, attempt 1 ended, exit 143: costs too much")
    assert moves[lacks][-1] == (
        "STARTING -> FAILED",
        f"attempt 1 ended, no exit code: Task failed to start: {why}",
    )
    assert moves[waits] == [
        ("SUBMITTED -> PENDING", "until the jobs that it depends on have ended"),
        ("PENDING -> FAILED", "Dependent Job failed"),
    ]


def test_nobody_waits_for_whoever_does_not_read(batch_at):
    """A pipe holds some hundred lines; a terminal may be stopped with Ctrl-S. Thousands of moves pass all the same."""
    read, write = os.pipe()
    with watched(batch_at, write) as (batch, _):
        array = batch.submit("true", arrayProperties={"size": 300})
        assert batch.wait(array)["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 300
        assert len(os.read(read, 100)) == 100
    os.close(write)
    os.close(read)


def up_to(words: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line
        if words in line:
            return


def test_what_is_not_printed_is_counted(batch_at):
    heard = []
    with running(Settings(quickstart=True, watcher=lambda *move: heard.append(move))) as url:
        batch = batch_at(url)
        batch.wait(batch.submit("true"))
    read, write = os.pipe()
    moves = Moves(write)
    for _ in range(KEPT + 2000):  # a pipe takes less than a thousand
        moves.hear(*heard[0])
    with os.fdopen(read, "rb") as said:
        *lines, last = up_to(b"not shown", said)
    moves.close()
    os.close(write)
    lost = re.fullmatch(rb"(\d+) moves are not shown: they came faster than they were read\n", last)
    assert lost
    assert len(lines) + int(lost[1]) == KEPT + 2000


def test_the_server_outlives_its_reader(batch_at):
    read, write = os.pipe()
    with watched(batch_at, write) as (batch, _):
        os.close(read)
        os.close(write)
        for _ in range(3):
            assert batch.wait(batch.submit("true"))["status"] == "SUCCEEDED"


@pytest.mark.parametrize("flag", [[], ["-v"]], ids=["quiet", "verbose"])
def test_without_being_asked_for_it_says_nothing(batch_at, flag):
    command = [sys.executable, "-m", "batchproof.cli.main", "serve", *flag, "--port", "0", "--quickstart"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        batch = batch_at(process.stdout.readline().split()[-1])
        batch.wait(batch.submit("true"))
        process.send_signal(signal.SIGTERM)
        assert bool(process.communicate(timeout=20)[1]) is bool(flag)
