"""A server that has the process to itself: it serves until a signal, or the end of standard input, tells it to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable

from .data_folder import UnusableFolder
from .event_file import UnusableEventFile
from .keeping.store import UnreadableStore
from .running.accounts import Unusable
from .serving import StoreFailed, bound, run, serve, url_of
from .settings import Settings, Unservable


def serve_in_foreground(
    settings: Settings,
    *,
    ready: Callable[[str, str], None],
    ready_fd: int | None = None,
    stop_on_eof: bool = False,
) -> None:
    """
    Serve until SIGINT, SIGTERM or SIGHUP comes, or with `stop_on_eof` until standard input ends; then stop in order.

    Once the server accepts connections `ready` gets its URL and what its host guarantees, and the URL and a newline are
    written to the descriptor `ready_fd`, which is closed then. Raises Unservable where it cannot serve, or not any more.
    """
    try:
        opened = bound(settings)
    except OSError as failure:
        raise Unservable(f"cannot listen on {settings.address}, port {settings.port}: {failure.strerror}") from None

    def accepting(guarantee: str) -> None:
        ready(url_of(opened), guarantee)
        if ready_fd is not None:
            with open(ready_fd, "w") as told:
                told.write(f"{url_of(opened)}\n")

    with opened:
        try:
            run(_until_told(settings, opened, accepting, stop_on_eof))
        except UnusableEventFile as failure:
            raise Unservable(f"--events: {failure}") from None
        except Unusable as failure:
            raise Unservable(f"--user: {failure}") from None
        except (UnusableFolder, UnreadableStore, StoreFailed) as failure:
            raise Unservable(f"--data: {failure}") from None


async def _until_told(
    settings: Settings, opened: socket.socket, ready: Callable[[str], None], stop_on_eof: bool
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it ignored
            loop.add_signal_handler(number, stop.set)
    if stop_on_eof:
        _watch_input(loop, stop)
    await serve(settings, opened, stop=stop, ready=ready)


def _watch_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    def read() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            stop.set()

    try:
        loop.add_reader(0, read)
    except (OSError, ValueError):  # a file, or nothing at all: its end has come already
        stop.set()
