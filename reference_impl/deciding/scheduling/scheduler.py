"""Which RUNNABLE job goes next, and where: first in, first out in each queue, queues by priority.

A job at the head that fits nowhere yet blocks those behind it (Q-06), and holds back from queues of lower priority
the environments that it could run in one day; otherwise small jobs would pass a large one for ever.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..records import Queue
from .shares import Distribution, Usage


class Line:
    """
    The RUNNABLE jobs of one queue: by share where it has shares, by scheduling priority within one (Q-07), retried
    ones first (RETRY-21), then by submission (Q-05). Without shares and priorities the latter two are all there is.

    >>> line = Line()
    >>> line.add("second", 2, retried=False), line.add("first", 1, retried=False), line.add("third", 3, retried=True)
    (None, None, None)
    >>> line.head().job_id, line.discard("third"), line.head().job_id
    ('third', None, 'first')
    """

    def __init__(self) -> None:
        self.distribution = Distribution()
        self._heaps: dict[str, list[tuple[Key, str]]] = {}
        self._waiting: dict[str, Entry] = {}
        self._usage: dict[str, Usage] = {}
        self._left_ms = 0
        self._first: tuple[str, int] = ("", 0)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(
        self, job_id: str, ordinal: int, *, retried: bool, share: str = "", priority: int = 0, now_ms: int = 0
    ) -> None:
        """Put a job where it belongs. `ordinal` counts submissions."""
        key = (-priority, not retried, ordinal)
        known = self._waiting.get(job_id)
        if known is None or known.key != key:
            self._waiting[job_id] = Entry(key, share, now_ms)
            heapq.heappush(self._heaps.setdefault(share, []), (key, job_id))

    def discard(self, job_id: str, now_ms: int = 0) -> None:
        """Take a job out, wherever it is; its entry in the heap is dropped when it comes up."""
        if self._waiting.pop(job_id, None) is not None:
            self._left_ms = now_ms

    def use(self, share: str, mcpus: int, now_ms: int) -> None:
        """A share's jobs hold so much more from now on, or less."""
        self._usage.setdefault(share, Usage()).run(mcpus, now_ms, self.distribution.decay_ms)

    def usage(self) -> dict[str, int]:
        """What the shares hold now, in thousandths of a vCPU."""
        return {share: usage.running_mcpus for share, usage in self._usage.items() if usage.running_mcpus}

    def head(self, now_ms: int = 0) -> Head | None:
        """The job that goes first, None when nobody waits."""
        tops = [(share, top) for share in list(self._heaps) if (top := self._top(share)) is not None]
        if not tops:
            return None
        _, (key, job_id) = min(tops, key=lambda entry: (self._load(entry[0], now_ms), entry[1][0][1:]))
        if self._first[0] != job_id:
            self._first = job_id, now_ms
        return Head(job_id, key[1:], self._first[1])

    def front(self, count: int, mcpus: Callable[[str], int], now_ms: int) -> list[tuple[str, int]]:
        """The next `count` jobs in the order in which they would go, and since when each is about where it is (Q-10)."""
        tops: dict[str, list[tuple[Key, str]]] = {}
        for job_id, entry in self._waiting.items():
            tops.setdefault(entry.share, []).append((entry.key, job_id))
        tops = {share: heapq.nsmallest(count, entries)[::-1] for share, entries in tops.items()}
        load = {share: self._load(share, now_ms) for share in tops}
        found: list[tuple[str, int]] = []
        while tops and len(found) < count:
            share = min(tops, key=lambda name: (load[name], tops[name][-1][0][1:]))
            _, job_id = tops[share].pop()
            load[share] += mcpus(job_id) * self.distribution.weight(share) if share else 0
            tops = {name: entries for name, entries in tops.items() if entries}
            since_ms = self._first[1] if job_id == self._first[0] else self._left_ms
            found.append((job_id, max(since_ms, self._waiting[job_id].since_ms)))
        return found

    def _top(self, share: str) -> tuple[Key, str] | None:
        heap = self._heaps[share]
        while heap:
            key, job_id = heap[0]
            known = self._waiting.get(job_id)
            if known is not None and known.key == key:
                return key, job_id
            heapq.heappop(heap)
        del self._heaps[share]
        return None

    def _load(self, share: str, now_ms: int) -> float:
        usage = self._usage.get(share)
        if usage is None or not share:
            return 0.0
        return usage.load(now_ms, self.distribution.decay_ms) * self.distribution.weight(share)


Key = tuple[int, bool, int]
"""What orders the jobs of one share: the smallest goes first."""


class Entry(NamedTuple):
    """A job in a line: where it belongs, and since when it is there."""

    key: Key
    share: str
    since_ms: int


class Head(NamedTuple):
    """The first of a line, how it compares with the first of another line, and since when it is the first."""

    job_id: str
    rank: tuple[bool, int]
    since_ms: int = 0


@dataclass(slots=True)
class Room:
    """What a compute environment has, and what of it is in use. A bound of None is none; `multinode`: MNP-10."""

    max_mcpus: int | None
    enabled: bool = True
    used_mcpus: int = 0
    max_memory_mib: int | None = None
    used_memory_mib: int = 0
    multinode: bool = True

    def large_enough(self, mcpus: int, memory_mib: int = 0) -> bool:
        """Whether a job of this size fits when nothing else runs, and the environment is ENABLED."""
        return _within(mcpus, self.max_mcpus) and _within(memory_mib, self.max_memory_mib)

    def could_hold(self, mcpus: int, memory_mib: int = 0) -> bool:
        """Whether a job of this size fits when nothing else runs."""
        return self.enabled and self.large_enough(mcpus, memory_mib)

    def holds(self, mcpus: int, memory_mib: int = 0) -> bool:
        """Whether it fits now. A DISABLED environment gets no new jobs (Q-03)."""
        return self.could_hold(self.used_mcpus + mcpus, self.used_memory_mib + memory_mib)


def _within(amount: int, bound: int | None) -> bool:
    return bound is None or amount <= bound


class Waiting(NamedTuple):
    """The first job of a queue, with what it needs."""

    queue: Queue
    head: Head
    mcpus: int
    memory_mib: int = 0
    multinode: bool = False


class Placement(NamedTuple):
    """A job, and the compute environment that it goes to."""

    job_id: str
    environment: str


def rooms_for(queue: Queue, rooms: Mapping[str, Room], *, multinode: bool) -> list[tuple[str, Room]]:
    """The environments of a queue that take such a job, in the order in which they are tried (Q-04, MNP-10)."""
    known = [(name, rooms[name]) for name in queue.environments if name in rooms]
    return [(name, room) for name, room in known if room.multinode or not multinode]


def next_placement(heads: Iterable[Waiting], rooms: Mapping[str, Room]) -> Placement | None:
    """
    The job to place next, None when no head fits anywhere.

    A DISABLED queue takes no new jobs, but those in it go on (Q-01), so its state is not looked at here.
    """
    held_back: set[str] = set()
    in_order = sorted(heads, key=lambda waiting: (-waiting.queue.priority, waiting.head.rank))
    for queue, head, mcpus, memory_mib, multinode in in_order:
        possible = rooms_for(queue, rooms, multinode=multinode)
        for environment, room in possible:
            if room.holds(mcpus, memory_mib) and environment not in held_back:
                return Placement(head.job_id, environment)
        if len(in_order) > 1:
            held_back.update(name for name, room in possible if room.could_hold(mcpus, memory_mib))
    return None
