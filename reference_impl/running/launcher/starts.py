"""Runs begin: each is written down before its spawn and after it, so that none begins twice, whoever is killed when."""

from __future__ import annotations

import time
from typing import Any

from ...crash_points import crash_point
from ..accounts import Account
from .adoption import Adoption
from .journal import Journal
from .launched_runs import LaunchedRun, LaunchedRuns
from .process_facts import started_between
from .servers import Servers
from .spawning import COULD_NOT_START, Spawner

SPAWNS_AT_ONCE = 32
"""So many runs share one write of the journal. More would make the first wait for the last."""


class Starts:
    """`waiting` are runs that are to begin, in the order in which the server asked for them."""

    def __init__(
        self, runs: LaunchedRuns, journal: Journal, spawner: Spawner, adoption: Adoption, servers: Servers
    ) -> None:
        self._runs = runs
        self._journal = journal
        self._spawner = spawner
        self._adoption = adoption
        self._servers = servers
        self.waiting: list[tuple[LaunchedRun, list[str], dict[str, str], Account | None]] = []

    def ask(self, run: LaunchedRun, command: list[str], environment: dict[str, str], account: Account | None) -> None:
        self.waiting.append((run, command, environment, account))

    def forget(self) -> None:
        """The server that asked is gone."""
        self.waiting.clear()
        self._runs.forget_unbegun()

    def begin_all(self) -> None:
        """Whatever waits, unless the disk is full."""
        before = -1
        while self.waiting and len(self.waiting) != before:
            before = len(self.waiting)
            self.begin_some()

    def give_up(self, run: LaunchedRun) -> bool:
        """Have a run that waits never begin, and say so. False for one that does not wait."""
        left = [waiting for waiting in self.waiting if waiting[0] is not run]
        if len(left) == len(self.waiting):
            return False
        self.waiting = left
        run.failed, run.over = f"{COULD_NOT_START}: stopped before it began", True
        self._journal.write([("F", *run.key, run.failed)])
        self._servers.tell([run.news])
        return True

    def begin_some(self) -> None:
        batch, rest = self.waiting[:SPAWNS_AT_ONCE], self.waiting[SPAWNS_AT_ONCE:]
        if not batch or (self._journal.behind and not self._journal.catch_up()):
            return
        crash_point("launcher-before-intent")
        if not self._journal.write([("I", *run.key) for run, *_ in batch]):
            return  # nothing begins that is not on file
        self.waiting = rest
        crash_point("launcher-after-intent")
        begun: list[tuple[Any, ...]] = []
        again: list[LaunchedRun] = []
        for run, command, environment, account in batch:
            try:
                before_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
                run.pid = self._spawner.spawn(run.job_id, run.number, command, environment, run.mark, account)
                run.started = started_between(before_ns, time.clock_gettime_ns(time.CLOCK_BOOTTIME)) or 0
                crash_point("launcher-after-spawn")
                self._runs.watch_child(run)
            except FileExistsError:
                again.append(run)
            except (OSError, ValueError) as failure:
                run.failed, run.over = f"{COULD_NOT_START}: {failure}", True
                begun.append(("F", *run.key, run.failed))
            else:
                begun.append(("S", *run.key, run.pid, run.started))
        self._journal.write(begun)
        crash_point("launcher-after-start")
        self._servers.tell(run.news for run, *_ in batch if run not in again)
        self._adoption.find(again)
