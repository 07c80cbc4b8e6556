"""The only place from which a service is called: every request and answer is kept, as they went over the wire.

boto3 is used as it is. Its hooks show the answer before boto3 makes something of it: members that it does not know, and
bodies that are no JSON at all.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from hashlib import sha256
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ..judging.happenings import Failed, Got, Sent
from ..judging.verdict import Exchange
from .recorder import Recorder

SECRET = re.compile(rb"(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\"\\\s]+")
"""What gives away who signed a URL; jobs may be told to fetch one, and services show what jobs were told."""

LONGEST_BODY_BYTES = 16 * 2**20


class Wire:
    """
    Calls a service through one boto3 client, on behalf of scenarios.

    An answer is an ordinary dictionary of boto3's, a refusal its ClientError. Either way it is the thread's `last()`
    exchange.
    """

    def __init__(self, client: Any, recorder: Recorder) -> None:
        self._client, self._recorder = client, recorder
        self._numbers = itertools.count(1)
        self._here = threading.local()
        self._bodies: dict[bytes, int] = {}
        self._lock = threading.Lock()
        client.meta.events.register("response-received.batch", self._received)

    def call(self, scenario: str, operation: str, *, attempt: int = 1, **arguments: Any) -> dict[str, Any]:
        """
        One call, by the name of its boto3 method.

        Raises what boto3 raises: ClientError for every answer that is an error, BotoCoreError where none came, and other
        exceptions where it cannot read an answer.
        """
        sent = self._recorder.add(
            Sent(
                number=next(self._numbers),
                scenario=scenario,
                operation=operation,
                arguments=msgspec.Raw(redacted(_as_json(arguments))),
                attempt=attempt,
            )
        )
        self._here.body = None
        try:
            answer = getattr(self._client, operation)(**arguments)
        except ClientError as refusal:
            told = refusal.response
            code = str(told.get("Error", {}).get("Code", ""))
            self._keep(sent, self._got(sent, told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0), code))
            raise
        except Exception as trouble:
            self._keep(sent, Failed(number=sent.number, failure=type(trouble).__name__, why=str(trouble)))
            raise
        self._keep(sent, self._got(sent, answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)))
        return answer

    def last(self) -> Exchange:
        """The last exchange of the thread that asks."""
        return self._here.exchange

    def _keep(self, sent: Sent, answer: Got | Failed) -> None:
        kept = self._recorder.add(answer)
        if isinstance(kept, Got) and kept.same_as is not None and self._here.body is not None:
            kept = msgspec.structs.replace(kept, body=_raw(self._here.body), same_as=None)  # whole, for who looks now
        self._here.exchange = sent, kept

    def _got(self, sent: Sent, status: int, code: str = "") -> Got:
        body: bytes | None = self._here.body
        if body is None:
            return Got(number=sent.number, status=status, code=code)
        body = self._here.body = redacted(body[:LONGEST_BODY_BYTES])
        with self._lock:
            before = self._bodies.setdefault(sha256(body).digest(), sent.number)
        if before != sent.number and len(body) > 2:
            return Got(number=sent.number, status=status, code=code, same_as=before)
        return Got(number=sent.number, status=status, code=code, body=_raw(body))

    def _received(self, response_dict: dict[str, Any] | None, **_: Any) -> None:
        self._here.body = response_dict.get("body") if response_dict else None


def redacted(text: bytes) -> bytes:
    """
    The same without what would let a reader use somebody's signed URL.

    >>> redacted(b"https://b.s3.amazonaws.com/k?X-Amz-Expires=9&X-Amz-Signature=0a1b&x=y")
    b'https://b.s3.amazonaws.com/k?X-Amz-Expires=9&X-Amz-Signature=REDACTED&x=y'
    """
    return SECRET.sub(rb"\1REDACTED", text)


def _as_json(arguments: dict[str, Any]) -> bytes:
    return json.dumps(arguments, default=repr).encode()


def _raw(body: bytes) -> msgspec.Raw:
    """The body as JSON: as it is where it is some on one line, else as a string."""
    try:
        msgspec.json.decode(body)
        return msgspec.Raw(body if b"\n" not in body else msgspec.json.format(body, indent=-1))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return msgspec.Raw(msgspec.json.encode(body.decode("utf-8", "replace")))
