"""A host that takes its time: it comes between a server and its host, and puts off starts and the sending of SIGTERM.

What it was asked and has put off is in no file of its own, and need not be: the server's store says that a run is to
begin, or to be stopped, and the next server asks for it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from ..deciding.messages import Reported, StartFailed
from .host import Host, Output

Seconds = Callable[[], float]
"""Draws a delay."""


class SlowHost:
    """
    `host`, but runs begin `start_s` after they were asked for, and are told to stop `stop_s` after that was asked for.

    A run that is to stop before it has begun never begins (TERM-26). A kill without a grace time is never put off, and
    what is asked right after `connect` is not either: it was put off when somebody else asked for it.
    """

    def __init__(self, host: Host, *, start_s: Seconds, stop_s: Seconds) -> None:
        self._host = host
        self._start_s = start_s
        self._stop_s = stop_s
        self._report: Callable[[Reported], None] = lambda news: None
        self._loop = asyncio.get_running_loop()
        self._starts: dict[tuple[str, int], asyncio.TimerHandle] = {}
        self._stops: dict[tuple[str, int], asyncio.TimerHandle] = {}
        self._prompt = True

    def guarantee(self) -> str:
        return self._host.guarantee()

    def connect(self, report: Callable[[Reported], None]) -> None:
        self._report = report
        self._host.connect(report)
        self._hurry()
        self._loop.call_soon(self._take_time)

    def spawn(self, job_id: str, number: int, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        delay_s = 0.0 if self._prompt else self._start_s()
        if delay_s > 0:
            self._starts[job_id, number] = self._loop.call_later(
                delay_s, self._begin, job_id, number, command, environment
            )
        else:
            self._host.spawn(job_id, number, command, environment)

    def stop(self, job_id: str, number: int, grace_ms: int) -> None:
        if grace_ms > 0 and (job_id, number) in self._stops:
            return  # it is on its way
        delay_s = 0.0 if self._prompt or grace_ms <= 0 else self._stop_s()
        if delay_s > 0:
            self._stops[job_id, number] = self._loop.call_later(delay_s, self._end, job_id, number, grace_ms)
        else:
            self._end(job_id, number, grace_ms)

    def forget(self, job_id: str, number: int) -> None:
        _cancel(self._stops, (job_id, number))  # it has ended before it was told to
        self._host.forget(job_id, number)

    def discard(self, job_id: str) -> None:
        self._host.discard(job_id)

    async def read(self, job_id: str, number: int, offset: int, length: int) -> Output:
        return await self._host.read(job_id, number, offset, length)

    async def close(self, grace_ms: int) -> None:
        self._hurry()
        await self._host.close(grace_ms)

    async def let_go(self) -> None:
        self._hurry()
        await self._host.let_go()

    def _take_time(self) -> None:
        self._prompt = False

    def _hurry(self) -> None:
        """Whoever asked is gone, and what is still put off is for the next one to ask."""
        self._prompt = True
        for put_off in (self._starts, self._stops):
            for key in list(put_off):
                _cancel(put_off, key)

    def _begin(self, job_id: str, number: int, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        del self._starts[job_id, number]
        self._host.spawn(job_id, number, command, environment)

    def _end(self, job_id: str, number: int, grace_ms: int) -> None:
        _cancel(self._stops, (job_id, number))
        if _cancel(self._starts, (job_id, number)):
            self._report(StartFailed(job_id, number, "stopped before its container was up"))
        else:
            self._host.stop(job_id, number, grace_ms)


def _cancel(put_off: dict[tuple[str, int], asyncio.TimerHandle], key: tuple[str, int]) -> bool:
    """Whether this had been put off."""
    timer = put_off.pop(key, None)
    if timer is not None:
        timer.cancel()
    return timer is not None
