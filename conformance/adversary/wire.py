"""Messages of HTTP as they are on the wire, and what modes see of them.

A request or answer that no mode changes goes on with the bytes and headers with which it came.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any

from .exchange import Answer, Request
from .shapes import operation_of

Headers = tuple[tuple[bytes, bytes], ...]
FRAMING = {b"content-length", b"transfer-encoding"}
BODY_HEADERS = {*FRAMING, b"content-encoding", b"content-md5"}
"""What is no longer true of a body that was changed."""

SCOPE = re.compile(rb"Credential=([^/,\s]+)/\d+/([^/,\s]+)/([^/,\s]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as it came, its body whole."""

    method: bytes
    target: bytes
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as it came, its body whole."""

    status: int
    phrase: bytes
    headers: Headers
    body: bytes


def header(headers: Headers, name: bytes) -> bytes | None:
    """The value of a header; `name` is in lower case."""
    return next((value for each, value in headers if each.lower() == name), None)


def without(headers: Headers, names: Iterable[bytes]) -> Headers:
    """All headers but these; names are in lower case."""
    left_out = frozenset(names)
    return tuple((name, value) for name, value in headers if name.lower() not in left_out)


def scope_of(raw: RawRequest) -> tuple[str, str, str] | None:
    """Who signed a request, for which region, for which service; None if nobody did."""
    found = SCOPE.search(header(raw.headers, b"authorization") or b"")
    return (
        None if found is None else (found[1].decode("latin-1"), found[2].decode("latin-1"), found[3].decode("latin-1"))
    )


def request_of(raw: RawRequest) -> Request | None:
    """The call of Batch that a request is; None if it is none, and goes on untouched."""
    operation = operation_of(raw.method.decode("latin-1"), raw.target.partition(b"?")[0].decode("latin-1"))
    if operation is None:
        return None
    scope = scope_of(raw)
    return Request(operation, _object(raw.body) or {}, credential=scope[0] if scope else "", wire=raw)


def raw_request(request: Request) -> RawRequest:
    """The request to send: its bytes as they came, unless a mode asks for something else."""
    raw: RawRequest = request.wire
    if (_object(raw.body) or {}) == request.asked:
        return raw
    body = json.dumps(request.asked).encode()
    headers = (*without(raw.headers, BODY_HEADERS), (b"Content-Length", str(len(body)).encode()))
    return replace(raw, headers=headers, body=body)


def answer_of(raw: RawAnswer) -> Answer:
    """What modes see of an answer."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw.headers)
    encoding = (header(raw.headers, b"content-encoding") or b"identity").strip().lower()
    return Answer(raw.status, _object(raw.body, encoding), headers, body=raw.body, phrase=raw.phrase.decode("latin-1"))


def raw_answer(answer: Answer) -> RawAnswer:
    """The answer to send, with headers that fit its body."""
    headers: Headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers)
    body = answer.body
    if body is None:
        body = json.dumps(answer.said).encode()
        headers = without(headers, BODY_HEADERS)
    if header(headers, b"date") is None:
        headers = (*headers, (b"Date", formatdate(usegmt=True).encode()))
    if answer.chunked:
        headers = (*without(headers, FRAMING), (b"Transfer-Encoding", b"chunked"))
    elif not FRAMING & {name.lower() for name, _ in headers}:
        headers = (*headers, (b"Content-Length", str(len(body)).encode()))
    if answer.closes:
        headers = (*without(headers, (b"connection", b"keep-alive")), (b"Connection", b"close"))
    return RawAnswer(answer.status, answer.phrase.encode("latin-1"), headers, body)


def _object(body: bytes, encoding: bytes = b"identity") -> dict[str, Any] | None:
    """The JSON object that a body is, if it is one."""
    try:
        if encoding == b"gzip":
            body = gzip.decompress(body)
        elif encoding != b"identity":
            return None
        found = json.loads(body)
    except (ValueError, OSError, EOFError, zlib.error, RecursionError):
        return None
    return found if isinstance(found, dict) else None
