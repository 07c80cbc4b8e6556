"""Where records are kept. The engine's order of effects makes this the only place that decides what survives.

The shell stages the records of one input with `save` and then asks for `commit`; whatever the engine ordered after a
Save waits for `then`. A store may gather many commits into one; it calls back in the order in which it was asked, and
what was staged before one `commit` survives together or not at all.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Protocol

from ..crash_points import crash_point
from ..deciding.records import Job, Record
from . import rows
from .ended import EndedJobs, UnreadableStore, decoded

log = logging.getLogger(__name__)

Then = Callable[[], None]

_AT_ONCE = 256
"""So many rows are put by one statement: the thread that runs it gives the interpreter up once, and not for each."""

_FORGET = "DELETE FROM record WHERE kind = ? AND key = ?"


class Store(Protocol):
    """What the shell needs of a store. `keeps`: what is saved outlives the server."""

    keeps: bool

    def save(self, record: Record) -> None:
        """Stage a record; it replaces what was kept of the same thing."""
        ...

    def forget(self, record: Record) -> None:
        """Stage that this record is kept no longer."""
        ...

    def commit(self, then: Then) -> None:
        """Call `then`, at once or later, when everything staged so far is as safe as this store makes it."""
        ...

    def close(self) -> None:
        """Finish what was staged, and let go of files."""
        ...


class Forgetful:
    """
    Keeps nothing beyond the life of the server: for that the engine's own ledger is enough.

    What is in memory is as safe as this store makes it, so a commit is done when it is asked for.
    """

    keeps = False

    def save(self, record: Record) -> None:
        pass

    def forget(self, record: Record) -> None:
        pass

    def commit(self, then: Then) -> None:
        then()

    def close(self) -> None:
        pass


class Database:
    """
    Keeps everything in one SQLite file. A commit is done when it is on the disk.

    One thread writes. While it waits for the disk further commits gather, and they become its next transaction.
    `failed` is called when one could not be done, on a full disk for example: nothing of it is kept then, nor of anything that
    is asked for until `go_on` is called, and nobody is told that it were.
    """

    keeps = True

    def __init__(self, file: Path, failed: Callable[[Exception], None]) -> None:
        self._file = file
        self._connection = _opened(file)
        self._failed = failed
        self._stuck = False
        self._loop = asyncio.get_running_loop()
        self._staged: dict[tuple[str, str], Record | None] = {}  # None: to be forgotten
        self._asked: dict[tuple[str, str], Record | None] = {}
        self._writing: dict[tuple[str, str], Record | None] = {}
        self._then: list[Then] = []
        self._closing = False
        self._changed = threading.Condition()
        self._writer = threading.Thread(target=self._write, name="store", daemon=True)
        self._writer.start()
        self.ended = EndedJobs(file, self._forgotten)

    def load(self) -> list[Record]:
        """
        Everything that is kept but for families that are over (`ended` has these), in the order in which it was first kept. To
        be called before anything is saved, or when a commit has failed.

        Raises UnreadableStore where something of it cannot be read.
        """
        try:
            found = dict(self._rows("ended_ms IS NULL"))
            families: set[str] = set()
            for record in found.values():
                if isinstance(record, Job) and (record.order.is_parent or record.order.nodes is not None):
                    families.add(record.order.parent_id or record.id)
                elif isinstance(record, Job) and record.order.parent_id is not None:
                    families.add(record.order.parent_id)
            for parent in families:
                found |= self._rows("kind = 'Job' AND key = ? AND ended_ms IS NOT NULL", parent)
                found |= self._rows("listed = ? AND ended_ms IS NOT NULL", parent)
        except (sqlite3.Error, UnicodeDecodeError) as failure:
            raise UnreadableStore(f"{self._file} cannot be read: {failure}") from None
        return [found[seq] for seq in sorted(found)]

    def _rows(self, condition: str, *values: str) -> dict[int, Record]:
        found = self._connection.execute(f"SELECT seq, kind, key, body FROM record WHERE {condition}", values)
        return {seq: decoded(self._file, kind, key, body) for seq, kind, key, body in found.fetchall()}

    def _forgotten(self, job_id: str) -> bool:
        """Whether a job is ordered to be forgotten, and a read might still show it."""
        key = ("Job", job_id)
        if key in self._staged:
            return self._staged[key] is None
        with self._changed:
            ordered = self._asked if key in self._asked else self._writing
            return ordered.get(key, self) is None

    def save(self, record: Record) -> None:
        self._staged[rows.key_of(record)] = record

    def forget(self, record: Record) -> None:
        self._staged[rows.key_of(record)] = None

    def commit(self, then: Then) -> None:
        with self._changed:
            if not self._stuck:
                self._asked |= self._staged
                self._then.append(then)
                self._changed.notify()
        self._staged = {}

    def go_on(self) -> None:
        """Commit again what is asked for from now on: what could not be kept was given up."""
        with self._changed:
            self._stuck = False
        self._staged = {}

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._writer.join()
        self.ended.close()
        self._connection.close()

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._then and not self._closing:
                    self._changed.wait()
                records, self._asked = self._asked, {}
                self._writing = records
                then, self._then = self._then, []
            if not then:
                return
            if records:
                try:
                    crash_point("server-before-commit")
                    self._execute(records)
                    crash_point("server-after-commit")
                except sqlite3.Error as failure:
                    # What was asked for stays undone: nobody may be told that it is safe.
                    self._take_back()
                    self._call(self._failed, failure)
                    continue
            self._call(_each, then)

    def _take_back(self) -> None:
        with self._changed:
            self._stuck = True
            self._asked, self._writing, self._then = {}, {}, []
        with suppress(sqlite3.Error):
            self._connection.rollback()

    def _execute(self, records: dict[tuple[str, str], Record | None]) -> None:
        """Put and forget rows in one transaction."""
        found = rows.encoded((key, record) for key, record in records.items() if record is not None)
        gone = [key for key, record in records.items() if record is None]
        chunks = [found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE)]
        several = len(chunks) > 1 or gone  # a single statement is a transaction of its own
        if several:
            self._connection.execute("BEGIN IMMEDIATE")
        for chunk in chunks:
            self._connection.execute(_put_statement(len(chunk)), list(chain.from_iterable(chunk)))
        if gone:
            self._connection.executemany(_FORGET, gone)
        if several:
            self._connection.execute("COMMIT")

    def _call(self, do: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(do, *arguments)
        except RuntimeError:  # the loop is closed: whoever waited is gone with it
            log.debug("nobody is left to be told of a commit")


@cache
def _put_statement(count: int) -> str:
    given = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * count)
    return (
        f"INSERT INTO record (kind, key, body, ended_ms, ordinal, listed, status) VALUES {given} ON CONFLICT (kind, key) "
        "DO UPDATE SET body = excluded.body, ended_ms = excluded.ended_ms, ordinal = excluded.ordinal, "
        "listed = excluded.listed, status = excluded.status"
    )


def _each(then: list[Then]) -> None:
    for done in then:
        done()


def _opened(file: Path) -> sqlite3.Connection:
    # Jobs may run as another account, for which this is not; what SQLite makes beside the file is as open as the file.
    file.touch(mode=0o600)
    for ours in (file, *file.parent.glob(f"{file.name}-*")):
        ours.chmod(0o600)
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _check(connection, file)
        schema = Path(__file__).with_name("schema.sql").read_text("utf-8")
        connection.executescript(f"BEGIN IMMEDIATE;\n{schema}\nPRAGMA user_version = {rows.VERSION};\nCOMMIT;")
    except sqlite3.Error as failure:
        connection.close()
        raise UnreadableStore(f"{file} cannot be used: {failure}") from failure
    except UnreadableStore:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, file: Path) -> None:
    """Raises UnreadableStore for what is no store of this version, and not empty either."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if version == 0 and tables:
        raise UnreadableStore(f"{file} has tables, and is of no version: it is not a store of this server")
    if version not in (0, rows.VERSION):
        raise UnreadableStore(f"{file} is of version {version}: this server reads version {rows.VERSION}")
