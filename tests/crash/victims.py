"""The processes of one data folder: its server, its launcher, its anchor, what is left of its jobs."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

ANCHOR = b"batchproof.reference_impl.anchor"


def pair(data: Path) -> tuple[list[int], list[int]]:
    """The anchors and the launchers of a data folder; one each, save for the moments after a kill."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if ANCHOR in words and str(data).encode() in words:
                    fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
                    if fields[0] != b"Z":
                        parents[int(entry.name)] = int(fields[1])
    launchers = [pid for pid, parent in parents.items() if parent in parents]
    return [pid for pid in parents if pid not in launchers], launchers


def kill(pids: list[int]) -> bool:
    """SIGKILL to these; whether one was there to get it."""
    hit = False
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            hit = True
    return hit
