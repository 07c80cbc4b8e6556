"""What the launcher and its anchor write down, so that whoever takes over from them knows as much as they did.

`journal`   the launcher's, one line for each step of a run: I it is to be spawned, S it was (process id, start time),
            F it never came up (why), X it ended (exit code, null where nobody saw it), K the server has kept that;
            and B, the machine's boot id.
`orphans`   the anchor's, one line for each dead process that it inherited: process id, start time, exit code, mark.

A line is in the kernel's hands once `write` returns, and so survives a kill -9. One that was torn is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from .process_facts import boot_id

COMPACT_BYTES = 256 * 1024
"""A journal with nothing to remember is emptied when it is longer."""


@dataclass(slots=True)
class Entry:
    """What a journal says of one run that the server has not yet done with."""

    boot: str
    process: tuple[int, int] | None = None
    failed: str | None = None
    ended: bool = False
    code: int | None = None


class Journal:
    """
    The launcher's file, opened to go on with it.

    `entries` are the runs that were found, `done` those that the server has done with. `boot` is the machine's boot id: a process of an entry with another one is dead.
    """

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self.entries: dict[tuple[str, int], Entry] = {}
        self.done: set[tuple[str, int]] = set()
        self.boot = boot_id()
        boot = ""
        for line in _lines(file):
            match line:
                case ["B", str(found)]:
                    boot = found
                case [str(step), str(job_id), int(number), *more]:
                    self._fold(step, (job_id, number), more, boot)
        self._bytes = os.fstat(self._descriptor).st_size
        self._append(b"\n")  # seals a line that was torn
        if boot != self.boot:
            self.write([("B", self.boot)])

    def write(self, lines: list[tuple[Any, ...]], *, on_disk: bool = False) -> None:
        """Add these lines. `on_disk`: they are to survive the machine's end, too."""
        if lines:
            self._append(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
            if on_disk:
                os.fdatasync(self._descriptor)

    def empty(self) -> bool:
        """Forget everything, if that is worth while; only for a launcher with no run left. True if it did."""
        if self._bytes < COMPACT_BYTES:
            return False
        os.ftruncate(self._descriptor, 0)
        self.done.clear()
        self._bytes = 0
        self.write([("B", self.boot)])
        return True

    def close(self) -> None:
        os.close(self._descriptor)

    def _append(self, data: bytes) -> None:
        while data:  # a full disk is an OSError, and the launcher's end: it must not go on unrecorded
            written = os.write(self._descriptor, data)
            self._bytes += written
            data = data[written:]

    def _fold(self, step: str, run: tuple[str, int], more: list[Any], boot: str) -> None:
        if step == "K":
            self.entries.pop(run, None)
            self.done.add(run)
            return
        if step == "I":
            self.entries[run] = Entry(boot)
        entry = self.entries.setdefault(run, Entry(boot))
        match step, more:
            case "S", [int(pid), int(started)]:
                entry.process = (pid, started)
            case "F", [str(reason)]:
                entry.failed = reason
            case "X", [code]:
                entry.ended, entry.code = True, code


class Orphans:
    """The anchor's file, as its launcher reads it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_bytes = 0
        self._codes: dict[tuple[int, int], int] = {}
        self._marked: dict[int, list[tuple[int, int]]] = {}

    def look(self) -> None:
        """Read what has been added since the last look."""
        try:
            with self._file.open("rb") as file:
                file.seek(self._read_bytes)
                content = file.read()
        except FileNotFoundError:
            return
        whole = content[: content.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        for line in _parsed(whole):
            match line:
                case [int(pid), int(started), int(code), mark]:
                    self._codes[pid, started] = code
                    if mark is not None:
                        self._marked.setdefault(mark, []).append((pid, started))

    def code(self, process: tuple[int, int]) -> int | None:
        """How this process ended, None where that is not on file."""
        return self._codes.get(process)

    def leaders(self, mark: int) -> list[tuple[int, int]]:
        """The processes on file that led a session and carried this mark."""
        return self._marked.get(mark, [])

    def empty(self) -> None:
        self._codes.clear()
        self._marked.clear()
        self._read_bytes = 0
        self._file.unlink(missing_ok=True)


def record_orphan(file: Path, pid: int, started: int, code: int, mark: int | None) -> None:
    """Write down how a process ended, before it is reaped. `mark` only for the leader of a session."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        # The line ends before it begins, too: whoever was killed within a line leaves a torn one.
        os.write(descriptor, b"\n" + msgspec.json.encode((pid, started, code, mark)) + b"\n")
    finally:
        os.close(descriptor)


def _lines(file: Path) -> Iterator[list[Any]]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    yield from _parsed(content)


def _parsed(content: bytes) -> Iterator[list[Any]]:
    for line in content.split(b"\n"):
        if line:
            try:
                yield msgspec.json.decode(line)
            except msgspec.DecodeError:
                continue
