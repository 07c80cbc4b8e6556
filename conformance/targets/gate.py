"""The gate: a Unix socket at which the jobs of the kit report, and at which they wait to be told how to end.

A release belongs to one connection, so that two attempts of a job never share one, and a release that nobody read
reaches nobody else. The end of the connection, on either side, ends the job's process.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

Report = Callable[[str, int, str], None]
"""Called with job id, attempt (from 1) and `began`, `sigterm`, `exiting CODE` or `gone`."""


class AnyGate(Protocol):
    """What the kit needs of a gate, wherever jobs report."""

    @property
    def path(self) -> str:
        """What a job is told, to find it."""
        ...

    def listen(self, job_id: str, report: Report) -> None:
        """From now on reports about this job go to `report`, those that came earlier first."""
        ...

    def release(self, job_id: str, attempt: int, code: int) -> bool:
        """Tell this attempt to exit with `code`. False where it does not wait there."""
        ...

    def waits(self, job_id: str, attempt: int) -> bool:
        """Whether this attempt waits there now."""
        ...

    def drop(self, job_id: str) -> None:
        """End whatever of this job waits there, now and later."""
        ...

    def close(self) -> None:
        """Let go of every job that still waits."""
        ...


@dataclass(slots=True)
class _Held:
    """One attempt that waits at the gate."""

    connection: socket.socket
    pid: int
    released: bool = False


@dataclass(slots=True)
class Gate:
    """
    Listens at a socket of its own in a fresh folder, until it is closed.

    Reports go to whoever said that it owns the job id (`listen`); those of a job that nobody owns yet are kept, for
    a job may begin before the answer to its SubmitJob has been read.
    """

    path: str = ""
    _held: dict[tuple[str, int], list[_Held]] = field(default_factory=dict)
    _listeners: dict[str, Report] = field(default_factory=dict)
    _early: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _dropped: set[str] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _server: socket.socket | None = None

    def open(self) -> Gate:
        """Begin to listen. The path is short: a socket's may have 107 bytes only."""
        self.path = os.path.join(tempfile.mkdtemp(prefix="batchproof-"), "gate")
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(self.path)
        os.chmod(self.path, 0o666)  # jobs may run as another account
        os.chmod(os.path.dirname(self.path), 0o755)
        self._server.listen(4096)
        threading.Thread(target=self._accept, name="gate", daemon=True).start()
        return self

    def close(self) -> None:
        """Stop listening and let go of every job that still waits; their processes end."""
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
        with self._changed:
            for held in self._held.values():
                _hang_up(held)
        shutil.rmtree(os.path.dirname(self.path), ignore_errors=True)

    def listen(self, job_id: str, report: Report) -> None:
        """From now on reports about this job go to `report`, those that came earlier first."""
        with self._changed:
            early = self._early.pop(job_id, [])
            for attempt, what in early:
                report(job_id, attempt, what)
            self._listeners[job_id] = report

    def release(self, job_id: str, attempt: int, code: int) -> bool:
        """
        Tell this attempt to exit with `code`. False where it does not wait here (not begun, or gone).

        An attempt that came twice, as one whose payload was started again, is told so on each of its connections.
        """
        told = False
        with self._changed:
            held = [one for one in self._held.get((job_id, attempt), ()) if not one.released]
            for one in held:
                one.released = True
        for one in held:
            with contextlib.suppress(OSError):
                one.connection.sendall(f"exit {code}\n".encode())
                told = True
        return told

    def waits(self, job_id: str, attempt: int) -> bool:
        """Whether this attempt waits at the gate now."""
        with self._changed:
            return any(not one.released for one in self._held.get((job_id, attempt), ()))

    def drop(self, job_id: str) -> None:
        """End whatever of this job waits here, now and later, by ending its connections."""
        with self._changed:
            self._dropped.add(job_id)
            for (held_id, _), held in self._held.items():
                if held_id == job_id:
                    _hang_up(held)

    def _accept(self) -> None:
        assert self._server is not None
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="gate job", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        job_id, attempt, held = "", 0, None
        with connection, connection.makefile("r", encoding="utf-8", errors="replace") as lines:
            with contextlib.suppress(OSError, ValueError):
                for line in lines:
                    words = line.split()
                    if words[:1] == ["hello"] and len(words) == 4:
                        job_id, attempt = words[1], int(words[2])
                        with self._changed:
                            if job_id in self._dropped:
                                return
                            held = _Held(connection, int(words[3]))
                            self._held.setdefault((job_id, attempt), []).append(held)
                        self._report(job_id, attempt, "began")
                    elif job_id:
                        self._report(job_id, attempt, " ".join(words))
            if held is not None:
                with self._changed:
                    left = [one for one in self._held.get((job_id, attempt), ()) if one is not held]
                    self._held[job_id, attempt] = left
                if not left:
                    self._report(job_id, attempt, "gone")

    def _report(self, job_id: str, attempt: int, what: str) -> None:
        with self._changed:
            listener = self._listeners.get(job_id)
            if listener is None:
                self._early.setdefault(job_id, []).append((attempt, what))
                return
        listener(job_id, attempt, what)


def _hang_up(held: list[_Held]) -> None:
    for one in held:
        with contextlib.suppress(OSError):
            one.connection.shutdown(socket.SHUT_RDWR)
