"""An event loop of asyncio in the time of a virtual clock: its handles are the clock's timers.

So whatever is written for asyncio runs there unchanged, between the threads that the clock hands on to. Whoever wants
something of it waits for it by the clock, as `run_until_complete` does, from any of the clock's threads.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Callable
from contextvars import Context
from typing import Any

from .virtual import Timer, VirtualClock


class VirtualLoop(asyncio.AbstractEventLoop):
    """An event loop without sockets, pipes and signals; what others do in a pool of threads is done at once."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._timers: dict[int, Timer] = {}  # by the identity of a handle: equal ones may be two

    def time(self) -> float:
        return self._clock.now_s()

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._clock.at(self._clock.now_s(), lambda: self._run(handle))
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
        self._timers[id(handle)] = self._clock.at(when, lambda: self._run(handle))
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
        task = future if asyncio.isfuture(future) else self.create_task(future)
        done = self._clock.event(f"an answer of {getattr(future, '__qualname__', future)}")
        task.add_done_callback(lambda _: done.set())
        done.wait()
        return task.result()

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def get_debug(self) -> bool:
        return False

    async def shutdown_asyncgens(self) -> None:
        pass

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        raise context.get("exception") or RuntimeError(context.get("message"))

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.call_exception_handler(context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        timer = self._timers.pop(id(handle), None)
        if timer is not None:
            timer.cancel()

    def _run(self, handle: asyncio.Handle) -> None:
        self._timers.pop(id(handle), None)
        if not handle.cancelled():
            before = events._get_running_loop()
            events._set_running_loop(self)
            try:
                handle._run()
            finally:
                events._set_running_loop(before)
