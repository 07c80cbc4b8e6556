"""What random histories find, and what becomes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def children_find_the_wrong_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--table MODULE:NAME` is imported by a child process."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))


@pytest.fixture
def batchproof() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command and returns what came of it."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "batchproof.cli.main", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)

    return run
