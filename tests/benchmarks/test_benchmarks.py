"""`python -m benchmarks` runs, and prints its table. What the figures are is nobody's business here: no time is compared."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import processes_of

from batchproof.conformance.targets.child import free_port

ROOT = Path(__file__).parents[2]
BENCHMARKS = [sys.executable, "-m", "benchmarks"]
ROWS = ("throughput", "latency", "describe", "list", "submit", "sleepers", "simulation")

needs_a_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="the load is a C program, and no cc is here")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BENCHMARKS, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@needs_a_compiler
@pytest.mark.slow
def test_every_row_is_measured_and_the_table_ends_the_output(tmp_path):
    """With tiny numbers: this shows that it works."""
    done = run("--quick", TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert lines[-len(table) :] == table
    assert [line.count("|") for line in table] == [7] * (18 if shutil.which("parallel") else 17)
    assert [row for row in ROWS if f"\n{row}:" not in f"\n{done.stderr}"] == []
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []


@needs_a_compiler
def test_interrupted_it_leaves_nothing_behind(tmp_path):
    """Ctrl-C reaches the benchmark alone; its servers and their jobs go with it."""
    with subprocess.Popen(
        [*BENCHMARKS, "--quick", "sleepers", "throughput"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert any("run after" in line for line in process.stderr)
        assert processes_of(tmp_path)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert "Traceback" not in process.stderr.read()
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []


def test_without_a_compiler_it_says_what_is_missing(tmp_path):
    done = run("--quick", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "no C compiler (cc)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_row_that_does_not_exist_is_named():
    done = run("troughput")
    assert done.returncode == 2
    assert "no such row: troughput" in done.stderr


@needs_a_compiler
def test_a_request_that_is_refused_spoils_the_measurement(tmp_path):
    """Otherwise a server that answers every call with an error would be the fastest of all."""
    subprocess.run(["cc", "-o", tmp_path / "load", ROOT / "benchmarks" / "load.c"], check=True)
    (tmp_path / "requests").write_bytes(b"27\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    port = free_port()
    server = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", str(port), "--stop-on-eof"]
    with subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline()
        load = [tmp_path / "load", str(port), "1", "3", "0", "0", tmp_path / "requests"]
        done = subprocess.run(load, capture_output=True, text=True, timeout=60, check=True)
        process.stdin.close()
    assert '"answers": 3, "refused": 3,' in done.stdout
