"""The short form of `python -m tests.crash`: everything may be killed at any time, and nothing acknowledged is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_twenty_kills_under_load_lose_nothing_and_run_nothing_twice():
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--kills", "20", "--jobs", "100"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
