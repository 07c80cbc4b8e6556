"""A service in the kit's own process: an unmodified boto3 client whose requests go to a function, and never to a socket.

botocore emits `before-send` when a request is complete and signed; an answer that somebody gives there is taken for what
came over the wire, so everything before and after it is done as always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config

from .client import client

URL = "http://127.0.0.1"
"""Where such a service is said to be. Nothing listens there, and nothing is ever sent there."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it would go over the wire; `url` is whole, and names of headers are as their sender wrote them."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What would come back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


REGION = "us-east-1"
"""Whatever the region of whoever runs the kit: what is done here is the same everywhere."""

Answer = Callable[[Request], Response]
"""
Answers a request. It is called in the thread that calls boto3, and may wait there by the clock of its target. What it
raises is raised to whoever calls boto3, as a failure of a connection is: one of botocore's exceptions where it plays one.
"""


def client_of(answer: Answer, service: str = "batch") -> Any:
    """
    A boto3 client of Batch, or of another service of AWS's, whose requests `answer` answers.

    It signs nothing and says one thing of itself, which boto3 would work out anew for each call: nobody would look at either.
    """
    made = client(URL, REGION, service=service, more=Config(signature_version=UNSIGNED, user_agent="batchproof"))
    made.meta.events.register("before-send", _sending(answer))
    return made


def _sending(answer: Answer) -> Callable[..., AWSResponse]:
    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = {name: _text(value) for name, value in request.headers.items()}
        response = answer(Request(str(request.method), str(request.url), headers, _bytes(request.body)))
        return AWSResponse(request.url, response.status, HeadersDict(response.headers), _Raw(response.body))

    return send


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else bytes(body)


class _Raw:
    """A body, in the way in which botocore reads one."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body
