"""The only place from which a service is called: every request and answer is kept, as they went over the wire.

boto3 is used as it is. One of its hooks shows the answer before boto3 makes something of it: members that it does not
know, and bodies that are no JSON at all.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ..judging.answers import Meaning, meaning
from ..judging.happenings import Failed, Got, Sent
from ..targets.controls import PATHS, Controls
from ..timing.clock import REAL, Clock
from .recorder import Recorder

SECRET = re.compile(rb"(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\"\\\s]+")
"""What gives away who signed a URL; jobs may be told to fetch one, and services show what jobs were told."""

LONGEST_BODY_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What came of one request on the wire.

    meaning   what it says of the request
    answer    what boto3 made of it; empty unless it is a success
    """

    meaning: Meaning
    answer: dict[str, Any]
    sent: Sent
    got: Got | Failed


class Wire:
    """
    Calls a service through one boto3 client, on behalf of scenarios.

    calls_per_s   no more than so many, where the service allows no more
    controls      asks for what AWS has no operation for, where the service has that; written down as calls of boto3 are
    reached       whether anything ever answered
    """

    def __init__(
        self,
        client: Any,
        recorder: Recorder,
        calls_per_s: float | None = None,
        clock: Clock = REAL,
        controls: Controls | None = None,
    ) -> None:
        self._client, self._recorder, self._clock, self._controls = client, recorder, clock, controls
        self._here = threading.local()
        self._bodies: dict[bytes, int] = {}
        self._lock = threading.Lock()
        self._gap_s = 1 / calls_per_s if calls_per_s else 0.0
        self._next_s = 0.0
        self.reached = False
        client.meta.events.register("before-parse.batch", self._received)

    def call(self, scenario: str, operation: str, *, attempt: int = 1, **arguments: Any) -> Reply:
        """One request, by the name of its boto3 method, with what came of it. It is never made twice."""
        self._wait_for_turn()
        sent = self._recorder.add(
            Sent(
                number=self._recorder.number(),
                scenario=scenario,
                operation=operation,
                arguments=msgspec.Raw(redacted(_as_json(arguments))),
                attempt=attempt,
            )
        )
        self._here.seen = None
        answer: dict[str, Any] = {}
        got: Got | Failed
        try:
            ask = partial(self._controlled, operation) if operation in PATHS else getattr(self._client, operation)
            answer = ask(**arguments)
            got = self._got(sent, answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        except ClientError as error:
            told = error.response
            status = told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            got = self._got(sent, status, code=str(told.get("Error", {}).get("Code", "")) or str(status))
        except Exception as trouble:  # boto3 raises what comes: its own, a parser's, a socket's
            if self._here.seen is None:
                got = Failed(number=sent.number, failure=type(trouble).__name__, why=str(trouble))
            else:
                got = self._got(sent, self._here.seen["status_code"], unreadable=repr(trouble))
        self.reached |= isinstance(got, Got)
        kept = self._recorder.add(got)
        if isinstance(kept, Got) and kept.same_as is not None and self._here.seen is not None:
            kept = msgspec.structs.replace(kept, body=_raw(self._here.seen["body"]), same_as=None)
        self._recorder.keep(sent, kept)
        says = meaning(kept, operation_answers=self._recorder.is_there(operation))
        if says.judged:
            self._recorder.answers(sent)
        return Reply(says, answer, sent, kept)

    def forget(self, reply: Reply) -> None:
        """This exchange shows nothing that is not known: it need not stay in memory."""
        self._recorder.forget(reply.sent)

    def _controlled(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """The answer to an operation that AWS does not have, as boto3 would give it."""
        assert self._controls is not None, "a rule that needs this power is not played where it is lacking"
        status, headers, body = self._controls(PATHS[operation], json.dumps(arguments).encode())
        self._here.seen = {"status_code": status, "body": body}
        meta = {"ResponseMetadata": {"HTTPStatusCode": status}}
        if status != HTTPStatus.OK:
            kind = headers.get("x-amzn-errortype") or str(status)
            raise ClientError({"Error": {"Code": kind}, **meta}, operation)  # type: ignore[arg-type]
        return {**json.loads(body), **meta}

    def _got(self, sent: Sent, status: int, *, code: str = "", unreadable: str = "") -> Got:
        got = Got(number=sent.number, status=status, code=code, unreadable=unreadable)
        seen = self._here.seen
        if seen is None:
            return got
        if cut := _cut(seen):
            got = msgspec.structs.replace(got, unreadable=cut)
        if not seen.get("body"):
            return got
        body = seen["body"] = redacted(seen["body"][:LONGEST_BODY_BYTES])
        with self._lock:
            before = self._bodies.setdefault(sha256(body).digest(), sent.number)
        if before != sent.number and len(body) > 2:
            return msgspec.structs.replace(got, same_as=before)
        return msgspec.structs.replace(got, body=_raw(body))

    def _received(self, response_dict: dict[str, Any], **_: Any) -> None:
        self._here.seen = dict(response_dict)

    def _wait_for_turn(self) -> None:
        if self._gap_s:
            with self._lock:
                now_s = self._clock.now_s()
                mine_s = max(now_s, self._next_s)
                self._next_s = mine_s + self._gap_s
            self._clock.sleep(max(0.0, mine_s - now_s))


def redacted(text: bytes) -> bytes:
    """
    The same without what would let a reader use somebody's signed URL.

    >>> redacted(b"https://b.s3.amazonaws.com/k?X-Amz-Expires=9&X-Amz-Signature=0a1b&x=y")
    b'https://b.s3.amazonaws.com/k?X-Amz-Expires=9&X-Amz-Signature=REDACTED&x=y'
    """
    return SECRET.sub(rb"\1REDACTED", text)


def _cut(seen: dict[str, Any]) -> str:
    """What is wrong with a body that is shorter than was announced: boto3 takes it for a whole one."""
    announced = seen.get("headers", {}).get("content-length", "")
    length = len(seen.get("body") or b"")
    if announced.isdigit() and int(announced) > length and "content-encoding" not in seen.get("headers", {}):
        return f"cut short after {length} of {announced} bytes"
    return ""


def _as_json(arguments: dict[str, Any]) -> bytes:
    return json.dumps(arguments, default=repr).encode()


def _raw(body: bytes) -> msgspec.Raw:
    """The body as JSON: as it is where it is some on one line, else as a string."""
    try:
        msgspec.json.decode(body)
        return msgspec.Raw(body if b"\n" not in body else msgspec.json.format(body, indent=-1))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return msgspec.Raw(msgspec.json.encode(body.decode("utf-8", "replace")))
