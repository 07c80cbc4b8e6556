"""The jobs in a store that are over, read when somebody asks for them: most are never asked for again.

Rows of a job that is over say in columns of their own what it is found by. Reads have a connection of their own, and see
what was committed; what was ordered since is asked of the writer (`forgotten`), so that nothing comes back that is gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from ...model.status import Status
from ..deciding.archive import Read
from ..deciding.records import Job
from . import rows

AT_ONCE = 500
"""So many rows are read by one statement: none stays open between two, which would keep the journal from being used again."""


class UnreadableStore(Exception):
    """A data folder's store cannot be used; the text says why in one line."""


class EndedJobs:
    """
    An archive (`deciding.archive`) of a store. `forgotten` says whether the job of an id is ordered to be forgotten.

    Raises UnreadableStore where a record cannot be read.
    """

    keeps = True

    def __init__(self, file: Path, forgotten: Callable[[str], bool]) -> None:
        self._file = file
        self._forgotten = forgotten
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)

    def close(self) -> None:
        self._connection.close()

    def next_ordinal(self) -> int:
        found = self._found("SELECT ordinal FROM record WHERE ended_ms IS NOT NULL ORDER BY seq DESC LIMIT 1")
        return found[0][0] + 1 if found else 0

    def job(self, job_id: str) -> Job | None:
        found = self._found(
            "SELECT body FROM record WHERE kind = 'Job' AND key = ? AND ended_ms IS NOT NULL", (job_id,)
        )
        return self._decoded(job_id, found[0][0]) if found and not self._forgotten(job_id) else None

    def newest_first(self, listed: str, status: Status, before: int | None) -> Iterator[tuple[int, str, Read]]:
        before = 2**62 if before is None else min(before, 2**62)
        while True:
            found = self._found(
                "SELECT ordinal, key, body FROM record WHERE listed = ? AND status = ? AND ordinal < ? AND ended_ms IS NOT NULL "
                "ORDER BY ordinal DESC LIMIT ?",
                (listed, status.value, before, AT_ONCE),
            )
            for ordinal, key, body in found:
                if not self._forgotten(key):
                    yield ordinal, key, partial(self._decoded, key, body)
            if len(found) < AT_ONCE:
                return
            before = found[-1][0]

    def counts(self, listed: str) -> dict[Status, int]:
        found = self._found(
            "SELECT status, count(*) FROM record WHERE listed = ? AND ended_ms IS NOT NULL GROUP BY status", (listed,)
        )
        return {Status(status): count for status, count in found}

    def oldest_first(self, ended_before_ms: int) -> Iterator[str]:
        ended_ms, seq = -1, 0
        while True:
            found = self._found(
                "SELECT ended_ms, seq, key FROM record WHERE ended_ms <= ? AND (ended_ms, seq) > (?, ?) "
                "ORDER BY ended_ms, seq LIMIT ?",
                (ended_before_ms, ended_ms, seq, AT_ONCE),
            )
            for _, _, key in found:
                if ":" not in key and "#" not in key and not self._forgotten(key):
                    yield key
            if len(found) < AT_ONCE:
                return
            ended_ms, seq, _ = found[-1]

    def after(self, place: int, count: int) -> tuple[list[Job], int]:
        found = self._found(
            "SELECT seq, key, body FROM record WHERE seq > ? AND ended_ms IS NOT NULL ORDER BY seq LIMIT ?",
            (place, count),
        )
        jobs = [self._decoded(key, body) for _, key, body in found if not self._forgotten(key)]
        return jobs, found[-1][0] if found else place

    def _found(self, select: str, values: tuple[str | int | None, ...] = ()) -> list[Any]:
        try:
            return self._connection.execute(select, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as failure:
            raise UnreadableStore(f"{self._file} cannot be read: {failure}") from None

    def _decoded(self, key: str, body: str) -> Job:
        job = decoded(self._file, "Job", key, body)
        assert isinstance(job, Job)
        return job


def decoded(file: Path, kind: str, key: str, body: str) -> rows.Record:
    """The record of a row. Raises UnreadableStore where it cannot be read."""
    try:
        return rows.decoded(kind, body)
    except (msgspec.MsgspecError, LookupError) as failure:
        raise UnreadableStore(f"{file}: the record {kind} {key} cannot be read: {failure}") from None
