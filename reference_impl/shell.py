"""The loop around the engine: takes what comes in, one thing at a time, and carries the effects out in their order.

Nothing is decided here. News that arrive while effects are being carried out wait until these are done, so the
effects of two events never mix.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable

from .engine import Engine
from .messages import (
    Acknowledge,
    DeadlinePassed,
    Effect,
    Event,
    Exited,
    HostLost,
    Save,
    SetDeadline,
    Spawn,
    StartFailed,
    Stop,
)
from .processes import Launcher
from .store import Store

log = logging.getLogger(__name__)


class Shell:
    """Runs one engine on one event loop. Must be made inside that loop."""

    def __init__(self, engine: Engine, launcher: Launcher, store: Store) -> None:
        self.engine = engine
        self.launcher = launcher
        self.store = store
        self._loop = asyncio.get_running_loop()
        self._requests = itertools.count(1)
        self._asked: dict[int, asyncio.Future[None]] = {}
        self._inbox: deque[Event] = deque()
        self._outbox: deque[Effect] = deque()
        self._busy = False
        self._committing = False
        self._staged = False
        self._closed = False
        self._deadlines: dict[tuple[str, int], asyncio.TimerHandle] = {}
        self._latest_ms = 0
        launcher.connect(self.receive)

    def now_ms(self) -> int:
        """The time of day, which never goes back here even where the host's clock does (ST-26)."""
        self._latest_ms = max(self._latest_ms, time.time_ns() // 1_000_000)
        return self._latest_ms

    async def ask(self, request: Callable[[int], Event]) -> None:
        """Hand a request to the engine, and return when it is acknowledged."""
        number = next(self._requests)
        acknowledged = self._asked[number] = self._loop.create_future()
        try:
            self.receive(request(number))
            await acknowledged
        finally:
            del self._asked[number]

    def receive(self, event: Event) -> None:
        """Take an event in, now or right after what is being done."""
        if self._closed:
            return
        self._inbox.append(event)
        if not self._busy:
            self._work()

    def close(self) -> None:
        """Take nothing in any more."""
        self._closed = True
        for timer in self._deadlines.values():
            timer.cancel()
        self.store.close()

    def _work(self) -> None:
        self._busy = True
        try:
            while True:
                self._carry_out()
                if self._committing or not self._inbox:
                    return
                event = self._inbox.popleft()
                try:
                    self._forget_deadline(event)
                    self._outbox += self.engine.handle(event, now_ms=self.now_ms())
                except Exception as failure:
                    self._fail(event, failure)
        finally:
            self._busy = False

    def _carry_out(self) -> None:
        while (self._outbox or self._staged) and not self._committing:
            if self._outbox and isinstance(self._outbox[0], Save):
                self.store.save(self._outbox.popleft().record)  # type: ignore[union-attr]
                self._staged = True
            elif self._staged:
                self._staged, self._committing = False, True
                self.store.commit(self._committed)
            else:
                self._do(self._outbox.popleft())

    def _committed(self) -> None:
        self._committing = False
        if not self._busy:
            self._work()

    def _do(self, effect: Effect) -> None:
        match effect:
            case Acknowledge(request):
                waiting = self._asked.get(request)
                if waiting is not None and not waiting.done():  # its caller may have hung up
                    waiting.set_result(None)
            case Spawn(job_id, number, command, environment):
                self.launcher.spawn(job_id, number, command, environment)
            case Stop(job_id, number, grace_ms):
                self.launcher.stop(job_id, number, grace_ms)
            case SetDeadline(job_id, number, at_ms):
                delay_s = max(0, at_ms - self.now_ms()) / 1000
                news = DeadlinePassed(job_id, number)
                self._deadlines[job_id, number] = self._loop.call_later(delay_s, self.receive, news)

    def _forget_deadline(self, event: Event) -> None:
        if isinstance(event, Exited | StartFailed | HostLost | DeadlinePassed):
            timer = self._deadlines.pop((event.job_id, event.number), None)
            if timer is not None:
                timer.cancel()

    def _fail(self, event: Event, failure: Exception) -> None:
        """The engine has a fault: whoever asked gets it as an answer, and the server lives on."""
        waiting = self._asked.get(getattr(event, "request", 0))
        if waiting is not None and not waiting.done():
            waiting.set_exception(failure)
        else:
            log.error("the engine failed on %r", event, exc_info=failure)
