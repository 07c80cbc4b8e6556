"""HTTP: which operation a request means, whether it may be read at all, and what an answer looks like.

A bare ASGI callable. Every answer carries x-amzn-RequestId; whatever is refused says why in `message`.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from ..model.limits import Violation
from . import arns, wire
from .errors import (
    AccessDenied,
    BodyTooLarge,
    ClientException,
    NotServed,
    Refusal,
    ServerException,
    UnknownPath,
    WrongContentType,
    WrongMethod,
)
from .operations import Call, Handler
from .shell import Shell

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
"""A body may have as many bytes; SubmitJob allows far fewer (ERR-07)."""

DRAINED_BYTES = 16 * MAX_BODY_BYTES
"""Of a body that is too large so much is read and thrown away, so that its sender is listening when the answer comes."""

JSON_TYPES = (b"", b"application/json", b"application/x-amz-json-1.1", b"application/x-amz-json-1.0")

READS = ("Describe", "Get", "List")
"""How the names of operations begin that only read."""

_SCOPE = re.compile(rb"Credential=[^/,\s]+/\d+/([a-z0-9-]{1,32})/batch/aws4_request")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:]+\]|[^:\[\]]*)(?::\d+)?")

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Application:
    """
    Serves `handlers`, which change things through `shell`.

    Only requests that name a loopback host are answered: a page in a browser, which can be made to call any name that
    resolves to this machine, must not reach a server that runs commands.
    """

    def __init__(self, shell: Shell, handlers: Mapping[str, Handler]) -> None:
        self.shell = shell
        self.handlers = handlers
        self._routes: dict[str, dict[str, str]] = {}
        for operation, (method, path) in wire.operations().items():
            self._routes.setdefault(path.partition("{")[0], {})[method] = operation

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request_id = str(uuid4())
        headers: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json")]
        try:
            status, body = 200, await self._answer(scope, receive)
        except Exception as failure:
            refusal = self._refusal(failure, request_id, scope)
            status, body = refusal.status, wire.encoded({"message": refusal.message})
            headers += [(b"x-amzn-errortype", refusal.kind.encode()), *refusal.headers]
        headers += [(b"x-amzn-requestid", request_id.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> bytes:
        headers = dict(scope["headers"])
        body = await _body(receive, headers)  # first of all, so that a refusal finds its caller listening
        _check_caller(headers)
        operation = self._operation(scope["path"], scope["method"])
        handler = self.handlers.get(operation)
        if handler is None:
            raise NotServed(f"{operation} is an operation of AWS Batch that this server does not do yet")
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind not in JSON_TYPES:
            shown = kind.decode("latin-1")[:100]
            raise WrongContentType(f"content-type is {shown!r}: application/json is needed")
        request = wire.decoded(operation, body)
        reply = wire.encoded(await handler(Call(self.shell, _region(headers), len(body)), request))
        if operation.startswith(READS):
            await self.shell.settled()  # what is shown must outlive a crash
        return reply

    def _operation(self, path: str, method: str) -> str:
        methods = self._routes.get(path)
        if methods is None:  # the paths of tags end with an ARN
            cut = path.find("/", len("/v1/")) + 1
            methods = self._routes.get(path[:cut]) if cut and cut < len(path) else None
        if methods is None:
            raise UnknownPath(f"no operation of AWS Batch has the path {path[:200]}")
        if method not in methods:
            allowed = ", ".join(sorted(methods))
            raise WrongMethod(
                f"the method is {method}: {path[:200]} takes {allowed}", headers=((b"allow", allowed.encode()),)
            )
        return methods[method]

    def _refusal(self, failure: Exception, request_id: str, scope: Mapping[str, Any]) -> Refusal:
        if isinstance(failure, Refusal):
            return failure
        if isinstance(failure, Violation):
            return ClientException(str(failure))
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
        message = await receive()
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


def _check_caller(headers: Mapping[bytes, bytes]) -> None:
    host = headers.get(b"host", b"").decode("latin-1")
    if not is_loopback(host):
        raise AccessDenied(f"Host is {host[:200]!r}: only localhost and loopback addresses are served")
    origin = headers.get(b"origin")
    if origin is not None:
        # Only browsers send it, and no page has any business here: a form can post to 127.0.0.1 by its number.
        raise AccessDenied(f"Origin is {origin.decode('latin-1')[:200]!r}: browsers are not served")


def is_loopback(host: str) -> bool:
    """
    Whether a Host header, with or without a port, means this machine and nothing else.

    >>> [is_loopback(host) for host in ("127.0.0.1:4590", "localhost", "[::1]:4590", "evil.example", "10.0.0.1", "")]
    [True, True, True, False, False, False]
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].strip("[]")
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _region(headers: Mapping[bytes, bytes]) -> str:
    """The region of the signature's scope; regions are separate worlds."""
    found = _SCOPE.search(headers.get(b"authorization", b""))
    return found[1].decode() if found else arns.DEFAULT_REGION
