"""The host that is this machine: jobs as its processes, by way of a launcher that outlives us.

A run is one session of its own, and ends when its leader does: whatever else is left of it is killed then, as the rest
of a container is. The launcher is told again, after each new connection, all that it is to do and does not know; it
begins no run twice (see `launcher/starts.py`), so saying too much does no harm.
"""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from .. import crash_points
from ..data_folder import DataFolder
from ..deciding import reasons
from ..deciding.messages import Exited, HostLost, Reported, Started, StartFailed
from ..removal import open_up, remove
from . import accounts, job_folders
from .accounts import Account
from .host import Output
from .launcher import anchor, marks
from .launcher.process_facts import boot_id
from .launcher.wireline import Message, Received
from .launcher.wireline import line as wireline
from .output import Outputs

log = logging.getLogger(__name__)

AGAIN_S = 0.01
"""Between two tries to reach the launcher: its anchor has a new one within some milliseconds."""

ANCHOR_S = 0.25
"""A launcher that cannot be reached for so long has lost its anchor as well, and we start both."""


READERS = 4
"""So many threads read output. None of them waits, except for a disk."""


@dataclass(slots=True)
class _Asked:
    """What was asked of the launcher about one run, to be said again to the next one."""

    order: Message
    taken_up: bool  # from a server of before
    started: bool = False
    grace_ms: int | None = None


class Processes:
    """
    Runs jobs as processes. Files of a run are in `<data>/jobs/<job>/<number>/`, those of the launcher in
    `<data>/launcher/`. With a temporary folder all runs end with this process, however it ends. With `account`
    runs are of that one, to which all else that is kept here is closed.

    Raises Unusable when the account cannot work in the folder.
    """

    def __init__(self, folder: DataFolder, *, account: Account | None = None) -> None:
        self._data = folder.path
        self._folder = self._data / "launcher"
        self._jobs = self._data / "jobs"
        self._account = account
        self._jobs.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            for made in [self._jobs, *([self._data] if folder.ours else [])]:
                made.chmod(made.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
            accounts.check_reaches(account, self._jobs)
        self._open_to = _open_to(account, self._data, self._jobs)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._discarded = self._folder / "discarded"
        remove(self._discarded)  # what a server of before had no time for
        self._discarded.mkdir(mode=0o700)
        self._rebooted = _is_another_boot(self._folder / "boot")
        self._taking_up = True  # until the loop's next turn: what is spawned before is what a store has kept
        # A path below it is short enough for a socket, however long the folder's own is.
        self._directory = os.open(self._folder, os.O_PATH | os.O_CLOEXEC)
        self._below_jobs = job_folders.opened(self._jobs)
        self._outputs = Outputs(self._below_jobs)
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="output")
        self._removing = ThreadPoolExecutor(1, thread_name_prefix="discarded")
        self._temporary = folder.temporary
        self._loop = asyncio.get_running_loop()
        self._report: Callable[[Reported], None] = lambda news: None
        self._runs: dict[tuple[str, int], _Asked] = {}
        self._line: _Line | None = None
        self._ready = False
        self._epoch = 0
        self._listed: set[tuple[str, int]] = set()
        self._to_say: list[Message] = []
        self._closing = False
        self._none_left = asyncio.Event()
        self._anchor = 0  # the process id, as the launcher names it
        self._own_anchors: dict[int, int] = {}  # those that we started and have to reap, by pidfd
        self._alone_since_s = self._loop.time() - ANCHOR_S
        self._connected = self._loop.create_task(self._stay_connected())

    def guarantee(self) -> str:
        return (
            f"jobs run as {accounts.said(self._account)}, and what they write is for {self._open_to}; "
            f"when a job is stopped, {_stopping()}"
        )

    def connect(self, report: Callable[[Reported], None]) -> None:
        self._report = report

    def spawn(self, job_id: str, number: int, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        if self._closing:
            return  # it is kept as STARTING, and the next server starts it
        run = self._runs[job_id, number] = _Asked(
            ("spawn", job_id, number, command, environment, self._account), self._taking_up
        )
        if self._ready:
            self._say(run.order)

    def stop(self, job_id: str, number: int, grace_ms: int) -> None:
        run = self._runs.get((job_id, number))
        if run is None:
            return  # it has just ended, and the report of that is on its way
        run.grace_ms = grace_ms
        if self._ready:
            self._say(("stop", job_id, number, grace_ms))

    def forget(self, job_id: str, number: int) -> None:
        crash_points.crash_point("server-before-kept")
        self._runs.pop((job_id, number), None)
        if self._line is not None:
            self._say(("kept", job_id, number))

    def discard(self, job_id: str) -> None:
        name = job_folders.name_of(job_id)
        open_up(name, self._below_jobs)
        with suppress(FileNotFoundError):  # it never ran
            os.rename(name, self._discarded / name, src_dir_fd=self._below_jobs)
            self._removing.submit(remove, self._discarded / name)

    async def read(self, job_id: str, number: int, offset: int, length: int) -> Output:
        return await self._loop.run_in_executor(self._reading, self._outputs.read, job_id, number, offset, length)

    async def close(self, grace_ms: int) -> None:
        self._closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_ms / 1000 + 10):  # what SIGKILL does not end, waiting does not end either
                left = True
                while left:
                    if self._ready:
                        self._none_left.clear()
                        self._say(("close", grace_ms))
                        await self._none_left.wait()
                    left = not self._ready  # the launcher died meanwhile, and there is a next one
                    await asyncio.sleep(AGAIN_S if left else 0)

    async def let_go(self) -> None:
        """Leave the launcher alone: it ends when nothing runs any more, which after `close` is at once."""
        if self._closing and self._ready:
            self._say(("quit",))
        self._connected.cancel()
        with suppress(asyncio.CancelledError):
            await self._connected
        if self._line is not None:
            self._flush()
            self._line.transport.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while self._closing and self._anchor and _is_anchor(self._anchor):  # noqa: ASYNC110 - another's child
                    await asyncio.sleep(AGAIN_S)
        for pidfd in list(self._own_anchors):
            self._reap(pidfd, os.WNOHANG)
        self._removing.shutdown(cancel_futures=True)  # the rest is for the next server
        self._reading.shutdown(cancel_futures=True)
        os.close(self._below_jobs)
        os.close(self._directory)

    # The connection.

    async def _stay_connected(self) -> None:
        self._taking_up = False
        address = f"/proc/self/fd/{self._directory}/launcher.sock"
        while True:
            try:
                _, line = await self._loop.create_unix_connection(lambda: _Line(self._heard), address)
            except OSError:
                self._see_to_anchor()
                await asyncio.sleep(AGAIN_S)
                continue
            self._line = line
            self._listed.clear()
            self._to_say.clear()
            self._epoch = _next_epoch(self._folder / "epoch", self._epoch)
            line.transport.write(wireline([("hello", self._epoch)]))
            await line.closed.wait()
            self._line, self._ready = None, False
            self._none_left.set()
            self._alone_since_s = self._loop.time()

    def _see_to_anchor(self) -> None:
        now_s = self._loop.time()
        patience_s = 10 * ANCHOR_S if self._own_anchors else ANCHOR_S  # one that we started may need some time
        if now_s < self._alone_since_s + patience_s:
            return
        self._alone_since_s = now_s
        try:
            pid = _start_anchor(self._data, self._folder / "log", temporary=self._temporary)
        except OSError as failure:
            log.error("no job can be started, and it is tried again: %s", failure)
            return
        pidfd = os.pidfd_open(pid)
        self._own_anchors[pidfd] = pid
        self._loop.add_reader(pidfd, self._reap, pidfd)

    def _reap(self, pidfd: int, options: int = 0) -> None:
        _, status = os.waitpid(self._own_anchors[pidfd], options)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) not in (0, anchor.TAKEN):
            log.error("no job can be started, and it is tried again: see %s", self._folder / "log")
        self._loop.remove_reader(pidfd)
        os.close(pidfd)
        del self._own_anchors[pidfd]

    def _heard(self, message: list[Any]) -> None:
        match message:
            case ["started", job_id, number]:
                self._listed.add((job_id, number))
                self._started(job_id, number)
            case ["known", job_id, number]:
                self._listed.add((job_id, number))
            case ["failed", job_id, number, reason]:
                self._listed.add((job_id, number))
                self._report(StartFailed(job_id, number, reason))
            case ["exited", job_id, number, None]:
                self._listed.add((job_id, number))
                self._report(HostLost(job_id, number, reasons.host_lost(job_id, number)))
            case ["exited", job_id, number, code]:
                self._listed.add((job_id, number))
                self._started(job_id, number)
                self._report(Exited(job_id, number, code))
            case ["ready", pid]:
                self._anchor = pid
                self._reconcile()
            case ["none_left"]:
                self._none_left.set()

    def _started(self, job_id: str, number: int) -> None:
        run = self._runs.get((job_id, number))
        if run is not None and not run.started:
            run.started = True
            self._report(Started(job_id, number))

    def _reconcile(self) -> None:
        """The launcher has listed what it knows: say what it does not know, and stop what we do not."""
        self._ready = True
        for key, run in list(self._runs.items()):
            if key not in self._listed and run.taken_up and self._rebooted:
                # It may have run, and the machine's end may have taken what the launcher and the run itself had written.
                self._report(HostLost(*key, reasons.host_lost(*key)))
                continue
            if key not in self._listed and not self._closing:
                self._say(run.order)
            if run.grace_ms is not None:
                self._say(("stop", *key, run.grace_ms))
        for key in self._listed - self._runs.keys():
            self._say(("stop", *key, 0))
        self._rebooted = False

    def _say(self, message: Message) -> None:
        if not self._to_say:
            self._loop.call_soon(self._flush)
        self._to_say.append(message)

    def _flush(self) -> None:
        said, self._to_say = self._to_say, []
        if said and self._line is not None and not self._line.transport.is_closing():
            self._line.transport.write(wireline(said))


class _Line(asyncio.Protocol):
    def __init__(self, heard: Callable[[list[Any]], None]) -> None:
        self.transport: asyncio.Transport
        self.closed = asyncio.Event()
        self._heard = heard
        self._received = Received()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are none of asyncio's classes

    def data_received(self, data: bytes) -> None:
        for message in self._received.messages(data):
            self._heard(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()


def _open_to(account: Account | None, *above: Path) -> str:
    """Who can read what jobs write, for a person."""
    if account is not None:
        return f"{account.name} and root to read"
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in above):
        return "everybody on this machine to read"
    return "the server's own account to read"


def _stopping() -> str:
    if marks.allowed():
        return "every process of a job is found by its mark and killed, also after setsid or a double fork"
    return "only a job's process group is killed: this machine's limit on realtime CPU time forbids marks"


def _is_another_boot(file: Path) -> bool:
    """Whether the machine was started again since a server last asked; the answer is on the disk before a run begins."""
    before = file.read_text() if file.exists() else None
    now = boot_id()
    if before != now:
        with file.open("w") as written:
            written.write(now)
            written.flush()
            os.fsync(written.fileno())
    return before is not None and before != now


def _next_epoch(file: Path, before: int) -> int:
    """
    A number that no server of this folder had before, so that what an earlier one still says is not heard. On a full disk it
    is kept by us alone; a server that comes after us tries the next ones until it is heard.
    """
    epoch = max(before, int(file.read_text()) if file.exists() else 0) + 1
    fresh = file.with_suffix(".new")
    with suppress(OSError):
        fresh.write_text(str(epoch))
        fresh.replace(file)
    return epoch


def _start_anchor(data: Path, log: Path, *, temporary: bool) -> int:
    passed = ("PATH", "LANG", "PYTHONPATH", "TMPDIR", crash_points.VARIABLE)  # nothing else: jobs inherit from it
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-P", "-m", anchor.__name__, str(data), *(["temporary"] if temporary else [])],
        {name: os.environ[name] for name in passed if name in os.environ},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,  # Ctrl-C in our terminal is not for it
    )


def _is_anchor(pid: int) -> bool:
    """Whether it lives and is one: its id may have been used again."""
    with suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
        return state != b"Z" and anchor.__name__.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
