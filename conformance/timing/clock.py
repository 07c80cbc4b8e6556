"""Whoever waits in the kit, or asks what time it is, asks a clock. A target says which one it lives by.

`RealClock` hands out what threading has. A target may have a time of its own, which is why nobody beside a clock sleeps, starts
a thread or makes a condition. What is short and never waits (a lock around a dictionary) is anybody's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Condition(Protocol):
    """What `threading.Condition` is, as far as the kit needs it."""

    def __enter__(self) -> Any: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None, /
    ) -> Any: ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait to be notified; False when `timeout` seconds have passed before."""
        ...

    def notify_all(self) -> None: ...


class Event(Protocol):
    """What `threading.Event` is."""

    def set(self) -> None: ...

    def is_set(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set; False when `timeout` seconds have passed before."""
        ...


class Thread(Protocol):
    """Something that was started, and ends by itself."""

    def join(self, timeout: float | None = None) -> None: ...


class Pool(Protocol):
    """Runs pieces of work, some at once. Left, it waits for all of them."""

    def __enter__(self) -> Pool: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None, /
    ) -> Any: ...

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future:
        """Have it done, after what was submitted before."""
        ...

    def as_completed(self, futures: Iterable[Future], timeout: float | None = None) -> Iterator[Future]:
        """
        Each as it is done. Raises TimeoutError when `timeout` seconds have passed before all are; they are seconds of whoever
        runs the kit, whatever the time is in which the work is done.
        """
        ...

    def wait(self, futures: Iterable[Future]) -> None:
        """Return when all are done, or cancelled."""
        ...

    def map(self, work: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
        """What the work comes to for each of these, in their order. Raises what it raised for the first that failed."""
        ...


class Clock(Protocol):
    """A time, and all that waits in it. `what` says for whom and what is waited, where a clock can tell that to somebody."""

    def now_s(self) -> float:
        """Seconds since some moment."""
        ...

    def date(self) -> datetime:
        """The date and time of day, in UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...

    def condition(self, what: str) -> Condition: ...

    def event(self, what: str) -> Event: ...

    def start(self, work: Callable[[], None], name: str) -> Thread:
        """Run this beside everything else. It does not keep a process alive."""
        ...

    def pool(self, at_once: int, name: str) -> Pool: ...


class RealPool:
    """A pool of ordinary threads."""

    def __init__(self, at_once: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix=name)
        self.submit = self._threads.submit

    def __enter__(self) -> RealPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True)

    def as_completed(self, futures: Iterable[Future], timeout: float | None = None) -> Iterator[Future]:
        return as_completed(futures, timeout)

    def wait(self, futures: Iterable[Future]) -> None:
        wait(futures)

    def map(self, work: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
        return list(self._threads.map(work, items))


class RealClock:
    """The time that passes by itself."""

    def now_s(self) -> float:
        return time.monotonic()

    def date(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def condition(self, what: str) -> threading.Condition:
        return threading.Condition()

    def event(self, what: str) -> threading.Event:
        return threading.Event()

    def start(self, work: Callable[[], None], name: str) -> threading.Thread:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        return thread

    def pool(self, at_once: int, name: str) -> RealPool:
        return RealPool(at_once, name)


REAL = RealClock()
