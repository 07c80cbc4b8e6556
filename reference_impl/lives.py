"""The lives of a server: an engine and the loop around it, and the next ones when a commit has failed.

An engine is ahead of the store, and whatever was shown or acknowledged must be kept. So an engine whose changes cannot be
kept is given up as if the server had crashed: whoever waits for it is refused, and nothing that he asked for was done.
While nothing can be kept, on a full disk for example, what the store has is shown, and whatever would change it is refused.
Jobs go on meanwhile. Once there is room a new engine takes up what the store has, asks for all runs again, and learns what has
become of them: the same that the next server does after a crash.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from .clock import Clock
from .data_folder import DataFolder
from .deciding.engine import Engine
from .deciding.records import Job, Record
from .event_file import EventFile
from .events import Announcing, Events
from .http.call import Handler
from .http.late import late
from .keeping.store import Database, Forgetful, UnreadableStore
from .lateness import AT_ONCE, Lateness
from .logs import LOG_HANDLERS
from .operations import HANDLERS
from .operations.jobs import detail
from .running.host import Host
from .settings import Parts, Settings
from .shell import Shell

log = logging.getLogger(__name__)

STORE = "state.sqlite"
"""What a data folder's store is called."""

ROOM_BYTES = 1024 * 1024
"""There is room again when so much can be written."""

LOOK_S = 0.5
"""Between two looks whether there is."""


class Lives:
    """
    `shell` and `handlers` are those of the present life, and `changed` is called when there is another one. `broken` is called
    when there can be none, because the store cannot even be read.

    Raises UnreadableStore where that is so from the beginning.
    """

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        host: Host,
        file: EventFile | None,
        broken: Callable[[Exception], None],
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._host = host
        self._broken = broken
        self._file = folder.path / STORE
        self._store = Forgetful() if folder.temporary else Database(self._file, self._failed)
        self._clock = Clock()
        self._looking: asyncio.Task[None] | None = None
        self.events = Events(lambda job: detail(job, self.shell.engine.ledger), file)
        self.changed: Callable[[], None] = lambda: None
        self.shell: Shell
        self.handlers: Mapping[str, Handler]
        self._begin()

    def end(self) -> None:
        """Look no more whether there is room."""
        if self._looking is not None:
            self._looking.cancel()

    def _begin(self) -> None:
        """Take up what the store has."""
        records = self._kept()
        parts = self._parts()
        announcing = Announcing(self._store, self.events, self._clock.now_ms, self._settings.watcher)
        announcing.remember(record for record in records if isinstance(record, Job))
        self.handlers = _late(parts.handlers, self._settings.lateness)
        self.shell = Shell(parts.engine, parts.host, announcing, self._clock)
        try:
            self.shell.restore(records)
        except (
            LookupError,
            AssertionError,
        ) as failure:  # each can be read, and one of them speaks of what is not there
            raise UnreadableStore(f"what {self._file} holds does not fit together: {failure!r}") from failure
        self.changed()

    def _kept(self) -> list[Record]:
        return self._store.load() if isinstance(self._store, Database) else []

    def _parts(self) -> Parts:
        settings = self._settings
        engine = Engine(
            settings.lifecycle,
            readings=settings.readings,
            grace_ms=round(settings.grace_s * 1000),
            archive=self._store.ended if isinstance(self._store, Database) else None,
        )
        parts = Parts(engine, self._host, {**HANDLERS, **LOG_HANDLERS})
        return parts if settings.wrong is None else settings.wrong(parts)

    def _failed(self, failure: Exception) -> None:
        """A commit could not be done."""
        why = f"nothing can be kept at the moment, so nothing is changed: {failure}"
        log.error("%s cannot be written: %s; until it can, whatever changes anything is refused", self._file, failure)
        self.shell.give_up(why)
        try:
            engine = self._parts().engine
            engine.look(self._kept())
        except UnreadableStore as unreadable:
            self._broken(unreadable)
            return
        self.shell = Shell(engine, self._host, self._store, self._clock)
        self.shell.give_up(why)
        self.changed()
        self._looking = asyncio.get_running_loop().create_task(self._go_on_once_there_is_room())

    async def _go_on_once_there_is_room(self) -> None:
        while not await asyncio.to_thread(_has_room, self._folder):  # noqa: ASYNC110 - no disk sets an event
            await asyncio.sleep(LOOK_S)
        assert isinstance(self._store, Database)
        self._store.go_on()
        try:
            self._begin()
        except UnreadableStore as unreadable:
            self._broken(unreadable)
        else:
            log.warning("%s can be written again", self._file)


def _has_room(folder: DataFolder) -> bool:
    """Whether something can be written there that is larger than what waits."""
    file = folder.path / "room"
    try:
        with file.open("wb") as written:
            written.write(b"\1" * ROOM_BYTES)
            written.flush()
            os.fsync(written.fileno())
    except OSError:
        return False
    finally:
        with suppress(OSError):
            file.unlink()
    return True


def _late(handlers: Mapping[str, Handler], lateness: Lateness) -> Mapping[str, Handler]:
    changed: dict[str, Handler] = {}
    for delay, what, names in (
        (lateness.cancel, "cancel", ("CancelJob", "CancelJobs")),
        (lateness.terminate, "terminate", ("TerminateJob", "TerminateJobs")),
    ):
        if delay != AT_ONCE:
            delay_s = lateness.drawing(what)
            changed |= {name: late(handlers[name], delay_s) for name in names}
    return {**handlers, **changed}
