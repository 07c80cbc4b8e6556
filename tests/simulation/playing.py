"""`batchproof check simulation` in a process of its own: a wrong server replaces what other tests in this one use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def checked(folder: Path, seed: int, *arguments: str, hashes: str = "0") -> subprocess.CompletedProcess[str]:
    """What came of it; its report is in the folder. `hashes` decides Python's own order of sets."""
    command = [sys.executable, "-m", "batchproof.cli.main", "check", "simulation", "--seed", str(seed)]
    return subprocess.run(
        [*command, "--report", str(folder), *arguments],
        env={**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
