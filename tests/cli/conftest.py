"""The command as a user runs it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

BATCHPROOF = [sys.executable, "-m", "batchproof.cli.main"]


@pytest.fixture(scope="session")
def batchproof() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command with these arguments; members of the environment are given in capitals."""

    def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        environment = {name: options.pop(name) for name in list(options) if name.isupper()}
        options = {"capture_output": True} | options if "stdout" not in options else {"stderr": -1} | options
        return subprocess.run(
            [*BATCHPROOF, *arguments], text=True, timeout=60, env={**os.environ, **environment}, check=False, **options
        )

    return run
