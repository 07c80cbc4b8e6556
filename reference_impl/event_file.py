"""The file of events: lines are added by a thread of its own, so that no disk and no reader of a FIFO holds the server up.

Events are worth less than jobs. What cannot be written, or waits for too long, is dropped, counted and said.
"""

from __future__ import annotations

import logging
import os
import stat
import threading
from pathlib import Path

log = logging.getLogger(__name__)

WAITING_BYTES = 64 * 1024 * 1024
"""More than that does not wait for a slow disk or reader."""

AT_ONCE_BYTES = 1024 * 1024
"""So much is written by one call."""

PATIENCE_S = 2.0
"""At the end of the server a file that takes nothing is given so much time."""


class UnusableEventFile(Exception):
    """Events cannot be written there; the text says why in one line."""


class EventFile:
    """
    Takes whole lines, from one thread. `dropped` counts those that did not get into the file.

    Raises UnusableEventFile where it cannot be opened; what goes wrong later is logged, and raises nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # A FIFO without a reader is an error then, and no standstill.
            self._descriptor = os.open(
                path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC, 0o666
            )
        except OSError as failure:
            raise UnusableEventFile(f"{path} cannot be written: {failure.strerror}") from None
        os.set_blocking(self._descriptor, True)
        self._regular = stat.S_ISREG(os.fstat(self._descriptor).st_mode)
        self.dropped = 0
        self._said = 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._closing = False
        self._changed = threading.Condition()
        self._writer = threading.Thread(target=self._write, name="events", daemon=True)
        self._writer.start()

    def add(self, line: bytes) -> None:
        """Have a line written, soon."""
        with self._changed:
            if self._waiting_bytes > WAITING_BYTES:
                self._drop(1, "what reads it is too slow")
                return
            self._waiting.append(line)
            self._waiting_bytes += len(line)
            self._changed.notify()

    def close(self) -> None:
        """Have the rest written, if that does not take long."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._writer.join(PATIENCE_S)
        if self._writer.is_alive():
            with self._changed:
                self._drop(len(self._waiting), "what reads it is too slow")
        else:
            os.close(self._descriptor)
        if self.dropped:
            log.warning("events: %d were dropped in all", self.dropped)

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                lines, self._waiting = self._waiting, []
                self._waiting_bytes = 0
            if not lines:
                return
            batch: list[bytes] = []
            size = 0
            for line in lines:
                batch.append(line)
                size += len(line)
                if size >= AT_ONCE_BYTES:
                    self._put(batch)
                    batch, size = [], 0
            self._put(batch)

    def _put(self, lines: list[bytes]) -> None:
        data = memoryview(b"".join(lines))
        written = 0
        try:
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as failure:
            whole = _whole(lines, written)
            self._seal(written - sum(map(len, lines[:whole])))
            with self._changed:
                self._drop(len(lines) - whole, failure.strerror or str(failure))
            return
        if lines and self._said < self.dropped:
            with self._changed:
                self._said = self.dropped
            log.warning("events are written to %s again; %d were dropped so far", self._path, self._said)

    def _seal(self, torn: int) -> None:
        """Take back the part of a line that was written: a torn line would spoil the one behind it too."""
        if torn and self._regular:
            try:
                os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - torn)
            except OSError:
                log.exception("events: a line in %s is torn", self._path)

    def _drop(self, count: int, why: str) -> None:
        if count and self._said == self.dropped:
            log.warning("events cannot be written to %s: %s; until they can they are dropped", self._path, why)
        self.dropped += count


def _whole(lines: list[bytes], written: int) -> int:
    """How many of these lines are in the first bytes of them as a whole."""
    for index, line in enumerate(lines):
        written -= len(line)
        if written < 0:
            return index
    return len(lines)
