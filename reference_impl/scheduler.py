"""Which RUNNABLE job goes next, and where: first in, first out in each queue, queues by priority.

A job at the head that fits nowhere yet blocks those behind it (Q-06), and holds back from queues of lower priority
the environments that it could run in one day; otherwise small jobs would pass a large one for ever.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .records import Queue


class Line:
    """
    The RUNNABLE jobs of one queue: retried ones first (RETRY-21), then by submission (Q-05).

    >>> line = Line()
    >>> line.add("second", 2, retried=False), line.add("first", 1, retried=False), line.add("third", 3, retried=True)
    (None, None, None)
    >>> line.head().job_id, line.discard("third"), line.head().job_id
    ('third', None, 'first')
    """

    def __init__(self) -> None:
        self._heap: list[tuple[bool, int, str]] = []
        self._keys: dict[str, tuple[bool, int]] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, job_id: str, ordinal: int, *, retried: bool) -> None:
        """Put a job where it belongs. `ordinal` counts submissions."""
        key = (not retried, ordinal)
        if self._keys.get(job_id) != key:
            self._keys[job_id] = key
            heapq.heappush(self._heap, (*key, job_id))

    def discard(self, job_id: str) -> None:
        """Take a job out, wherever it is; its entry in the heap is dropped when it comes up."""
        self._keys.pop(job_id, None)

    def head(self) -> Head | None:
        """The job that goes first, None when nobody waits."""
        while self._heap:
            fresh, ordinal, job_id = self._heap[0]
            if self._keys.get(job_id) == (fresh, ordinal):
                return Head(job_id, (fresh, ordinal))
            heapq.heappop(self._heap)
        return None


class Head(NamedTuple):
    """The first of a line, and how it compares with the first of another line of the same priority."""

    job_id: str
    rank: tuple[bool, int]


@dataclass(slots=True)
class Room:
    """What a compute environment has, and what of it is in use. A bound of None is none."""

    max_mcpus: int | None
    enabled: bool = True
    used_mcpus: int = 0
    max_memory_mib: int | None = None
    used_memory_mib: int = 0

    def could_hold(self, mcpus: int, memory_mib: int = 0) -> bool:
        """Whether a job of this size fits when nothing else runs."""
        return self.enabled and _within(mcpus, self.max_mcpus) and _within(memory_mib, self.max_memory_mib)

    def holds(self, mcpus: int, memory_mib: int = 0) -> bool:
        """Whether it fits now. A DISABLED environment gets no new jobs (Q-03)."""
        return (
            self.enabled
            and _within(self.used_mcpus + mcpus, self.max_mcpus)
            and _within(self.used_memory_mib + memory_mib, self.max_memory_mib)
        )


def _within(amount: int, bound: int | None) -> bool:
    return bound is None or amount <= bound


class Waiting(NamedTuple):
    """The first job of a queue, with what it needs."""

    queue: Queue
    head: Head
    mcpus: int
    memory_mib: int = 0


class Placement(NamedTuple):
    """A job, and the compute environment that it goes to."""

    job_id: str
    environment: str


def next_placement(heads: Iterable[Waiting], rooms: Mapping[str, Room]) -> Placement | None:
    """
    The job to place next, None when no head fits anywhere.

    A DISABLED queue takes no new jobs, but those in it go on (Q-01), so its state is not looked at here.
    """
    held_back: set[str] = set()
    for queue, head, mcpus, memory_mib in sorted(
        heads, key=lambda waiting: (-waiting.queue.priority, waiting.head.rank)
    ):
        for environment in queue.environments:
            room = rooms.get(environment)
            if room is not None and room.holds(mcpus, memory_mib) and environment not in held_back:
                return Placement(head.job_id, environment)
        held_back.update(
            name for name in queue.environments if name in rooms and rooms[name].could_hold(mcpus, memory_mib)
        )
    return None
