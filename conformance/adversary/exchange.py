"""What passes: a request to Batch, what becomes of it on its way, and its answer. Plain values.

Times are seconds of the run's clock, whichever that is: the proxy's begins with it, a simulation has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Members = Mapping[str, Any]
"""A JSON object, as it is on the wire."""


@dataclass(frozen=True, slots=True)
class Request:
    """
    One call of an operation of Batch.

    `number` counts the calls of this operation from 1; `at_s` is when this one arrived. `credential` tells who signed
    it, "" if nobody. `wire` is the request as it came, for whoever sends it on; no mode looks into it.
    """

    operation: str
    asked: Members
    credential: str = ""
    number: int = 0
    at_s: float = 0.0
    wire: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Forward:
    """A request goes on towards the service, `wait_s` later."""

    request: Request
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An answer on its way to the client.

    `said` is its JSON object; None where its body is none. `body` holds its bytes as they came, and is None once
    `said` has been changed. The rest says how it is delivered: `late_s` later, in so many `pieces` with `pause_s`
    between them, `chunked`, and with the connection's end after it (`closes`).
    """

    status: int
    said: Members | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    phrase: str = ""
    late_s: float = 0.0
    pieces: int = 1
    pause_s: float = 0.0
    chunked: bool = False
    closes: bool = False

    @property
    def ok(self) -> bool:
        """Whether the service did what was asked."""
        return self.status == 200 and self.said is not None

    def saying(self, **members: Any) -> Answer:
        """The same answer with other members at its top."""
        return self.with_said({**(self.said or {}), **members})

    def with_said(self, said: Members) -> Answer:
        """The same answer with another object in it."""
        return replace(self, said=said, body=None)


@dataclass(frozen=True, slots=True)
class Cut:
    """
    The connection ends: without an answer, or after this share (below 1) of an answer's body.

    `reset` says how: by a reset, as of a host that is gone, or by an ordinary end.
    """

    reset: bool
    answer: Answer | None = None
    share: float = 0.0
