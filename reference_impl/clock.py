"""The time of day as the server counts it: it never goes back, and it can be put forward."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """
    The host's clock, except that it never goes back (ST-26), and that it may be put forward for whoever does not want to
    wait for a timeout of 60 s. Processes live in real time all the same: a grace time is not shortened.

    >>> clock = Clock()
    >>> before_ms = clock.now_ms()
    >>> clock.advance(60)
    >>> clock.now_ms() - before_ms >= 60_000
    True
    """

    def __init__(self, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._now_ns = now_ns
        self._ahead_ms = 0
        self._latest_ms = 0

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        self._latest_ms = max(self._latest_ms, self._now_ns() // 1_000_000 + self._ahead_ms)
        return self._latest_ms

    def advance(self, seconds: int) -> None:
        """From now on it is so many seconds later."""
        self._ahead_ms += seconds * 1000
