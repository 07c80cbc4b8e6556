"""Runs that a launcher before us has begun: those that live are watched on, and it is found out how the others ended."""

from __future__ import annotations

from . import marks
from .exits import Exits
from .journal import Entry, Journal, Orphans
from .launched_runs import LaunchedRun, LaunchedRuns
from .process_facts import facts
from .servers import Servers
from .spawning import Spawner
from .stops import Stops


class Adoption:
    def __init__(
        self,
        runs: LaunchedRuns,
        journal: Journal,
        orphans: Orphans,
        spawner: Spawner,
        exits: Exits,
        stops: Stops,
        servers: Servers,
    ) -> None:
        self._runs = runs
        self._journal = journal
        self._orphans = orphans
        self._spawner = spawner
        self._exits = exits
        self._stops = stops
        self._servers = servers

    def take_up(self) -> None:
        """All that is in the journal."""
        unclear: list[LaunchedRun] = []
        ended: list[LaunchedRun] = []
        for (job_id, number), entry in self._journal.entries.items():
            run = LaunchedRun(job_id, number, self._runs.mark(job_id, number))
            if not self._known(run, entry, unclear, ended):
                continue
            self._runs.known[run.key] = run
        self._exits.write(ended)
        self.find(unclear)
        # Whoever wrote the end of a run may have died before it killed what was left of the run.
        over = [*self._journal.done, *(run.key for run in self._runs.known.values() if run.over)]
        self._stops.condemn(self._runs.mark(*key) for key in over)
        self._journal.done.clear()

    def find(self, runs: list[LaunchedRun]) -> None:
        """Runs that have begun: watch those that live, else learn from the anchor how they ended."""
        if not runs:
            return
        carriers = marks.carriers({run.mark for run in runs if not run.pid})
        self._orphans.look()  # after the look at what lives: what was gone by then is on file
        for run in runs:
            if not run.pid:
                run.pid, run.started = self._leader(run.mark, carriers.get(run.mark, []))
        gone = [run for run in runs if not self._watched(run)]
        found = [run for run in runs if run.pidfd >= 0]
        self._journal.write([("S", *run.key, run.pid, run.started) for run in found])
        self._servers.tell(run.news for run in found)
        self._exits.of_gone(gone)

    def _known(self, run: LaunchedRun, entry: Entry, unclear: list[LaunchedRun], ended: list[LaunchedRun]) -> bool:
        """Fill in what the journal says. False for a run that never began."""
        if entry.failed is not None:
            run.failed, run.over = entry.failed, True
        elif entry.ended:
            run.over, run.code = True, entry.code
        elif entry.process is None and not self._spawner.has_begun(run.job_id, run.number):
            return False
        elif entry.boot != self._journal.boot:
            run.over = True
            ended.append(run)
        else:
            if entry.process is not None:
                run.pid, run.started = entry.process
            unclear.append(run)
        return True

    def _leader(self, mark: int, carriers: list[int]) -> tuple[int, int]:
        """Of all that lead a session with this mark, dead or alive, the oldest. Process id 0 where there is none."""
        leaders = [(seen.started, pid) for pid in carriers if (seen := facts(pid)) and seen.session == pid]
        leaders += [(started, pid) for pid, started in self._orphans.leaders(mark)]
        started, pid = min(leaders, default=(0, 0))
        return pid, started

    def _watched(self, run: LaunchedRun) -> bool:
        if not run.pid:
            return False
        try:
            self._runs.watch(run, run.pid)
        except ProcessLookupError:
            return False
        return True
