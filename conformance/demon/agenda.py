"""What is going to happen, and when: the demon's own time, in milliseconds, which passes only when somebody says so."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Agenda:
    """
    Things to do at a time, done in the order of their times, and those of one time in the order in which they were put down.

    >>> agenda, done = Agenda(), []
    >>> agenda.at(20, lambda: done.append(agenda.now_ms)); agenda.at(10, lambda: agenda.at(15, lambda: done.append("between")))
    >>> agenda.next_ms, agenda.advance(30), done
    (10, None, ['between', 20])
    """

    now_ms: int = 0
    _ahead: list[tuple[int, int, Callable[[], object]]] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=itertools.count)

    def at(self, when_ms: int, do: Callable[[], object]) -> None:
        """Do something then; what is of the past is done at the next occasion."""
        heapq.heappush(self._ahead, (max(when_ms, self.now_ms), next(self._numbers), do))

    @property
    def next_ms(self) -> int | None:
        """When something happens next; None where nothing is put down."""
        return self._ahead[0][0] if self._ahead else None

    def advance(self, now_ms: int) -> None:
        """Let time pass up to and with `now_ms`, and do whatever is to be done meanwhile."""
        while self._ahead and self._ahead[0][0] <= now_ms:
            when_ms, _, do = heapq.heappop(self._ahead)
            self.now_ms = max(self.now_ms, when_ms)
            do()
        self.now_ms = max(self.now_ms, now_ms)
