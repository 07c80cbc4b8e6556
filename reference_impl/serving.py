"""A server put together and run on an event loop: parts, socket, start, orderly stop."""

from __future__ import annotations

import asyncio
import gc
import resource
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import uvicorn
import uvloop

from . import quickstart
from .clock import Clock
from .data_folder import DataFolder
from .deciding.engine import Engine
from .deciding.messages import Retire
from .deciding.records import Job, Record
from .event_file import EventFile
from .events import Announcing, Events
from .http.access import Door
from .http.asgi import Application
from .http.call import Handler
from .http.late import late
from .http.patience import CONNECTIONS, Patient
from .keeping.store import Database, Forgetful, Store, UnreadableStore
from .lateness import AT_ONCE, Lateness
from .logs import LOG_HANDLERS
from .operations import HANDLERS
from .operations.controls import CONTROLS
from .operations.jobs import detail
from .running.host import Host
from .running.slow_host import SlowHost
from .settings import Parts, Settings
from .shell import Shell

RETIRING_S = 60.0
"""Between two looks at what is old enough to be forgotten, or a hundredth of the time for which a job is kept."""

STOP_GRACE_MS = 2000
"""Between SIGTERM and SIGKILL for the jobs that still run when the server stops."""

COLLECTIONS = (20_000, 50, 100)
"""Python's garbage collector runs so seldom: jobs are kept, and each look through all of them finds next to nothing."""


STORE = "state.sqlite"
"""What a data folder's store is called."""


class StoreFailed(Exception):
    """Nothing more can be kept."""


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
    events cannot be opened, UnusableFolder or UnreadableStore when the data folder cannot be used, what the host raises when it cannot work in it, StoreFailed when it cannot be written any
    more: jobs go on then, as after a crash, and nothing was acknowledged that is not kept.
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
        host = _in_time(settings.host(folder), settings.lateness)
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

    store: Store = Forgetful()
    records: list[Record] = []
    if not folder.temporary:
        store = database = Database(folder.path / STORE, give_up)
        records = database.load()
    engine = Engine(settings.lifecycle, readings=settings.readings, grace_ms=round(settings.grace_s * 1000))
    parts = Parts(engine, host, {**HANDLERS, **LOG_HANDLERS})
    if settings.wrong is not None:
        parts = settings.wrong(parts)
    handlers = _late(parts.handlers, settings.lateness)
    events = Events(lambda job: detail(job, parts.engine.ledger), file)
    clock = Clock()
    announcing = Announcing(store, events, clock.now_ms)
    announcing.remember(record for record in records if isinstance(record, Job))
    shell = Shell(parts.engine, parts.host, announcing, clock)
    try:
        shell.restore(records)
    except (LookupError, AssertionError) as failure:  # each can be read, and one of them speaks of what is not there
        raise UnreadableStore(f"what {folder.path / STORE} holds does not fit together: {failure!r}") from failure
    gc.freeze()  # what a store has kept is not looked through again and again
    application = Application(shell, handlers, CONTROLS, events, Door(settings.keys))
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
            await quickstart.create(application)
        ready(parts.host.guarantee())

    server = _Server(config, accepting)
    serving = asyncio.create_task(server.serve(sockets=[opened]))
    stopping = asyncio.create_task(stop.wait())
    retiring = asyncio.create_task(_retire(shell, settings.retain_s))
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    events.close()
    server.should_exit = True
    await serving
    stopping.cancel()
    retiring.cancel()
    if broken:
        raise StoreFailed(f"{settings.data} cannot be written any more: {broken[0]}") from broken[0]
    if not settings.leave_running:
        await parts.host.close(STOP_GRACE_MS)
    await shell.settled()
    shell.close()


def _in_time(host: Host, lateness: Lateness) -> Host:
    if (lateness.start, lateness.stop) == (AT_ONCE, AT_ONCE):
        return host
    return SlowHost(host, start_s=lateness.drawing("start"), stop_s=lateness.drawing("stop"))


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


async def _retire(shell: Shell, retain_s: float) -> None:
    """Have jobs forgotten that ended more than `retain_s` ago, some at a time; until it is cancelled."""
    jobs = shell.engine.ledger.jobs
    while True:
        before_ms = shell.now_ms() - round(retain_s * 1000)
        forgotten = True
        while forgotten:
            before = len(jobs)
            shell.receive(Retire(before_ms))
            forgotten = len(jobs) < before
            await shell.settled()
        await asyncio.sleep(max(1.0, min(RETIRING_S, retain_s / 100)))


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
