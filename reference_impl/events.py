"""What happens to jobs, as the events that AWS sends to EventBridge: one for each move, none for the submission (EVT-01).

An event is told when the record that it is about is safe: never before its job could be described in that status. It
goes as a line of JSON to a file (`event_file.py`), and to whoever listens to the stream. A listener that is too slow is let go; it may
come back with the number of the last event that it saw (`Last-Event-ID`), and gets those it missed as far as they are
still remembered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec

from ..model.status import RUNNABLE, SUBMITTED, Status
from .deciding import arns
from .deciding.records import Job, Record
from .event_file import EventFile
from .keeping.store import Store

STATE_CHANGE = "Batch Job State Change"
QUEUE_BLOCKED = "Batch Job Queue Blocked"
REMEMBERED = 10_000
"""So many events are kept for listeners that come back, and so far may one of them lag behind."""

QUIET_S = 15.0
"""After so long without an event the stream says that it is still there."""


_encoded = msgspec.json.Encoder().encode


class Events:
    """Where events go. `describe` makes the JobDetail of a job."""

    def __init__(self, describe: Callable[[Job], Any], file: EventFile | None = None) -> None:
        self._describe = describe
        self._file = file
        self._told = 0
        self._recent: deque[_Told] = deque(maxlen=REMEMBERED)
        self._listeners: set[asyncio.Event] = set()
        self._closed = False

    def tell(self, kind: str, job: Job, at_ms: int) -> None:
        """Tell that `job` is now as it is. Listeners hear of it when `flush` is called."""
        self._told += 1
        told = _Told(self._told, kind, job, at_ms)
        self._recent.append(told)
        if self._file is not None:
            self._file.add(self._line(told) + b"\n")
        elif job.order.is_parent:
            self._line(told)  # what an array shows of its children is not in its own record

    def flush(self) -> None:
        """What was told so far is on its way to listeners."""
        for listener in self._listeners:
            listener.set()

    def close(self) -> None:
        """End the streams."""
        self._closed = True
        self.flush()
        self._file = None

    async def stream(self, after: int | None = None) -> AsyncIterator[bytes]:
        """Server-sent events from now on, or those behind the number `after`; ends when the server does."""
        seen = self._told if after is None else min(after, self._told)
        back = after is not None
        news = asyncio.Event()
        self._listeners.add(news)
        yield b": events of batchproof\n\n"
        try:
            while not self._closed:
                missed = self._behind(seen)
                if missed and missed[0].number > seen + 1 and not back:
                    return  # too slow: it would not see all of them
                back = False
                for told in missed:
                    seen = told.number
                    yield b"id: %d\nevent: %s\ndata: %s\n\n" % (seen, told.kind.encode(), self._line(told))
                if missed:
                    continue
                news.clear()
                try:
                    await asyncio.wait_for(news.wait(), QUIET_S)
                except TimeoutError:
                    yield b": quiet\n\n"
        finally:
            self._listeners.discard(news)

    def _behind(self, seen: int) -> list[_Told]:
        newest = takewhile(lambda told: told.number > seen, reversed(self._recent))
        return list(newest)[::-1]

    def _line(self, told: _Told) -> bytes:
        if told.line is None:
            told.line = _encoded(_event(told.kind, told.job, self._describe(told.job), told.at_ms))
        return told.line


@dataclass(slots=True)
class _Told:
    """An event. Most are never read by anybody, so its line is written when it is first wanted, and the same from then on."""

    number: int
    kind: str
    job: Job
    at_ms: int
    line: bytes | None = None


Watcher: TypeAlias = Callable[[Status, Job, int], None]
"""Hears of a move: the status before it, the job as it is now, and the time in milliseconds since 1970."""


class Announcing:
    """
    A store that tells of every move of a job once the store behind it has kept the job's record.

    `watcher` hears of the same, also that a job stays where it is with another reason.
    """

    def __init__(self, store: Store, events: Events, now_ms: Callable[[], int], watcher: Watcher | None = None) -> None:
        self._store = store
        self._watcher = watcher
        self.keeps = store.keeps
        self._events = events
        self._now_ms = now_ms
        self._known: dict[str, tuple[Status, str | None]] = {}
        self._staged: list[tuple[str, Status, Job]] = []

    def remember(self, jobs: Iterable[Job]) -> None:
        """Jobs of an earlier life of the server: how they are now is no news."""
        self._known.update((job.id, (job.status, job.status_reason)) for job in jobs if not job.status.terminal)

    def save(self, record: Record) -> None:
        self._store.save(record)
        if not isinstance(record, Job):
            return
        # One that is seen for the first time has not ended; one that has is known no longer, and is no news.
        first = SUBMITTED if not record.status.terminal else record.status
        status, reason = self._known.get(record.id, (first, None))
        in_queue = record.status is RUNNABLE and record.order.node_index is None  # a main node is no job of the queue
        if record.status is not status:
            self._staged.append((STATE_CHANGE, status, record))
        elif in_queue and record.status_reason not in (None, reason):
            self._staged.append((QUEUE_BLOCKED, status, record))  # EVT-06
        if record.status.terminal:
            self._known.pop(record.id, None)
        else:
            self._known[record.id] = record.status, record.status_reason

    def forget(self, record: Record) -> None:
        self._store.forget(record)
        if isinstance(record, Job):
            self._known.pop(record.id, None)

    def commit(self, then: Callable[[], None]) -> None:
        staged, self._staged = self._staged, []

        def kept() -> None:
            at_ms = self._now_ms()
            for kind, before, job in staged:
                self._events.tell(kind, job, at_ms)
                if self._watcher is not None:
                    self._watcher(before, job, at_ms)
            if staged:
                self._events.flush()
            then()

        self._store.commit(kept)

    def close(self) -> None:
        self._store.close()


def _event(kind: str, job: Job, detail: Any, at_ms: int) -> dict[str, Any]:
    resources = [arns.of(job.order.region, f"job/{job.id}")]
    if kind == QUEUE_BLOCKED:
        resources.append(job.order.queue)
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": kind,
        "source": "aws.batch",
        "account": arns.ACCOUNT,
        "time": datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": job.order.region,
        "resources": resources,
        "detail": detail,
    }
