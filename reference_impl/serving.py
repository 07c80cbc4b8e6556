"""A server put together and run on an event loop: parts, socket, start, orderly stop."""

from __future__ import annotations

import asyncio
import gc
import resource
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import uvicorn
import uvloop

from . import quickstart
from .data_folder import DataFolder, UnusableFolder
from .deciding.messages import Retire, SetAside
from .deciding.retention import AT_ONCE, expired
from .event_file import EventFile
from .http.access import Door
from .http.asgi import Application
from .http.patience import CONNECTIONS, Patient
from .lateness import AT_ONCE as PROMPT
from .lateness import Lateness
from .lives import Lives
from .operations.controls import CONTROLS
from .running.host import Host
from .running.slow_host import SlowHost
from .settings import Settings
from .shell import NotKept

RETIRING_S = 60.0
"""Between two looks at what is old enough to be forgotten, or a hundredth of the time for which a job is kept."""

AT_HAND = 2000
"""So many jobs that have ended stay in memory where a store has them: whoever asks after a job asks soon."""

SET_ASIDE_S = 1.0
"""Between two looks whether there are more."""

STOP_GRACE_MS = 2000
"""Between SIGTERM and SIGKILL for the jobs that still run when the server stops."""

COLLECTIONS = (20_000, 50, 100)
"""Python's garbage collector runs so seldom: jobs are kept, and each look through all of them finds next to nothing."""


class StoreFailed(Exception):
    """There is no store to go on with."""


def bound(settings: Settings) -> socket.socket:
    """The socket to serve on. Raises OSError where the address is taken."""
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((settings.address, settings.port))
        opened.listen(2048)
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened


def url_of(opened: socket.socket) -> str:
    """Where a bound socket is reached."""
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """uvicorn, told by us when to stop, and telling us when it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._ready = ready

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()  # what a signal means is for the caller of `serve` to say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self._ready()


async def serve(
    settings: Settings,
    opened: socket.socket,
    *,
    stop: asyncio.Event,
    ready: Callable[[str], None],
) -> None:
    """
    Serve on `opened` until `stop` is set; then no job is left running, unless `leave_running` says so.

    `ready` is called once it accepts connections, with what the host guarantees. Raises UnusableEventFile where the file of
    events cannot be opened, UnusableFolder or UnreadableStore when the data folder cannot be used, what the host raises when
    it cannot work in it, and StoreFailed when what was kept cannot even be read any more: jobs go on then, as after a crash, and
    nothing was acknowledged that is not kept.
    """
    _raise_file_limit()
    gc.set_threshold(*COLLECTIONS)
    file = None if settings.events is None else EventFile(settings.events)
    try:
        await _in_folder(settings, file, opened, stop, ready)
    finally:
        if file is not None:
            file.close()


async def _in_folder(
    settings: Settings,
    file: EventFile | None,
    opened: socket.socket,
    stop: asyncio.Event,
    ready: Callable[[str], None],
) -> None:
    folder = DataFolder(settings.data)
    try:
        try:
            host = _in_time(settings.host(folder), settings.lateness)
        except OSError as failure:
            raise UnusableFolder(f"{folder.path} cannot be used: {failure.strerror}") from None
        try:
            await _serve(settings, folder, host, file, opened, stop, ready)
        finally:
            await host.let_go()
    finally:
        folder.let_go()


async def _serve(
    settings: Settings,
    folder: DataFolder,
    host: Host,
    file: EventFile | None,
    opened: socket.socket,
    stop: asyncio.Event,
    ready: Callable[[str], None],
) -> None:
    broken: list[Exception] = []

    def give_up(failure: Exception) -> None:
        broken.append(failure)
        stop.set()

    lives = Lives(settings, folder, host, file, give_up)
    gc.freeze()  # what a store has kept is not looked through again and again
    application = Application(lives.shell, lives.handlers, CONTROLS, lives.events, Door(settings.keys))
    lives.changed = lambda: application.go_on(lives.shell, lives.handlers)
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        http=Patient,
        limit_concurrency=CONNECTIONS,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )

    async def accepting() -> None:
        if settings.quickstart:
            try:
                await quickstart.create(application)
            except NotKept as failure:
                give_up(failure)
                return
        ready(lives.shell.host.guarantee())

    server = _Server(config, accepting)
    serving = asyncio.create_task(server.serve(sockets=[opened]))
    stopping = asyncio.create_task(stop.wait())
    retiring = asyncio.create_task(_retire(lives, settings.retain_s))
    setting_aside = asyncio.create_task(_set_aside(lives))
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    lives.events.close()
    server.should_exit = True
    await serving
    stopping.cancel()
    retiring.cancel()
    setting_aside.cancel()
    lives.end()
    if broken:
        raise StoreFailed(str(broken[0])) from broken[0]
    if not settings.leave_running:
        await lives.shell.host.close(STOP_GRACE_MS)
    with suppress(NotKept):
        await lives.shell.settled()
    lives.shell.close()


def _in_time(host: Host, lateness: Lateness) -> Host:
    if (lateness.start, lateness.stop) == (PROMPT, PROMPT):
        return host
    return SlowHost(host, start_s=lateness.drawing("start"), stop_s=lateness.drawing("stop"))


async def _retire(lives: Lives, retain_s: float) -> None:
    """Have jobs forgotten that ended more than `retain_s` ago, some at a time; until it is cancelled."""
    while True:
        with suppress(NotKept):
            shell = lives.shell
            before_ms = shell.now_ms() - round(retain_s * 1000)
            while expired(shell.engine.ledger, before_ms, 1):
                shell.receive(Retire(before_ms))
                await shell.settled()
        await asyncio.sleep(max(1.0, min(RETIRING_S, retain_s / 100)))


async def _set_aside(lives: Lives) -> None:
    """Let go of jobs that are over, the oldest first, once they are kept; until it is cancelled."""
    while True:
        with suppress(NotKept):
            shell = lives.shell
            ledger = shell.engine.ledger
            while jobs := ledger.over(AT_HAND, AT_ONCE):
                await shell.settled()
                left = len(ledger.jobs)
                shell.receive(SetAside(tuple(jobs)))
                if len(ledger.jobs) == left:
                    break
        await asyncio.sleep(SET_ASIDE_S)


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """A server in a thread of this process, for a test; yields its URL."""
    opened = bound(settings)
    started: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    failures: list[BaseException] = []
    told = threading.Event()

    async def main() -> None:
        stop = asyncio.Event()

        def ready(guarantee: str) -> None:
            started.append((asyncio.get_running_loop(), stop))
            told.set()

        await serve(settings, opened, stop=stop, ready=ready)

    def thread() -> None:
        try:
            run(main())
        except BaseException as failure:
            failures.append(failure)
        finally:
            told.set()

    worker = threading.Thread(target=thread, name="batchproof", daemon=True)
    worker.start()
    told.wait()
    if failures:
        raise failures[0]
    try:
        yield url_of(opened)
    finally:
        loop, stop = started[0]
        loop.call_soon_threadsafe(stop.set)
        worker.join()


def run(main: Any) -> None:
    """Run a coroutine on a loop of uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def _raise_file_limit() -> None:
    """Thousands of clients may be connected at once, and each holds a descriptor."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
