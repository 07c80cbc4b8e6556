"""A host without processes: what runs on it is imagined, in the time of a virtual clock, and reports at a gate of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from ...conformance.programs import program
from ...conformance.timing.virtual import VirtualClock
from ..deciding.messages import Exited, HostLost, Reported, Started, StartFailed
from ..deciding.reasons import host_lost
from ..running.host import NO_OUTPUT, Output
from .gate import SimulatedGate
from .process import Process

STARTS_S = 0.06
"""So long at most until a container is up, and longer where starts are to be slow."""

REPORTS_S = 0.02
"""So long at most until the host has noticed that a process is gone."""

Run = tuple[str, int]


class SimulatedHost:
    """
    The `Host` of a server in virtual time.

    gate          where its processes report
    slow_start_s  so much longer a container takes to be up
    """

    def __init__(self, clock: VirtualClock, chance: Random, gate: SimulatedGate, slow_start_s: float = 0) -> None:
        self._clock, self._chance, self._gate, self._slow_start_s = clock, chance, gate, slow_start_s
        self._report: Callable[[Reported], None] = lambda news: None
        self._starting: set[Run] = set()
        self._running: dict[Run, Process] = {}
        self._ended: dict[Run, Reported] = {}

    def guarantee(self) -> str:
        return "nothing runs: processes are imagined, and stop when they are told to"

    def connect(self, report: Callable[[Reported], None]) -> None:
        self._report = report

    def spawn(self, job_id: str, number: int, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        run = job_id, number
        if run in self._running:
            self._report(Started(*run))
        elif run in self._ended:
            self._report(Started(*run))
            self._report(self._ended[run])
        elif run not in self._starting:
            self._starting.add(run)
            up_s = self._slow_start_s + self._chance.uniform(0, STARTS_S)
            self._clock.after(up_s, lambda: self._start(run, tuple(command), dict(environment)))

    def stop(self, job_id: str, number: int, grace_ms: int) -> None:
        run = job_id, number
        if run in self._starting:
            self._starting.discard(run)
            self._end(StartFailed(job_id, number, "stopped before its container was up"))
        elif run in self._running:
            self._running[run].sigterm(grace_ms / 1000)

    def forget(self, job_id: str, number: int) -> None:
        self._ended.pop((job_id, number), None)

    def discard(self, job_id: str) -> None:
        """Nothing was written."""

    async def read(self, job_id: str, number: int, offset: int, length: int) -> Output:
        return NO_OUTPUT

    async def close(self, grace_ms: int) -> None:
        for run in [*self._starting, *self._running]:
            self._starting.discard(run)
            if run in self._running:
                self._running.pop(run).vanish()
            self._end(HostLost(*run, host_lost(*run)))

    async def let_go(self) -> None:
        """There is nothing to let go of."""

    def _start(self, run: Run, command: tuple[str, ...], environment: dict[str, str]) -> None:
        if run not in self._starting:
            return
        self._starting.discard(run)
        told_id, told = environment.get("AWS_BATCH_JOB_ID", "?"), int(environment.get("AWS_BATCH_JOB_ATTEMPT", "0"))

        def ended(code: int) -> None:
            self._clock.after(self._chance.uniform(0, REPORTS_S), lambda: self._exited(run, process, code))

        def says(what: str) -> None:
            self._gate.said(told_id, told, what, process)

        process = Process(self._clock, self._chance, program(command, environment), says, ended)
        self._running[run] = process
        self._report(Started(*run))
        process.begin()

    def _exited(self, run: Run, process: Process, code: int) -> None:
        if self._running.pop(run, None) is process:
            self._end(Exited(*run, code))

    def _end(self, news: StartFailed | Exited | HostLost) -> None:
        self._ended[news.job_id, news.number] = news
        self._report(news)
