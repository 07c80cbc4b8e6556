"""Requests made at random from the service models and from raw bytes: most are refused, none is a fault of the server."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from types import SimpleNamespace

# pytest imports tests by their path, so that a file beside this one is none that `import` finds.
wild = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("wild.py"))))


def resident_kib(pid: int) -> int:
    """The memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS")))


def test_no_request_is_a_fault_of_the_server(start):
    """The long form of this is `python tests/reference_impl/wild.py URL`."""
    server = start()
    wild.run(server.url, 400, seed=1)  # so that what is made once does not count as growth
    before_kib = resident_kib(server.process.pid)

    statuses, faults = wild.run(server.url, 4000, seed=20261122)

    assert faults == []
    assert min(statuses[200], statuses[400], statuses[501]) > 100, "otherwise this says little"
    assert resident_kib(server.process.pid) - before_kib < 64 * 1024
    assert server.batch.describe_jobs(jobs=["a"])["jobs"] == []


def test_the_same_seed_makes_the_same_requests():
    first, second = (list(wild.requests(random.Random(7), 200)) for _ in range(2))
    assert first == second
