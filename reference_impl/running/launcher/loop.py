"""The launcher: it spawns, signals and reaps jobs, and outlives a crashed server.

One thread, one loop. What it knows of its runs is in its journal, so that a new launcher can take up where a killed one
was: what still lives is watched on, what died is on file with the anchor, what cannot be known is killed and reported
as such. See `journal.py` for what is written when, `wireline.py` for what is said to the server.

Units   times are seconds of the monotonic clock; names end in `_s`.
"""

from __future__ import annotations

import os
import select
import time
from enum import Enum
from pathlib import Path
from typing import Any

from ...removal import remove
from ..accounts import Account
from .adoption import Adoption
from .exits import LOOK_S, Exits
from .journal import Journal, Orphans
from .launched_runs import LaunchedRun, LaunchedRuns
from .process_facts import become_subreaper
from .servers import Servers
from .spawning import Spawner
from .starts import Starts
from .stops import Stops
from .strays import Strays
from .succession import WatchedAnchor, anchors_lock, launchers_lock

LINGER_S = 5.0
"""Without a server and without a run a launcher waits this long, and ends."""


FULL_S = 0.05
"""Between two tries to write to a journal on a full disk."""


class LoopEnd(Enum):
    """Why a launcher left its loop."""

    ENDED = "nothing is left to do"
    PROMOTED = "its anchor is dead, and it takes the anchor's place"


def launch(data: Path, anchor: int, *, temporary: bool) -> tuple[LoopEnd, int]:
    """
    Run the jobs of one data folder until nothing is left to do. Second in the answer is the anchor's lock, where we have
    taken it.

    `anchor` is the process id of our parent. `temporary`: the folder ends with its server, and so do the jobs.
    """
    become_subreaper()
    alone_since_s = time.monotonic()  # the wait for the launcher before us counts
    taken = launchers_lock(data / "launcher", anchor)
    if taken is None:
        return LoopEnd.ENDED, -1
    launcher = Launcher(data, anchor, temporary=temporary, alone_since_s=alone_since_s)
    try:
        return launcher.run()
    finally:
        launcher.close()
        os.close(taken)


class Launcher:
    """Takes in what has happened, and has each part do what follows."""

    def __init__(self, data: Path, anchor: int, *, temporary: bool, alone_since_s: float) -> None:
        self._data = data
        self._folder = data / "launcher"
        self._temporary = temporary
        self._closing = self._quit = False
        self._orphans = Orphans(self._folder / "orphans")
        self._journal = Journal(self._folder / "journal")
        self._spawner = Spawner(str(data / "jobs"))
        self._epoll = select.epoll()
        self._anchor = WatchedAnchor(anchor, self._epoll)
        self._servers = Servers(self._folder, self._epoll, alone_since_s=alone_since_s)
        self._runs = LaunchedRuns(str(data), self._epoll)
        self._stops = Stops(self._runs)
        self._strays = Strays(self._runs)
        self._exits = Exits(self._runs, self._journal, self._orphans, self._stops, self._servers)
        self._adoption = Adoption(
            self._runs, self._journal, self._orphans, self._spawner, self._exits, self._stops, self._servers
        )
        self._starts = Starts(self._runs, self._journal, self._spawner, self._adoption, self._servers)

    def run(self) -> tuple[LoopEnd, int]:
        self._adoption.take_up()
        self._servers.listen()
        while not self._quit:
            if self._anchor.dead:
                taken = anchors_lock(self._folder)
                if taken is not None:
                    return LoopEnd.PROMOTED, taken
                if not self._runs.under_way:
                    self._quit = True  # there is another anchor, whose launcher waits for our lock
            self._turn()
        return LoopEnd.ENDED, -1

    def close(self) -> None:
        self._runs.close()
        self._servers.close()
        self._spawner.close()
        self._anchor.close()
        self._epoll.close()
        self._journal.close()

    def _turn(self) -> None:
        ended: list[LaunchedRun] = []
        for descriptor, mask in self._epoll.poll(self._timeout_s(), 512):
            if descriptor in self._runs.watched:
                ended.append(self._runs.watched[descriptor])
            elif descriptor == self._anchor.descriptor:
                self._anchor.bury()
            else:
                for message in self._servers.heard(descriptor, mask):
                    self._obey(message)
        if ended:
            self._end(ended)
        if self._starts.waiting:
            self._servers.flush()  # it has new work for us sooner than all of these are up
        if not self._journal.behind or self._journal.catch_up():
            self._starts.begin_some()
            self._exits.reap()
        now_s = time.monotonic()
        if self._exits.unrecorded:
            self._exits.of_adopted([], now_s)
        if now_s >= self._stops.due_s:
            self._exits.write(self._stops.carry_out(now_s))
        if (self._runs.known or self._strays.left) and now_s >= self._strays.due_s:
            self._strays.reap(now_s)
        if self._closing and not (self._runs.under_way or self._being_killed or self._starts.waiting):
            self._closing = False
            self._servers.tell([("none_left",)])
        self._servers.flush()
        if not (self._runs.known or self._being_killed) and self._journal.empty():
            self._orphans.empty()
        self._leave_if_alone(now_s)

    def _timeout_s(self) -> float:
        if self._journal.behind:
            return FULL_S
        if self._starts.waiting or (self._anchor.dead and not self._runs.under_way):
            return 0
        now_s = time.monotonic()
        waits = [LINGER_S, self._stops.due_s - now_s]
        if self._exits.unrecorded:
            waits.append(LOOK_S)
        if self._runs.known or self._strays.left:
            waits.append(self._strays.due_s - now_s)
        if not self._servers.there:
            waits.append(self._alone_until_s - now_s)
        return max(0.0, min(waits)) + 0.001

    @property
    def _being_killed(self) -> bool:
        return bool(self._stops.condemned) or self._strays.left

    def _end(self, ended: list[LaunchedRun]) -> None:
        ours = [run for run in ended if run.ours]
        self._exits.of_children(ours)
        if ours:
            if not self._strays.can_be_found:
                self._stops.condemn(run.mark for run in ours)
            self._strays.reap(time.monotonic())
        self._exits.of_adopted([run for run in ended if not run.ours], time.monotonic())

    # What the server wants.

    def _obey(self, message: list[Any]) -> None:
        match message:
            case ["hello", _]:
                self._starts.forget()
                self._closing = False
                self._servers.tell(run.news for run in self._runs.known.values())
                self._servers.tell([("ready", self._anchor.pid)])
            case ["spawn", job_id, number, command, environment, account]:
                run = self._runs.known.get((job_id, number))
                if run is None:
                    run = LaunchedRun(job_id, number, self._runs.mark(job_id, number))
                    self._runs.known[run.key] = run
                    self._starts.ask(run, command, environment, account and Account(*account))
                elif run.over or run.pidfd >= 0:
                    self._servers.tell([run.news])
            case ["stop", job_id, number, grace_ms]:
                self._starts.begin_all()  # a stop follows its spawn
                run = self._runs.known.get((job_id, number))
                if run is not None and not self._starts.give_up(run):
                    self._stops.stop(run, grace_ms / 1000)
            case ["kept", job_id, number]:
                run = self._runs.known.get((job_id, number))
                if run is not None and run.over:
                    del self._runs.known[run.key]
                    self._journal.write([("K", job_id, number)])
            case ["close", grace_ms]:
                self._starts.begin_all()
                for run in self._runs.known.values():
                    if self._starts.give_up(run):
                        continue
                    run.lost = run.lost or not run.stopping
                    self._stops.stop(run, grace_ms / 1000)
                    # Also those that were to have longer: we are not waited for.
                    self._stops.kill_after(run, grace_ms / 1000)
                self._closing = True
            case ["quit"]:
                self._quit = True

    # The way out.

    @property
    def _alone_until_s(self) -> float:
        """A temporary folder's launcher waits for the first server only: with that one it is to end."""
        return self._servers.alone_since_s + (0 if self._temporary and self._servers.epoch else LINGER_S)

    def _leave_if_alone(self, now_s: float) -> None:
        if self._servers.there or self._quit or now_s < self._alone_until_s:
            return
        if not self._runs.under_way and not self._being_killed:
            if self._temporary:
                remove(self._data)
            self._quit = True
        elif self._temporary:
            for run in self._runs.known.values():
                self._stops.stop(run, 0)
