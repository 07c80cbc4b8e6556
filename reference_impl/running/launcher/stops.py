"""Runs are stopped: SIGTERM first, and when their time is over, SIGKILL to whatever carries a condemned mark."""

from __future__ import annotations

import heapq
import math
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress

from . import marks
from .launched_runs import LaunchedRun, LaunchedRuns

AGAIN_S = 0.01
"""Between two looks at what was killed and may not be gone yet."""


class Stops:
    """`condemned` are the marks whose carriers must go."""

    def __init__(self, runs: LaunchedRuns) -> None:
        self._runs = runs
        self._kills: list[tuple[float, tuple[str, int]]] = []  # a heap: when, and which run
        self._next_sweep_s = 0.0
        self.condemned: set[int] = set()

    @property
    def due_s(self) -> float:
        """When there is something to do next."""
        due_s = self._kills[0][0] if self._kills else math.inf
        return min(due_s, self._next_sweep_s) if self.condemned else due_s

    def stop(self, run: LaunchedRun, grace_s: float) -> None:
        if run.over or run.in_doubt:
            return
        if grace_s <= 0:
            run.stopping = True
            self._condemn_now(run)
        elif not run.stopping:
            run.stopping = True
            self.kill_after(run, grace_s)
            if run.ours or not run.reaped():
                run.signal_group(signal.SIGTERM)

    def kill_after(self, run: LaunchedRun, grace_s: float) -> None:
        heapq.heappush(self._kills, (time.monotonic() + grace_s, run.key))

    def condemn(self, condemned: Iterable[int]) -> None:
        """By mark: what is left of these runs, at the next sweep."""
        self.condemned.update(condemned)

    def carry_out(self, now_s: float) -> list[LaunchedRun]:
        """What is due. The answer: runs that were in doubt, and are over now that nothing of them is left."""
        while self._kills and self._kills[0][0] <= now_s:
            run = self._runs.known.get(heapq.heappop(self._kills)[1])
            if run is not None and not run.over:
                if run.ours:
                    run.signal_group(signal.SIGKILL)  # also where the machine lets us mark nothing
                self._condemn_now(run)
        return self._sweep(now_s) if self.condemned and now_s >= self._next_sweep_s else []

    def _condemn_now(self, run: LaunchedRun) -> None:
        self.condemned.add(run.mark)
        self._next_sweep_s = 0.0

    def _sweep(self, now_s: float) -> list[LaunchedRun]:
        """Kill all that carry a condemned mark. One that nothing living carries is done with."""
        alive = marks.living(self.condemned)
        for pids in alive.values():
            for pid in pids:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        lost: list[LaunchedRun] = []
        for mark in self.condemned - alive.keys():
            self.condemned.discard(mark)
            run = self._runs.under_way.get(mark)
            if run is not None and run.in_doubt:
                self._runs.end(run, None)
                lost.append(run)
        self._next_sweep_s = now_s + AGAIN_S
        return lost
