"""The kit against services that are known to be right, wrong, silent or lacking."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batchproof.conformance.targets.child import running

TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def children_find_the_wrong_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--server MODULE:NAME` is imported by a child process."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))


@contextmanager
def _served(*arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0", "--stop-on-eof", *arguments]
    with running(command) as (url, _):
        yield url


@pytest.fixture
def served() -> Callable[..., object]:
    """`with served("--reading", "pending_cancel=at_once") as url:` a server of ours as a stranger's."""
    return _served


@pytest.fixture
def batchproof() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command and returns what came of it."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "batchproof.cli.main", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return run
