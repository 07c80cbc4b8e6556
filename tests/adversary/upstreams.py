"""What stands behind and before the proxy in tests: the real server, a socket that keeps bytes, and the proxy itself."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from batchproof.conformance.adversary.composition import Adversary, mode_of
from batchproof.conformance.adversary.proxy import Proxy
from batchproof.conformance.adversary.upstream import Upstream

BATCHPROOF = [sys.executable, "-m", "batchproof.cli.main"]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def client_of(url: str, key: str = "test", secret: str = "test", **options: Any) -> Any:
    return boto3.client(
        "batch",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, **options),
    )


@contextmanager
def serving(*flags: str, env: dict[str, str] | None = None) -> Iterator[str]:
    """`batchproof serve` as a child; gives its URL."""
    with subprocess.Popen(
        [*BATCHPROOF, "serve", "--port", "0", "--stop-on-eof", *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    ) as process:
        assert process.stdout
        assert process.stdin
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.stdin.close()
            process.wait(20)


@contextmanager
def proxied(url: str, *modes: str, seed: int = 0) -> Iterator[Running]:
    """The proxy on a loop of its own, in a thread."""
    adversary, said = Adversary([mode_of(mode) for mode in modes], seed), list[str]()
    ready, opened = threading.Event(), socket.create_server(("127.0.0.1", 0))
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        proxy = Proxy(adversary, Upstream(url), say=said.append)
        async with proxy.listening(opened):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait(10)
    try:
        yield Running(f"http://127.0.0.1:{opened.getsockname()[1]}", adversary, said)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
        assert not thread.is_alive()


@dataclass
class Running:
    url: str
    adversary: Adversary
    said: list[str]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@dataclass
class Socket:
    """
    A service that keeps the bytes that came and answers each request with the next of some bytes.

    Only for requests that say the length of their body, one after the other. `ends` closes the connection after each.
    """

    answers: list[bytes] = field(default_factory=lambda: [OK])
    ends: bool = False
    tls: ssl.SSLContext | None = None
    got: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Socket:
        self._opened = socket.create_server(("127.0.0.1", 0), backlog=300)
        self.port = self._opened.getsockname()[1]
        self.url = (
            f"{'https' if self.tls else 'http'}://localhost:{self.port}"
            if self.tls
            else f"http://127.0.0.1:{self.port}"
        )
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.shutdown(socket.SHUT_RDWR)
        self._opened.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._opened.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            stream = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            with stream, stream.makefile("rb") as reader:
                while request := whole_message(reader):
                    self.got.append(request)
                    stream.sendall(self.answers[min(len(self.got), len(self.answers)) - 1])
                    if self.ends:
                        return


def whole_message(reader: Any) -> bytes:
    """One message with its body, which has a length or is chunked; b"" at the end."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = reader.readline()
        if not line:
            return b""
        head += line
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in head.splitlines()[1:])
    }
    if headers.get(b"transfer-encoding") == b"chunked":
        body = b""
        while not body.endswith(b"0\r\n\r\n"):
            body += reader.readline()
        return head + body
    return head + reader.read(int(headers.get(b"content-length", 0)))


def exchanged(port: int, *requests: bytes) -> list[bytes]:
    """The answers to requests that are sent one after the other on one connection, as bytes; fewer if it ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection, connection.makefile("rb") as reader:
        answers = []
        for request in requests:
            connection.sendall(request)
            answer = whole_message(reader)
            if not answer:
                break
            answers.append(answer)
        return answers


def post(path: str, body: bytes, *headers: str, method: str = "POST", host: str = "127.0.0.1") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
