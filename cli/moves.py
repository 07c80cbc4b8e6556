"""The moves of jobs as lines for whoever watches a server: printed by a thread of their own, so that nobody waits for a terminal."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from datetime import datetime
from threading import Thread

from ..model.status import PENDING, STARTED, Status
from ..reference_impl.deciding.records import Job
from .looking.rows import printable

STANDARD_ERROR = 2

KEPT = 10_000
"""So many lines may wait to be printed. What comes beyond that is counted and not printed."""


def line(before: Status, job: Job, at_ms: int) -> str:
    """One move: when, whose, from where to where, and why."""
    when = datetime.fromtimestamp(at_ms / 1000).strftime("%H:%M:%S.%f")[:-3]
    move = f"{before} -> {job.status}" if before is not job.status else f"{job.status}, and stays"
    said = printable(why(before, job))
    return f"{when}  {job.id}  {move:23}  {said}".rstrip()


def why(before: Status, job: Job) -> str:
    """What is known of the reason of a move: which attempt, how it ended, who asked, and the reason that the job shows."""
    facts = list(_facts(before, job))
    said = job.attempts[-1].reason if before in STARTED and job.run is None and job.attempts else None
    return ": ".join(filter(None, (", ".join(facts), job.status_reason, said)))


def _facts(before: Status, job: Job) -> Iterator[str]:
    if job.terminate_reason is not None:
        yield "terminated"
    elif job.cancel_reason is not None:
        yield "cancelled"
    if job.status is PENDING:
        yield "until its children have ended" if job.order.is_parent else "until the jobs that it depends on have ended"
    attempts = job.order.strategy.attempts
    of = f" of {attempts}" if attempts > 1 else ""
    if job.run is not None:
        yield f"attempt {job.run.number}{of}"
    elif before in STARTED and job.attempts:
        last = job.attempts[-1]
        yield f"attempt {last.number}{of} ended, " + (
            "no exit code" if last.exit_code is None else f"exit {last.exit_code}"
        )


class Moves:
    """Prints moves as they come, on standard error or another descriptor, and never holds up whoever tells of them."""

    def __init__(self, descriptor: int = STANDARD_ERROR) -> None:
        self._descriptor = descriptor
        self._lines: queue.Queue[str | None] = queue.Queue(KEPT)
        self._lost = 0
        self._printer = Thread(target=self._print, name="moves", daemon=True)
        self._printer.start()

    def hear(self, before: Status, job: Job, at_ms: int) -> None:
        """A move has been kept."""
        try:
            self._lines.put_nowait(line(before, job, at_ms))
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Print what is left, unless that takes longer than a second."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._printer.join(1.0)

    def _print(self) -> None:
        try:
            while (text := self._lines.get()) is not None:
                self._write(text)
                if self._lost and self._lines.empty():
                    lost, self._lost = self._lost, 0
                    self._write(f"{lost} moves are not shown: they came faster than they were read")
        except OSError:  # nobody reads them any more
            pass

    def _write(self, text: str) -> None:
        """A line, past sys.stderr: whoever writes there would wait for a lock that is held here."""
        left = f"{text}\n".encode(errors="backslashreplace")
        while left:
            left = left[os.write(self._descriptor, left) :]
