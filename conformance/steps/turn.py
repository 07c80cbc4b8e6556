"""What scenarios of one run have one at a time, and wait for by the clock of their target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..timing.clock import Clock


class Turn:
    """Taken by one at a time; `what` the others wait for."""

    def __init__(self, clock: Clock, what: str) -> None:
        self._changed = clock.condition(what)
        self.is_taken = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait until nobody has it, and have it."""
        with self._changed:
            while self.is_taken:
                self._changed.wait()
            self.is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self.is_taken = False
                self._changed.notify_all()
