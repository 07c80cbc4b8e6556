"""Processes that left their session and lost their parent: they are our children now, and end with their run."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from . import marks
from .launched_runs import LaunchedRuns
from .stops import AGAIN_S

LOOK_S = 1.0
"""Between two looks; they are looked for at the end of their run in any case."""


class Strays:
    """`left` says that one was killed and is not yet reaped, `due_s` when to look again."""

    def __init__(self, runs: LaunchedRuns) -> None:
        self._runs = runs
        self._children = Path(f"/proc/self/task/{os.getpid()}/children")
        self.can_be_found = self._children.exists()  # not every kernel lists a process's children
        self.left = False
        self.due_s = 0.0

    def reap(self, now_s: float) -> None:
        """Reap those that are dead, kill those whose run is over."""
        self.left = False
        for pid in self._all_children():
            if pid in self._runs.children:
                continue
            try:
                done, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue
            if not done:
                mark = marks.mark_on(pid)
                under_way = self._runs.under_way
                # One that has changed its limits cannot be told from a stray of a run that goes on: it may stay as long.
                if mark not in under_way if mark is not None else not under_way:
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)
                    self.left = True
        self.due_s = now_s + (AGAIN_S if self.left else LOOK_S)

    def _all_children(self) -> list[int]:
        return [int(pid) for pid in self._children.read_bytes().split()] if self.can_be_found else []
