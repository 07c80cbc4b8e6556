"""The list of what a run makes at a service, on disk before it is made, so that a kit that dies leaves a list and no riddle.

JSON lines in `made.jsonl`: `will` names a thing before the call that makes it, `is` adds its id after the answer, `gone`
says that it was ended or deleted.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import RLock
from typing import Any


class Made:
    """
    Writes the list. Safe to use from several threads; with no path nothing is written.

    kind   job, job queue, compute environment, job definition, scheduling policy or consumable resource
    jobs   how many jobs were made
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = RLock()
        self._file = None
        self._open: set[tuple[str, str]] = set()
        self.jobs = 0
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def at(self, url: str | None, region: str, queue: str | None = None) -> None:
        """Where the things that follow are; `queue` where jobs go to one that was there before."""
        self._write({"what": "at", "url": url, "region": region, "queue": queue})

    def will(self, kind: str, name: str) -> None:
        """A thing of this name is about to be made."""
        with self._lock:
            self._open.add((kind, name))
            self._write({"what": "will", "kind": kind, "name": name})

    def made(self, kind: str, name: str, id: str) -> None:
        """It was made, and has this id or ARN."""
        with self._lock:
            self.jobs += kind == "job"
            self._write({"what": "is", "kind": kind, "name": name, "id": id})

    def gone(self, kind: str, name: str) -> None:
        """It has ended, was deleted, or was never made."""
        with self._lock:
            self._open.discard((kind, name))
            self._write({"what": "gone", "kind": kind, "name": name})

    @property
    def left(self) -> list[tuple[str, str]]:
        """What was made, or may have been, and is not known to be gone: kind and name."""
        with self._lock:
            return sorted(self._open)

    def close(self, *, keep: bool = True) -> None:
        """Close the file. Where nothing is left and it need not be kept, remove it."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            if self.path is not None and not keep and not self._open:
                self.path.unlink(missing_ok=True)

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            if self._file is not None:
                self._file.write(json.dumps(line) + "\n")


def state_folder() -> Path:
    """Where this user's programs keep what has to outlive them (XDG base directories)."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "batchproof"
