"""Pieces of work that threads of a virtual clock do, some at once."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from .clock import Clock

T = TypeVar("T")


class VirtualPool:
    """A pool (`clock.py`) that has as many threads as there is work for, of a clock under which one of them runs at a time."""

    def __init__(self, clock: Clock, at_once: int, name: str) -> None:
        self._clock, self._at_once, self._name = clock, at_once, name
        self._work: deque[tuple[Future, Callable[..., Any], tuple[Any, ...]]] = deque()
        self._done = clock.condition(f"the work of {name} threads")
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
        end_s = None if timeout is None else time.monotonic() + timeout
        while left:
            done = [future for future in left if future.done()]
            left = [future for future in left if not future.done()]
            yield from done
            if left and end_s is not None and time.monotonic() > end_s:
                raise TimeoutError(f"{len(left)} pieces of work are not done")
            if not done:
                self._done.wait()

    def wait(self, futures: Iterable[Future]) -> None:
        left = list(futures)
        while not all(future.done() for future in left):
            self._done.wait()

    def map(self, work: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
        futures = [self.submit(work, item) for item in items]
        self.wait(futures)
        return [future.result() for future in futures]

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
