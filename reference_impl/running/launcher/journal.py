"""What the launcher and its anchor write down, so that whoever takes over from them knows as much as they did.

`journal`   the launcher's, one line for each step of a run: I it is to be spawned, S it was (process id, start time),
            F it never came up (why), X it ended (exit code, null where nobody saw it), K the server has kept that;
            and B, the machine's boot id.
`orphans`   the anchor's, one line for each dead process that it inherited: process id, start time, exit code, mark.

A line is in the kernel's hands once `write` returns True, and so survives a kill -9. One that was torn is skipped. On a full
disk lines wait in memory: nothing is begun then, and no dead process is reaped, until what there is to say of it is on file.
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
        self._waiting = b"\n"  # seals a line that was torn
        self.catch_up()
        if boot != self.boot:
            self.write([("B", self.boot)])

    def write(self, lines: list[tuple[Any, ...]], *, on_disk: bool = False) -> bool:
        """
        Add these lines. `on_disk`: they are to survive the machine's end, too. False when the disk takes none, or not all of
        them: the rest is written before anything else, as soon as that goes.
        """
        if not lines:
            return True
        self._waiting += b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        return self.catch_up(on_disk=on_disk)

    @property
    def behind(self) -> bool:
        """Whether there are lines that the disk has not taken."""
        return bool(self._waiting)

    def catch_up(self, *, on_disk: bool = False) -> bool:
        """Write what waits. True when nothing does any more."""
        try:
            while self._waiting:
                written = os.write(self._descriptor, self._waiting)
                self._bytes += written
                self._waiting = self._waiting[written:]
            if on_disk:
                os.fdatasync(self._descriptor)
        except OSError:
            return False
        return True

    def empty(self) -> bool:
        """Forget everything, if that is worth while; only for a launcher with no run left. True if it did."""
        if self._bytes < COMPACT_BYTES or self.behind:
            return False
        os.ftruncate(self._descriptor, 0)
        self.done.clear()
        self._bytes = 0
        self.write([("B", self.boot)])
        return True

    def close(self) -> None:
        os.close(self._descriptor)

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


def record_orphan(file: Path, pid: int, started: int, code: int, mark: int | None) -> bool:
    """
    Write down how a process ended, before it is reaped. `mark` only for the leader of a session. False on a full disk.
    """
    # The line ends before it begins, too: whoever was killed within a line, or found the disk full, leaves a torn one.
    line = b"\n" + msgspec.json.encode((pid, started, code, mark)) + b"\n"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            return os.write(descriptor, line) == len(line)
        finally:
            os.close(descriptor)
    except OSError:
        return False


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
