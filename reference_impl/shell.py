"""The loop around the engine: takes what comes in, one thing at a time, and carries the effects out in their order.

Nothing is decided here. News that arrive while effects are being carried out wait until these are done, so the
effects of two inputs never mix.

The engine goes on while the store commits, so that many inputs share one commit: what is to be done after a Save is
kept with the commit that makes it safe. The ledger is therefore ahead of the store, and whoever shows what is in it
waits until that is `settled`: otherwise a crash could take back what a caller has already seen.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from uuid import uuid4

from .clock import Clock
from .deciding.engine import Engine
from .deciding.messages import (
    Acknowledge,
    DeadlinePassed,
    Effect,
    Exited,
    Forget,
    HostLost,
    Input,
    Save,
    SetDeadline,
    Spawn,
    StartFailed,
    Stop,
)
from .deciding.records import Record
from .keeping.store import Store
from .running.host import Host

log = logging.getLogger(__name__)

_Deed = Effect | Callable[[], None]
"""An effect, or what the shell itself has to do at its place in the order."""


class NotKept(Exception):
    """What was asked cannot be kept at the moment, so it was not done; the text says why in one line."""


def random_id() -> str:
    """A name that nothing has yet."""
    return str(uuid4())


class Shell:
    """Runs one engine on one event loop. Must be made inside that loop. `new_id` names jobs and requests."""

    def __init__(
        self,
        engine: Engine,
        host: Host,
        store: Store,
        clock: Clock | None = None,
        new_id: Callable[[], str] = random_id,
    ) -> None:
        self.new_id = new_id
        self.engine = engine
        self.host = host
        self.store = store
        self._loop = asyncio.get_running_loop()
        self._requests = itertools.count(1)
        self._asked: dict[int, asyncio.Future[None]] = {}
        self._inbox: deque[Input] = deque()
        self._busy = False
        self._staged = False
        self._after: list[_Deed] = []  # what waits for the next commit to be asked for
        self._latest: list[_Deed] = []  # what waits for the last one that was
        self._commit_due = False
        self._committing = 0
        self._closed = False
        self._settling: set[asyncio.Future[None]] = set()
        self._given_up: NotKept | None = None
        self._unkept = False
        self._deadlines: dict[tuple[str, int], tuple[int, asyncio.TimerHandle]] = {}  # when, on our clock
        self._clock = clock or Clock()
        host.connect(self.receive)

    def now_ms(self) -> int:
        """The time of day, on the server's own clock."""
        return self._clock.now_ms()

    def advance(self, seconds: int) -> None:
        """Put the clock forward; what is due by then comes in at the loop's next turn."""
        self._clock.advance(seconds)
        for key, (at_ms, timer) in list(self._deadlines.items()):
            timer.cancel()
            self._set_deadline(key, at_ms)

    async def ask(self, request: Callable[[int], Input]) -> None:
        """Hand a request to the engine, and return when it is acknowledged. Raises NotKept when the shell was given up."""
        if self._given_up is not None:
            raise self._given_up
        number = next(self._requests)
        acknowledged = self._asked[number] = self._loop.create_future()
        try:
            self.receive(request(number))
            await acknowledged
        finally:
            del self._asked[number]

    def receive(self, given: Input) -> None:
        """Take an input in, now or right after what is being done."""
        if self._closed:
            return
        self._inbox.append(given)
        if not self._busy:
            self._work()

    def close(self) -> None:
        """Take nothing in any more."""
        self._close()
        self._commit()
        self.store.close()

    def give_up(self, why: str) -> None:
        """
        Take nothing in any more, and do nothing of what still had to be kept first: it is as if it had not been asked.

        Whoever waits for it is told so, as is whoever asks from now on; `why` is a line for them.
        """
        self._close()
        self._given_up = NotKept(why)
        self._unkept = bool(self._staged or self._after or self._committing)
        self._staged, self._after, self._latest = False, [], []
        for waiting in (*self._asked.values(), *self._settling):
            if not waiting.done():
                waiting.set_exception(self._given_up)

    def _close(self) -> None:
        self._closed = True
        for _, timer in self._deadlines.values():
            timer.cancel()

    def restore(self, records: Iterable[Record]) -> None:
        """Go on from what a store has kept. To be called once, before anything else comes in."""
        self._busy = True
        try:
            for effect in self.engine.restore(records, now_ms=self.now_ms()):
                self._order(effect)
        finally:
            self._busy = False
        self._work()

    async def settled(self) -> None:
        """
        Return when everything that the ledger shows now is as safe as the store makes it. Raises NotKept when the shell was
        given up with something in its ledger that is not.
        """
        if self._given_up is not None and self._unkept:
            raise self._given_up
        if self._staged or self._after or self._committing:
            safe = self._loop.create_future()
            self._settling.add(safe)
            try:
                (self._after if self._staged or self._after else self._latest).append(partial(_tell, safe))
                await safe
            finally:
                self._settling.discard(safe)

    def _work(self) -> None:
        self._busy = True
        try:
            while self._inbox:
                given = self._inbox.popleft()
                try:
                    self._forget_deadline(given)
                    for effect in self.engine.handle(given, now_ms=self.now_ms()):
                        self._order(effect)
                    if isinstance(given, Exited | StartFailed | HostLost):
                        self._order(partial(self.host.forget, given.job_id, given.number))
                except Exception as failure:
                    self._fail(given, failure)
        finally:
            self._busy = False
        if (self._staged or self._after) and not self._commit_due:
            self._commit_due = True
            self._loop.call_soon(self._commit)  # whatever else has come in by now shares the commit

    def _commit(self) -> None:
        self._commit_due = False
        if self._staged or self._after:
            self._staged = False
            self._latest, self._after = self._after, []
            self._committing += 1
            self.store.commit(partial(self._committed, self._latest))

    def _order(self, effect: _Deed) -> None:
        """Do it now, or after the commit of all that was ordered before it."""
        if isinstance(effect, Save):
            self.store.save(effect.record)
            self._staged = True
        elif isinstance(effect, Forget):
            # The output first: a job without output is found again after a crash, output without a job is not.
            self.host.discard(effect.job.id)
            self.store.forget(effect.job)
            self._staged = True
        elif self._staged or self._after:
            self._after.append(effect)
        elif self._committing:
            self._latest.append(effect)
        else:
            self._do(effect)

    def _committed(self, deeds: list[_Deed]) -> None:
        if self._given_up is not None:
            return
        self._committing -= 1
        was_busy, self._busy = self._busy, True
        try:
            for deed in deeds:
                self._do(deed)
        finally:
            self._busy = was_busy
        if not self._busy and self._inbox:
            self._work()

    def _do(self, deed: _Deed) -> None:
        match deed:
            case Acknowledge(request):
                waiting = self._asked.get(request)
                if waiting is not None and not waiting.done():  # its caller may have hung up
                    waiting.set_result(None)
            case Spawn(job_id, number, command, environment):
                self.host.spawn(job_id, number, command, environment)
            case Stop(job_id, number, grace_ms):
                self.host.stop(job_id, number, grace_ms)
            case SetDeadline(job_id, number, at_ms):
                self._set_deadline((job_id, number), at_ms)
            case Save() | Forget():
                raise AssertionError(f"a {type(deed).__name__} is staged, and never put off")
            case _:
                deed()

    def _set_deadline(self, run: tuple[str, int], at_ms: int) -> None:
        delay_s = max(0, at_ms - self.now_ms()) / 1000
        self._deadlines[run] = at_ms, self._loop.call_later(delay_s, self.receive, DeadlinePassed(*run))

    def _forget_deadline(self, given: Input) -> None:
        if isinstance(given, Exited | StartFailed | HostLost | DeadlinePassed):
            _, timer = self._deadlines.pop((given.job_id, given.number), (0, None))
            if timer is not None:
                timer.cancel()

    def _fail(self, given: Input, failure: Exception) -> None:
        """The engine has a fault: whoever asked gets it as an answer, and the server lives on."""
        waiting = self._asked.get(getattr(given, "request", 0))
        if waiting is not None and not waiting.done():
            waiting.set_exception(failure)
        else:
            log.error("the engine failed on %r", given, exc_info=failure)


def _tell(safe: asyncio.Future[None]) -> None:
    if not safe.done():  # its caller may have hung up
        safe.set_result(None)
