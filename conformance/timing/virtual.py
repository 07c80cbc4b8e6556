"""A time that jumps: nobody waits in it, one thread runs at a time, and the same program takes the same course.

The threads are real ones, for those who keep something for each thread, and hand a baton on. Whoever waits parks himself
and hands it to one that is ready; a seed says to which, where several are. When none is, the earliest timer fires, and it is
as late as that. So conditions and events need no locks, and an ordinary lock is never contended, as long as nobody waits by
the clock while he holds one.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from .pool import VirtualPool

log = logging.getLogger(__name__)

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
"""The date of a virtual clock when it is made, so that two of them show the same."""


class NobodyGoesOn(RuntimeError):
    """All threads wait, and nothing is going to happen any more; the text says who waits for what."""


class Timer:
    """What happens at a time. `cancel` it, and it does not, nor does time go on for it."""

    __slots__ = ("cancelled", "do")

    def __init__(self, do: Callable[[], None]) -> None:
        self.do, self.cancelled = do, False

    def cancel(self) -> None:
        self.cancelled = True


class _Thread:
    """One that takes part. `baton` is released by whoever hands on to it."""

    def __init__(self, name: str) -> None:
        self.name, self.waits_for = name, ""
        self.baton = threading.Lock()
        self.baton.acquire()
        self.ended: VirtualEvent | None = None

    def join(self, timeout: float | None = None) -> None:
        assert self.ended is not None, "the first thread is nobody's to wait for"
        self.ended.wait(timeout)


class Wait:
    """One wait of one thread, which ends once. `told`: somebody ended it before its time was over."""

    __slots__ = ("over", "thread", "told")

    def __init__(self, thread: _Thread) -> None:
        self.thread, self.over, self.told = thread, False, False


class VirtualClock:
    """
    A clock (`clock.py`) for the thread that makes it and all that are started by it; no other may use it.

    `at` and `after` are for whoever has things happen: what they do runs between two threads, and must not wait.
    """

    def __init__(self, seed: object = 0) -> None:
        self._chance = Random(f"turns {seed}")
        self._now_s = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, Timer]] = []
        self._first = self._running = _Thread("the first thread")
        self._parked: dict[_Thread, Wait] = {}
        self._ready: list[_Thread] = []
        self._fault: BaseException | None = None

    def now_s(self) -> float:
        """Seconds since it was made."""
        return self._now_s

    def date(self) -> datetime:
        """The date and time of day, which begins with `BEGINS`."""
        return BEGINS + timedelta(seconds=self._now_s)

    def at(self, when_s: float, do: Callable[[], None]) -> Timer:
        """Have something done at a time; things of the same time in the order in which they were asked for."""
        timer = Timer(do)
        heapq.heappush(self._timers, (max(when_s, self._now_s), next(self._order), timer))
        return timer

    def after(self, delay_s: float, do: Callable[[], None]) -> Timer:
        """Have something done so many seconds from now."""
        return self.at(self._now_s + delay_s, do)

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        self.wait([], "some time to pass", seconds)

    def condition(self, what: str) -> VirtualCondition:
        """A condition."""
        return VirtualCondition(self, what)

    def event(self, what: str) -> VirtualEvent:
        """An event that is not set."""
        return VirtualEvent(self, what)

    def start(self, work: Callable[[], None], name: str) -> _Thread:
        """Run this beside everything else, from the next time on that somebody waits."""
        mine = _Thread(name)
        mine.ended = VirtualEvent(self, f"the end of {name}")

        def run() -> None:
            mine.baton.acquire()
            try:
                work()
            except BaseException:
                log.exception("the thread %s failed", name)
            finally:
                assert mine.ended is not None
                mine.ended.set()
                self._next().baton.release()

        threading.Thread(target=run, name=name, daemon=True).start()
        self._ready.append(mine)
        return mine

    def pool(self, at_once: int, name: str) -> VirtualPool:
        """A pool of threads."""
        return VirtualPool(self, at_once, name)

    def wait(self, waiting: list[Wait], what: str, timeout: float | None) -> bool:
        """Park the running thread, listed in `waiting`, until somebody tells it; False when `timeout` has passed before."""
        me = self._running
        mine = Wait(me)
        waiting.append(mine)
        timer = None if timeout is None else self.after(max(0.0, timeout), lambda: self._end(mine))
        me.waits_for = what
        self._parked[me] = mine
        interruption: BaseException | None = None
        if self._next() is not me:
            self._running.baton.release()
            while True:
                try:
                    me.baton.acquire()
                    break
                except BaseException as reason:  # Ctrl-C: it is raised once it is our turn
                    interruption = reason
                    self._end(mine)
        if timer is not None:
            timer.cancel()
        if not mine.told and mine in waiting:
            waiting.remove(mine)
        if interruption is not None:
            raise interruption
        if me is self._first and self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault
        return mine.told

    def tell(self, waiting: list[Wait]) -> None:
        """End these waits: their threads are ready."""
        for one in waiting:
            one.told = not one.over
            self._end(one)
        waiting.clear()

    def _end(self, wait: Wait) -> None:
        if not wait.over:
            wait.over = True
            self._parked.pop(wait.thread, None)
            self._ready.append(wait.thread)

    def _next(self) -> _Thread:
        """Whose turn it is: it is the running one from now on."""
        timers = self._timers
        while True:
            while timers and timers[0][2].cancelled:
                heapq.heappop(timers)
            if self._ready and not (timers and timers[0][0] <= self._now_s):
                break  # all that happens now has happened
            if not timers:
                waits = "; ".join(f"{thread.name} waits for {thread.waits_for}" for thread in self._parked)
                self._fail(NobodyGoesOn(f"nothing is going to happen at {self._now_s:g} s any more: {waits}"))
                break
            self._now_s, _, timer = heapq.heappop(timers)
            try:
                timer.do()
            except BaseException as fault:  # of whoever simulates: it would be lost in a thread that has to do with it
                log.exception("what was to happen at %s s failed", self._now_s)
                self._fail(fault)
        ready = self._ready
        self._running = ready.pop(self._chance.randrange(len(ready)) if len(ready) > 1 else 0)
        return self._running

    def _fail(self, fault: BaseException) -> None:
        """It is raised in the first thread, once that goes on."""
        self._fault = fault
        if self._first in self._parked:
            self._end(self._parked[self._first])


class VirtualCondition:
    """A condition without a lock: nobody else runs while somebody has something to say."""

    def __init__(self, clock: VirtualClock, what: str) -> None:
        self._clock, self._what = clock, what
        self._waiting: list[Wait] = []

    def __enter__(self) -> VirtualCondition:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self, timeout: float | None = None) -> bool:
        return self._clock.wait(self._waiting, self._what, timeout)

    def notify_all(self) -> None:
        if self._waiting:
            self._clock.tell(self._waiting)


class VirtualEvent:
    """An event."""

    def __init__(self, clock: VirtualClock, what: str) -> None:
        self._changed = VirtualCondition(clock, what)
        self._is_set = False

    def set(self) -> None:
        self._is_set = True
        self._changed.notify_all()

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, timeout: float | None = None) -> bool:
        if not self._is_set:
            self._changed.wait(timeout)
        return self._is_set
