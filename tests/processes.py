"""What /proc tells a test about processes that need not be its children."""

from __future__ import annotations

import os
from pathlib import Path


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def processes_of(folder: Path) -> list[str]:
    """The processes that know this folder by their environment: a program that was run there, its servers, their jobs."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if os.fsencode(folder) in environment.read_bytes():
                found.append(environment.parent.name)
        except OSError:
            continue  # gone, or another user's
    return found
