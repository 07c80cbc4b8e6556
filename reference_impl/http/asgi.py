"""HTTP: whether a request may be read at all, who does it, and what an answer looks like.

A bare ASGI callable. Every answer carries x-amzn-RequestId; whatever is refused says why in `message`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ...model.limits import Violation
from ..events import Events
from ..shell import NotKept, Shell
from . import access, front_page, routes, wire
from .access import Door
from .call import Call, Control, Handler
from .errors import (
    BodyTooLarge,
    ClientException,
    InvalidParameter,
    NotServed,
    Refusal,
    ServerException,
    TooSlow,
    WrongContentType,
)
from .patience import BODY_S

EVENTS_PATH = "/batchproof/events"
"""Where events are streamed."""

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
"""A body may have as many bytes; SubmitJob allows far fewer (ERR-07)."""

DRAINED_BYTES = 16 * MAX_BODY_BYTES
"""Of a body that is too large so much is read and thrown away, so that its sender is listening when the answer comes."""

DRAIN_S = 1.0
"""And so long is waited for each next piece of it: one that announced more than it sends is answered all the same."""

JSON_TYPES = (b"", b"application/json", b"application/x-amz-json-1.1", b"application/x-amz-json-1.0")

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Application:
    """
    Serves `handlers`, by the names of their operations, and `controls`; both change things through `shell`.

    `door` says who may call, and `events` are streamed to whoever listens.
    """

    def __init__(
        self,
        shell: Shell,
        handlers: Mapping[str, Handler],
        controls: Mapping[str, Control],
        events: Events,
        door: Door,
    ) -> None:
        self.door = door
        self.shell: Shell
        self.handlers: Mapping[str, Handler]
        self._controls = controls
        self._control_paths = {control.path: name for name, control in controls.items()}
        self.events = events
        self.go_on(shell, handlers)

    def go_on(self, shell: Shell, handlers: Mapping[str, Handler]) -> None:
        """Requests that come from now on are for these."""
        self.shell = shell
        self.handlers = {**handlers, **{name: control.handler for name, control in self._controls.items()}}

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == EVENTS_PATH and scope["method"] == "GET":
            await self._stream(self.events, scope, receive, send)
        elif scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            await self._greet(scope, send)
        else:
            await self._reply(scope, receive, send)

    async def _reply(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        request_id = self.shell.new_id()
        headers = dict(scope["headers"])
        service = wire.LOGS if b"x-amz-target" in headers else wire.BATCH
        kind = b"application/x-amz-json-1.1" if service == wire.LOGS else b"application/json"
        more: list[tuple[bytes, bytes]] = []
        try:
            status, body = 200, await self._answer(service, scope, headers, receive)
        except Exception as failure:
            refusal = self._refusal(failure, request_id, scope)
            name = refusal.kind
            if service == wire.LOGS and name == ClientException.kind:
                name = InvalidParameter.kind  # the same error under the other service's name
            told = {"message": refusal.message}
            status, body = refusal.status, wire.encoded(told if service == wire.BATCH else {"__type": name, **told})
            more = [(b"x-amzn-errortype", name.encode()), *refusal.headers]
        more = [
            (b"content-type", kind),
            *more,
            (b"x-amzn-requestid", request_id.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": more})
        await send({"type": "http.response.body", "body": body})

    async def _greet(self, scope: Mapping[str, Any], send: Send) -> None:
        """Tell a person where everything is. Nothing of it is secret, so nobody has to sign."""
        headers = dict(scope["headers"])
        as_html = b"text/html" in headers.get(b"accept", b"")
        kind, more = b"text/html" if as_html else b"text/plain", front_page.HEADERS
        try:
            self.door.check_reader(headers)
            status, url = 200, f"http://{headers.get(b'host', b'').decode('latin-1')}"
            body = front_page.page(url, EVENTS_PATH, self._controls, signed=self.door.signed, as_html=as_html)
        except Refusal as refused:
            status, body = refused.status, f"{refused.message}\n".encode()
            kind = b"text/plain"
        length = (b"content-length", str(len(body)).encode())
        told = [(b"content-type", kind + b"; charset=utf-8"), length, *more]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _stream(self, events: Events, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Send events until the listener goes, or the server does."""
        headers = dict(scope["headers"])
        try:
            self.door.check(scope, wire.BATCH, b"")
        except Refusal as refused:
            body = wire.encoded({"message": refused.message})
            told = [(b"x-amzn-errortype", refused.kind.encode()), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": refused.status, "headers": told})
            await send({"type": "http.response.body", "body": body})
            return
        kind = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        last = headers.get(b"last-event-id", b"")

        async def telling() -> None:
            await send({"type": "http.response.start", "status": 200, "headers": kind})
            async for chunk in events.stream(int(last[:18]) if last.isdigit() else None):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        async def hanging_up() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        tasks = {asyncio.create_task(telling()), asyncio.create_task(hanging_up())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(
        self, service: str, scope: Mapping[str, Any], headers: Mapping[bytes, bytes], receive: Receive
    ) -> bytes:
        try:
            async with asyncio.timeout(BODY_S):
                body = await _body(receive, headers)
        except TimeoutError:
            raise TooSlow(f"the body did not come within {BODY_S:g} s", headers=((b"connection", b"close"),)) from None
        # The body is read first of all, so that a refusal finds its caller listening
        self.door.check(scope, service, body)
        route = routes.of(scope, headers.get(b"x-amz-target"), self._control_paths)
        handler = self.handlers.get(route.handler)
        if handler is None:
            raise NotServed(f"{route.operation} is an operation of {route.of} that this server does not do yet")
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind not in JSON_TYPES:
            shown = kind.decode("latin-1")[:100]
            raise WrongContentType(f"content-type is {shown!r}: application/json is needed")
        control = self._controls.get(route.handler)
        if control is not None:
            request = wire.decoded_as(control.request, body)
        else:
            request = wire.decoded(route.operation, body, service)
        for member, value in route.members.items():
            setattr(request, member, value)
        call = Call(self.shell, access.region(headers), len(body))
        reply = wire.encoded(await handler.do(call, request))
        if handler.shows:
            await call.shell.settled()
        return reply

    def _refusal(self, failure: Exception, request_id: str, scope: Mapping[str, Any]) -> Refusal:
        if isinstance(failure, Refusal):
            return failure
        if isinstance(failure, Violation):
            return ClientException(str(failure))
        if isinstance(failure, NotKept):
            return ServerException(str(failure))
        log.error("%s %s failed, request id %s", scope["method"], scope["path"], request_id, exc_info=failure)
        return ServerException(f"this server has a fault; its log tells more under request id {request_id}")


async def _body(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    announced = headers.get(b"content-length", b"0")
    too_large = BodyTooLarge(f"the body is too large: at most {MAX_BODY_BYTES} bytes are read")
    if announced.isdigit() and int(announced) > DRAINED_BYTES:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    while True:
        if size <= MAX_BODY_BYTES:
            message = await receive()
        else:
            try:
                message = await asyncio.wait_for(receive(), DRAIN_S)
            except TimeoutError:
                raise too_large from None
        if message["type"] == "http.disconnect":
            raise ClientException("the caller hung up before the body was complete")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            chunks.append(chunk)
        elif size > DRAINED_BYTES:
            raise too_large
        if not message.get("more_body"):
            break
    if size > MAX_BODY_BYTES:
        raise too_large
    return b"".join(chunks)
