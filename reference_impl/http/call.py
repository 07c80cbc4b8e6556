"""What handlers are: what they are given beside the request itself, and whether their answers wait for the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..deciding.engine import Engine
from ..deciding.ledger import Ledger
from ..deciding.messages import Input
from ..deciding.records import Job
from ..shell import Shell

Ask = Callable[[Callable[[int], Input]], Awaitable[None]]
"""Hands a request to the engine, given the number under which it is to be acknowledged."""


@dataclass(frozen=True, slots=True)
class Call:
    """
    One request on its way through a handler.

    `region` is the caller's world, `body_bytes` the length of the payload, `shell` takes inputs in; `put_off` has
    whatever is asked take effect later, where it is there (`late.py`).
    """

    shell: Shell
    region: str
    body_bytes: int
    put_off: Ask | None = None

    async def ask(self, request: Callable[[int], Input]) -> None:
        """Hand a request to the engine, and return when it is acknowledged."""
        await (self.put_off or self.shell.ask)(request)

    @property
    def engine(self) -> Engine:
        return self.shell.engine

    @property
    def ledger(self) -> Ledger:
        """What handlers read. They change nothing in it: changes are events."""
        return self.shell.engine.ledger


AT_ONCE = 500
"""So many jobs of the archive are read in one go; others are served before the next ones."""


async def each_job(call: Call) -> AsyncIterator[list[Job]]:
    """All jobs, some at a time and in no order that could be relied on; others are served meanwhile."""
    ledger = call.ledger
    at_hand = set(ledger.jobs)
    yield list(ledger.oldest_first())
    place, behind = -1, 0
    while behind != place:
        place = behind
        jobs, behind = ledger.archive.after(place, AT_ONCE)
        yield [job for job in jobs if job.id not in at_hand]
        await asyncio.sleep(0)


Do = Callable[[Call, Any], Awaitable[Any]]
"""A call and the decoded request go in, the answer comes out as a struct of `wire`."""


@dataclass(frozen=True, slots=True)
class Handler:
    """
    Does an operation. `shows`: its answer shows what is in the ledger, which is ahead of the store, so the answer waits until
    all of that outlives a crash. One that asks for something is told by the engine when it is kept.
    """

    do: Do
    shows: bool

    async def __call__(self, call: Call, request: Any) -> Any:
        return await self.do(call, request)


def shows(do: Do) -> Handler:
    """The handler of an operation that only reads."""
    return Handler(do, shows=True)


def asks(do: Do) -> Handler:
    """The handler of an operation that asks for something."""
    return Handler(do, shows=False)


class Control(NamedTuple):
    """An operation of ours that AWS does not have: POST to `path`, with a body of the type `request`."""

    path: str
    request: Any
    handler: Handler
