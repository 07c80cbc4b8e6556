"""Writes a run down as it happens: in memory, where its jobs are judged from, and in a file that can be judged later."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from msgspec.structs import replace

from ..judging.happenings import Acted, Happening, OfJob, OnWire, Sent
from ..judging.history import FORMAT, Header, Line, Variant, encoded, kit_version, model_digest

H = TypeVar("H", bound=Happening)


class Recorder:
    """
    Everything that happened in a run, in order. Safe to use from several threads.

    With `path` each line is in the file when it is recorded. `at_ms` of what is recorded is set here. What happened to jobs
    is kept in memory as well; what went over the wire is not, for that may be much.
    """

    def __init__(self, header: Header, path: Path | None = None) -> None:
        self.header = header
        self._lock = RLock()
        self._began_s = time.monotonic()
        self._jobs: dict[str, list[OfJob]] = {}
        self._calls = 0
        self._file = path.open("wb", buffering=0) if path else None
        self._write(header)

    def variant(self, variant: Variant) -> None:
        """From here on things happen at this variant of the target."""
        with self._lock:
            self._write(variant)

    def add(self, happening: H) -> H:
        """Write one thing down, with its time."""
        with self._lock:
            stamped = replace(happening, at_ms=round((time.monotonic() - self._began_s) * 1000))
            if isinstance(stamped, Sent):
                self._calls += 1
            elif not isinstance(stamped, OnWire | Acted):
                self._jobs.setdefault(stamped.job, []).append(stamped)
            self._write(stamped)
            return stamped

    def of(self, job: str) -> list[OfJob]:
        """What happened to one job so far."""
        with self._lock:
            return list(self._jobs.get(job, ()))

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        return self._calls

    def close(self) -> None:
        """Close the file, if there is one."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None

    def _write(self, line: Line) -> None:
        if self._file:
            self._file.write(encoded(line) + b"\n")


def header(target: str, *, seed: int = 0, asked: dict[str, Any] | None = None) -> Header:
    """The first line of a history that begins now."""
    return Header(
        format=FORMAT,
        kit=kit_version(),
        model=model_digest(),
        target=target,
        began_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        asked=asked or {},
    )
