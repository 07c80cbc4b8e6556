"""A time that jumps: nobody waits in it, one thread runs at a time, and the same program takes the same course.

The threads are real ones, for those who keep something for each thread, and hand a baton on. Whoever waits parks itself
and hands it to the first that is ready, in the order in which they became so. When none is, the earliest timer fires and it is
as late as that. So conditions and events need no locks, and an ordinary lock is never contended, as long as nobody waits by
the clock while he holds one.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

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


class _Wait:
    """One wait of one thread, which ends once."""

    __slots__ = ("over", "thread", "told")

    def __init__(self, thread: _Thread) -> None:
        self.thread, self.over, self.told = thread, False, False


class VirtualClock:
    """
    A clock (`clock.py`) for the thread that makes it and all that are started by it; no other may use it.

    `at` and `after` are for whoever has things happen: what they do runs between two threads, and must not wait.
    """

    def __init__(self) -> None:
        self._now_s = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, Timer]] = []
        self._first = self._running = _Thread("the first thread")
        self._parked: dict[_Thread, _Wait] = {}
        self._ready: deque[_Thread] = deque()
        self._stuck: NobodyGoesOn | None = None
        self._fault: BaseException | None = None

    def now_s(self) -> float:
        return self._now_s

    def date(self) -> datetime:
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
        self.wait([], f"{seconds:g} s to pass", seconds)

    def condition(self, what: str) -> VirtualCondition:
        return VirtualCondition(self, what)

    def event(self, what: str) -> VirtualEvent:
        return VirtualEvent(self, what)

    def start(self, work: Callable[[], None], name: str) -> _Thread:
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
                self._hand_on()

        threading.Thread(target=run, name=name, daemon=True).start()
        self._ready.append(mine)
        return mine

    def pool(self, at_once: int, name: str) -> VirtualPool:
        return VirtualPool(self, at_once, name)

    def wait(self, waiting: list[_Wait], what: str, timeout: float | None) -> bool:
        """Park the running thread, listed in `waiting`, until somebody tells it; False when `timeout` has passed before."""
        me = self._running
        mine = _Wait(me)
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
        mine.over = True
        if timer is not None:
            timer.cancel()
        if not mine.told and mine in waiting:
            waiting.remove(mine)
        if interruption is not None:
            raise interruption
        if me is self._first and self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault
        if me is self._first and self._stuck is not None:
            stuck, self._stuck = self._stuck, None
            raise stuck
        return mine.told

    def tell(self, waiting: list[_Wait]) -> None:
        """End these waits: their threads are ready."""
        for one in waiting:
            one.told = not one.over
            self._end(one)
        waiting.clear()

    def _end(self, wait: _Wait) -> None:
        if not wait.over:
            wait.over = True
            self._parked.pop(wait.thread, None)
            self._ready.append(wait.thread)

    def _next(self) -> _Thread:
        """Whose turn it is: it is the running one from now on."""
        while not self._ready:
            while self._timers and self._timers[0][2].cancelled:
                heapq.heappop(self._timers)
            if not self._timers:
                self._give_up()
                break
            self._now_s, _, timer = heapq.heappop(self._timers)
            try:
                timer.do()
            except BaseException as fault:  # of whoever simulates: it would be lost in a thread that has to do with it
                log.exception("what was to happen at %s s failed", self._now_s)
                self._fault = fault
                if self._first in self._parked:
                    self._end(self._parked[self._first])
        self._running = self._ready.popleft()
        return self._running

    def _hand_on(self) -> None:
        self._next().baton.release()

    def _give_up(self) -> None:
        waits = "; ".join(f"{thread.name} waits for {thread.waits_for}" for thread in self._parked)
        self._stuck = NobodyGoesOn(f"nothing is going to happen at {self._now_s:g} s any more: {waits}")
        self._end(self._parked[self._first])


class VirtualCondition:
    """A condition without a lock: nobody else runs while somebody has something to say."""

    def __init__(self, clock: VirtualClock, what: str) -> None:
        self._clock, self._what = clock, what
        self._waiting: list[_Wait] = []

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


class VirtualPool:
    """A pool of threads of a virtual clock."""

    def __init__(self, clock: VirtualClock, at_once: int, name: str) -> None:
        self._clock, self._at_once, self._name = clock, at_once, name
        self._work: deque[tuple[Future, Callable[..., Any], tuple[Any, ...]]] = deque()
        self._done = VirtualCondition(clock, f"the work of {name} threads")
        self._busy, self._numbers = 0, itertools.count()

    def __enter__(self) -> VirtualPool:
        return self

    def __exit__(self, *_: object) -> None:
        while self._busy or self._work:
            self._done.wait()

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future:
        future: Future = Future()
        self._work.append((future, work, arguments))
        if self._busy < self._at_once:
            self._busy += 1
            self._clock.start(self._serve, f"{self._name}-{next(self._numbers)}")
        return future

    def as_completed(self, futures: Iterable[Future], timeout: float | None = None) -> Iterator[Future]:
        left = list(futures)
        end_s = None if timeout is None else self._clock.now_s() + timeout
        while left:
            done = [future for future in left if future.done()]
            left = [future for future in left if not future.done()]
            yield from done
            if not done:
                left_s = None if end_s is None else end_s - self._clock.now_s()
                if left_s is not None and left_s <= 0:
                    raise TimeoutError(f"{len(left)} pieces of work are not done")
                self._done.wait(left_s)

    def wait(self, futures: Iterable[Future]) -> None:
        while not all(future.done() for future in futures):
            self._done.wait()

    def _serve(self) -> None:
        while self._work:
            future, work, arguments = self._work.popleft()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(*arguments))
                except BaseException as failure:
                    future.set_exception(failure)
            self._done.notify_all()
        self._busy -= 1
        self._done.notify_all()
