"""An event loop in virtual time, for the server that is written for one.

It runs between the threads of its clock and never by itself. Whoever wants something of a coroutine hands it to
`run_until_complete`, as one does of a loop that is not running.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from ...conformance.timing.virtual import Timer, VirtualClock


class VirtualLoop(asyncio.AbstractEventLoop):
    """An event loop without sockets, pipes and signals; what others do in a pool of threads is done at once."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._soon: deque[asyncio.Handle] = deque()
        self._timers: dict[int, Timer] = {}  # by the identity of a handle: equal ones may be two

    def time(self) -> float:
        return self._clock.now_s()

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if not self._soon:
            self._clock.after(0, self._turn)
        self._soon.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._timers[id(handle)] = self._clock.at(when, lambda: self._fire(handle))
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Context | None = None) -> asyncio.Task[Any]:
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as failure:
            future.set_exception(failure)
        return future

    def run_until_complete(self, future: Any) -> Any:
        """What comes of it. The calling thread waits for that by the clock, and others run."""
        task = self.create_task(future)
        done = self._clock.event("an answer")
        task.add_done_callback(lambda _: done.set())
        done.wait()
        return task.result()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Inside, this loop is the running one: for what may only be made in a loop."""
        before = events._get_running_loop()
        events._set_running_loop(self)
        try:
            yield
        finally:
            events._set_running_loop(before)

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def get_debug(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        raise context.get("exception") or RuntimeError(context.get("message"))

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        timer = self._timers.pop(id(handle), None)
        if timer is not None:
            timer.cancel()

    def _fire(self, handle: asyncio.TimerHandle) -> None:
        self._timers.pop(id(handle), None)
        with self.running():
            handle._run()

    def _turn(self) -> None:
        """Everything that is to be done by now; what is asked for meanwhile comes at the next turn."""
        handles, self._soon = self._soon, deque()
        with self.running():
            for handle in handles:
                if not handle.cancelled():
                    handle._run()
