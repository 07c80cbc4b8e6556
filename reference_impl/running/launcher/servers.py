"""The servers on a launcher's socket: the latest is obeyed and told the news, those of before are hung up on."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from .wireline import Message, Received, line


class _Connection:
    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.received = Received()
        self.to_send = bytearray()


class Servers:
    """
    Heard on `launcher.sock` in `folder`, once it listens.

    `epoch` is that of the latest, 0 before the first; `alone_since_s` says since when there is none, if there is none.
    """

    def __init__(self, folder: Path, epoll: select.epoll, *, alone_since_s: float) -> None:
        self._folder = folder
        self._epoll = epoll
        self._listening: socket.socket | None = None
        self._connections: dict[int, _Connection] = {}
        self._obeyed: _Connection | None = None
        self._news: list[Message] = []
        self.epoch = 0
        self.alone_since_s = alone_since_s

    @property
    def there(self) -> bool:
        """Whether there is one to obey."""
        return self._obeyed is not None

    def listen(self) -> None:
        self._listening = _listening(self._folder)
        self._epoll.register(self._listening.fileno(), select.EPOLLIN)

    def heard(self, descriptor: int, mask: int) -> Iterable[list[Any]]:
        """
        What the server that is obeyed says, when epoll has `mask` for this descriptor; nothing where it is none of ours.

        A `hello` among it is the first word of a new one, for whom the news begin anew.
        """
        if self._listening is not None and descriptor == self._listening.fileno():
            self._accept()
        elif descriptor in self._connections:
            return self._said(self._connections[descriptor], mask)
        return ()

    def tell(self, news: Iterable[Message]) -> None:
        """To be said at the end of this turn; not at all without a server, for whoever comes next is told everything."""
        self._news += news

    def flush(self) -> None:
        said, self._news = self._news, []
        if self._obeyed is None or not said:
            return
        self._obeyed.to_send += line(said)
        self._send(self._obeyed)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.socket.close()
        if self._listening is not None:
            self._listening.close()

    def _accept(self) -> None:
        assert self._listening is not None
        with suppress(OSError):
            opened, _ = self._listening.accept()
            opened.setblocking(False)
            self._connections[opened.fileno()] = _Connection(opened)
            self._epoll.register(opened.fileno(), select.EPOLLIN)

    def _said(self, connection: _Connection, mask: int) -> Iterator[list[Any]]:
        if mask & select.EPOLLOUT:
            self._send(connection)
        if not mask & ~select.EPOLLOUT or connection.socket.fileno() < 0:  # closed: nobody was there to send it to
            return
        try:
            data = connection.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up(connection)
            return
        for message in connection.received.messages(data):
            if message[0] == "hello" and not self._welcomed(connection, message[1]):
                self._hang_up(connection)  # a server of before, which does not know that it is one
            elif connection is self._obeyed:
                yield message

    def _welcomed(self, connection: _Connection, epoch: int) -> bool:
        if epoch <= self.epoch:
            return False
        self.epoch = epoch
        if self._obeyed is not None:
            self._hang_up(self._obeyed)  # and what it still had to say dies unread
        self._obeyed = connection
        self._news = []
        return True

    def _send(self, connection: _Connection) -> None:
        try:
            sent = connection.socket.send(connection.to_send) if connection.to_send else 0
            del connection.to_send[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up(connection)
            return
        self._epoll.modify(connection.socket.fileno(), select.EPOLLIN | (select.EPOLLOUT if connection.to_send else 0))

    def _hang_up(self, connection: _Connection) -> None:
        descriptor = connection.socket.fileno()
        self._epoll.unregister(descriptor)
        del self._connections[descriptor]
        connection.socket.close()
        if connection is self._obeyed:
            self._obeyed = None
            self.alone_since_s = time.monotonic()


def _listening(folder: Path) -> socket.socket:
    """Bound under another name first, so that the name leads to a socket that listens or to none."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    os.chdir(folder)  # a path of more than 107 bytes cannot be bound
    with suppress(FileNotFoundError):
        os.unlink("launcher.sock.new")
    opened.bind("launcher.sock.new")
    opened.listen(8)
    opened.setblocking(False)
    os.rename("launcher.sock.new", "launcher.sock")
    os.chdir("/")
    return opened
