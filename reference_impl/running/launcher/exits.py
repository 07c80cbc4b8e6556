"""Runs end: how they did is learned and written down; only then is a child of ours reaped, and the server told."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable

from ...crash_points import crash_point
from .journal import Journal, Orphans
from .launched_runs import LaunchedRun, LaunchedRuns
from .process_facts import exit_code, exit_code_of, facts, status_of_gone
from .servers import Servers
from .stops import Stops

RECORD_S = 2.0
"""So long a dead process may wait for its record; then whoever should have written it is taken to be dead as well."""

LOOK_S = 0.002
"""Between two looks for such a record."""


class Exits:
    """`unrecorded` are runs whose process is dead, and nobody has put on file how it ended; others than our own children."""

    def __init__(self, runs: LaunchedRuns, journal: Journal, orphans: Orphans, stops: Stops, servers: Servers) -> None:
        self._runs = runs
        self._journal = journal
        self._orphans = orphans
        self._stops = stops
        self._servers = servers
        self.unrecorded: list[LaunchedRun] = []
        self._to_reap: list[LaunchedRun] = []

    def reap(self) -> None:
        """Reap our dead children once their ends are on file: until then a killed launcher leaves them to its anchor."""
        if self._journal.behind or not self._to_reap:
            return
        crash_point("launcher-exit-written")
        for run in self._to_reap:
            os.waitpid(run.pid, 0)
            del self._runs.children[run.pid]
        self._to_reap.clear()

    def of_children(self, ended: list[LaunchedRun]) -> None:
        for run in ended:
            # While the leader is not reaped its id is taken, so this cannot hit a group that belongs to somebody else.
            run.signal_group(signal.SIGKILL)
            seen = os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOWAIT)
            assert seen is not None
            self._runs.end(run, exit_code_of(seen))
        crash_point("launcher-exit-seen")
        self.write(ended)
        self._to_reap += ended
        self.reap()

    def of_adopted(self, ended: Iterable[LaunchedRun], now_s: float) -> None:
        """Somebody else reaps these: the anchor, once it has written down how they ended."""
        for run in ended:
            run.until_s = now_s + RECORD_S
            self._runs.be_woken_no_more(run)
            self.unrecorded.append(run)
        if not self.unrecorded:
            return
        waiting, self.unrecorded = self.unrecorded, []
        gone = {run.key: run.reaped() for run in waiting}  # before the look: what is gone is on file
        self._orphans.look()
        known: list[tuple[LaunchedRun, int]] = []
        for run in waiting:
            code = self._orphans.code((run.pid, run.started))
            ask = code is None and (gone[run.key] or now_s > run.until_s)
            if ask:
                code = _unrecorded_code(run)
            if code is not None:
                known.append((run, code))
            elif ask:
                self._doubt(run)
            else:
                self.unrecorded.append(run)
        self._on_file(known)

    def of_gone(self, gone: list[LaunchedRun]) -> None:
        """These have begun and do not live: either it is on file how they ended, or nobody knows."""
        self._orphans.look()
        known: list[tuple[LaunchedRun, int]] = []
        for run in gone:
            code = self._orphans.code((run.pid, run.started))
            if code is None:
                self._doubt(run)
            else:
                known.append((run, code))
        self._on_file(known)

    def write(self, over: list[LaunchedRun]) -> None:
        """Write down that these are over, and tell it."""
        # A server that is there has its own disk to keep them on.
        self._journal.write([("X", *run.key, run.code) for run in over], on_disk=not self._servers.there)
        self._servers.tell(run.news for run in over)

    def _on_file(self, known: list[tuple[LaunchedRun, int]]) -> None:
        for run, code in known:
            self._runs.end(run, code)
            self._stops.condemn([run.mark])  # nobody has killed what its leader left behind
        self.write([run for run, _ in known])

    def _doubt(self, run: LaunchedRun) -> None:
        self._runs.doubt(run)
        self._stops.condemn([run.mark])


def _unrecorded_code(run: LaunchedRun) -> int | None:
    """There was no anchor when it ended."""
    status = status_of_gone(run.pidfd)
    if status is None:
        seen = facts(run.pid)
        status = seen.status if seen is not None and seen.started == run.started and seen.dead else None
    return None if status is None else exit_code(status)
