"""The shell around the modes: it listens, asks the service, waits as long as a mode says, and cuts connections.

Each connection of a client has one to the service of its own, made when it is first needed: what happens to the one is
seen on the other, and no request is ever sent twice. HTTP is spoken by h11, which leaves headers as they are and lets
go of the connection in the middle of an answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import h11

from .composition import Adversary
from .exchange import Answer, Cut, Request
from .signing import NoCredentials, NotSigned, Signer
from .upstream import LONGEST_BODY_BYTES, READ_BYTES, Caller, NoAnswer, Unreachable, Upstream
from .wire import RawAnswer, RawRequest, answer_of, raw_answer, raw_request, request_of

LONGEST_HEAD_BYTES = 2**17
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: what was not sent is dropped, and the other side gets a reset


class _Ended(Exception):
    """The client's connection has ended, or must."""


class Proxy:
    """An adversary on a socket. `say` hears what a person should read."""

    def __init__(
        self, adversary: Adversary, upstream: Upstream, signer: Signer | None = None, say: Callable[[str], None] = print
    ) -> None:
        self._adversary, self._upstream, self._signer, self._say = adversary, upstream, signer, say
        self._began_s = time.monotonic()
        self._clients = set[asyncio.Task[Any]]()
        self._out_of_reach = False
        self.untouched = Counter[str]()
        """Requests that are none of Batch, by method and path."""
        self.read_ahead = 0
        """Reads that nobody waited for."""

    @asynccontextmanager
    async def listening(self, opened: socket.socket) -> AsyncIterator[None]:
        """Serves until the block ends; then at once nothing is left of it."""
        server = await asyncio.start_server(self._client, sock=opened, limit=READ_BYTES, backlog=1024)
        ahead = asyncio.create_task(self._read_ahead())
        try:
            yield
        finally:
            server.close()
            tasks = [ahead, *self._clients]
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, Exception):
                    self._say(f"a fault of the adversary's own: {outcome!r}")

    def _caller(self) -> Caller:
        return Caller(self._upstream, None if self._signer is None else self._signer.signed)

    def _now_s(self) -> float:
        return time.monotonic() - self._began_s

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        client = _Client(reader, writer)
        service = self._caller()
        try:
            while (raw := await client.request()) is not None:
                await self._answer(client, raw, service)
        except (_Ended, OSError, h11.ProtocolError):
            pass  # the client is gone, or is to think that we are
        except asyncio.CancelledError:
            client.abort()  # the proxy ends
        finally:
            client.end()
            service.end()
            self._clients.discard(task)

    async def _answer(self, client: _Client, raw: RawRequest, service: Caller) -> None:
        request = request_of(raw)
        if request is None:
            self.untouched[
                f"{raw.method.decode('latin-1')} {raw.target.partition(b'?')[0].decode('latin-1')[:60]}"
            ] += 1
            await client.send(await self._asked(raw, service))
            return
        step = self._adversary.enter(request, self._now_s())
        original: RawAnswer | None = None
        if not isinstance(step, Answer | Cut):
            await asyncio.sleep(step.wait_s)
            original = await self._asked(raw_request(step.request), service)
            came = answer_of(original)
            step = self._adversary.leave(step, came, self._now_s())
            if step is came:
                await client.send(original)
                return
        if isinstance(step, Cut):
            await client.cut(step)
        else:
            await asyncio.sleep(step.late_s)
            await client.send(raw_answer(step), pieces=step.pieces, pause_s=step.pause_s)

    async def _asked(self, raw: RawRequest, service: Caller) -> RawAnswer:
        """The service's answer; where there is none, what a gateway says, or an end of the connection as it was."""
        try:
            answer = await service.ask(raw)
        except (Unreachable, NoCredentials) as failure:
            if not self._out_of_reach:
                self._say(f"{failure}; clients get 502 for it")
            self._out_of_reach = True
            return _gateway(502, "Bad Gateway", str(failure))
        except NotSigned as failure:
            return _gateway(403, "Forbidden", str(failure))
        except NoAnswer as failure:
            self._say(f"{self._upstream.url} gave no answer: {failure}; the client's connection ends too")
            raise _Ended from None
        self._out_of_reach = False
        return answer

    async def _read_ahead(self) -> None:
        """Read again what clients have read, so that modes know older states."""
        every_s, service = self._adversary.reads_ahead_s, self._caller()
        while every_s is not None:
            await asyncio.sleep(every_s)
            for request in self._adversary.again(self._now_s()):
                with suppress(_Ended):
                    await self._read_again(request, service)

    async def _read_again(self, request: Request, service: Caller) -> None:
        self.read_ahead += 1
        answer = answer_of(await self._asked(raw_request(request), service))
        self._adversary.learn(request, answer, self._now_s())


def _gateway(status: int, phrase: str, text: str) -> RawAnswer:
    answer = Answer(status, None, (("Content-Type", "text/plain"),), body=f"{text}\n".encode(), phrase=phrase)
    return raw_answer(answer)


class _Client:
    """The connection of one client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        # asyncio sets it only on sockets that were made for TCP by name, which an accepted one need not be.
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD_BYTES)

    async def request(self) -> RawRequest | None:
        """The next request, whole; None when the client has no more."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        elif self._http.our_state is not h11.IDLE:
            return None
        try:
            return await self._request()
        except h11.RemoteProtocolError as failure:
            await self._refuse(failure.error_status_hint, "Bad Request", str(failure))
            return None

    async def _request(self) -> RawRequest | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    self._write(h11.InformationalResponse(status_code=100, headers=[]))
                self._http.receive_data(await self._reader.read(READ_BYTES))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > LONGEST_BODY_BYTES:
                    await self._refuse(413, "Content Too Large", f"a body may have {LONGEST_BODY_BYTES} bytes here")
                    return None
            elif isinstance(event, h11.EndOfMessage):
                assert head is not None
                return RawRequest(head.method, head.target, tuple(head.headers.raw_items()), bytes(body))
            else:
                return None  # the connection ended

    async def send(self, raw: RawAnswer, *, pieces: int = 1, pause_s: float = 0.0) -> None:
        """Send an answer, in so many pieces if it is long enough."""
        self._head(raw)
        size = -(-len(raw.body) // pieces) or 1
        for begin in range(0, len(raw.body), size):
            if begin:
                await self._writer.drain()
                await asyncio.sleep(pause_s)
            self._write(h11.Data(data=raw.body[begin : begin + size]))
        self._write(h11.EndOfMessage())
        await self._writer.drain()

    async def cut(self, cut: Cut) -> None:
        """End the connection, after a part of an answer if it is to come."""
        if cut.answer is not None:
            raw = raw_answer(cut.answer)
            self._head(raw)
            if part := raw.body[: int(len(raw.body) * cut.share)]:
                self._write(h11.Data(data=part))
            await self._writer.drain()
        if cut.reset:
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        raise _Ended

    def end(self) -> None:
        """End the connection; what was written before is still sent."""
        with suppress(OSError, RuntimeError):
            self._writer.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._writer.transport.abort()

    async def _refuse(self, status: int, phrase: str, text: str) -> None:
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            raw = _gateway(status, phrase, text)
            self._head(RawAnswer(raw.status, raw.phrase, (*raw.headers, (b"Connection", b"close")), raw.body))
            self._write(h11.Data(data=raw.body))
            self._write(h11.EndOfMessage())
            await self._writer.drain()

    def _head(self, raw: RawAnswer) -> None:
        self._write(h11.Response(status_code=raw.status, headers=list(raw.headers), reason=raw.phrase))

    def _write(self, event: Any) -> None:
        self._writer.write(self._http.send(event) or b"")
