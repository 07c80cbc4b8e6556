"""The processes of one data folder: its server, its launcher, its anchor."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

ANCHOR = b"batchproof.reference_impl.running.launcher.anchor"


def anchors(data: Path) -> list[int]:
    """The anchor, if there is one now."""
    return _holders(data / "launcher" / "anchor.lock")


def launchers(data: Path) -> list[int]:
    """The launcher, if there is one now."""
    return _holders(data / "launcher" / "launcher.lock")


def left(data: Path) -> list[int]:
    """Whatever still looks like one of the two."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _is_of(entry, data)]


def kill(pids: list[int]) -> bool:
    """SIGKILL to these; whether one was there to get it."""
    hit = False
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            hit = True
    return hit


def _holders(lock: Path) -> list[int]:
    """By the lock and not by the looks: until it has become its program, a job looks like the launcher that starts it."""
    with suppress(FileNotFoundError):
        inode = lock.stat().st_ino
        found = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        pids = [int(words[4]) for words in found if "FLOCK" in words and words[5].endswith(f":{inode}")]
        return [pid for pid in pids if pid > 0 and _is_of(Path(f"/proc/{pid}"), lock.parent.parent)]
    return []


def _is_of(entry: Path, data: Path) -> bool:
    with suppress(OSError):
        words = (entry / "cmdline").read_bytes().split(b"\0")
        state = (entry / "stat").read_bytes().rpartition(b")")[2].split()[0]
        return ANCHOR in words and str(data).encode() in words and state != b"Z"
    return False
