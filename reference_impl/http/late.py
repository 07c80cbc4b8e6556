"""Requests that are accepted at once, as always, and take effect later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..deciding.messages import Input
from ..shell import Shell
from .call import Call, Handler

NOBODY = 0
"""The number of a request whose caller has his answer; those of callers who wait count from 1."""


def late(handler: Handler, delay_s: Callable[[], float]) -> Handler:
    """
    The same handler, but what it asks of the engine in one call comes in `delay_s` later, all of it together.

    What is wrong with a request is found at once. What is put off is lost when the server ends.
    """

    async def do(call: Call, request: Any) -> Any:
        return await handler(replace(call, put_off=_PutOff(call.shell, delay_s())), request)

    return Handler(do, shows=handler.shows)


class _PutOff:
    def __init__(self, shell: Shell, delay_s: float) -> None:
        self._shell = shell
        self._delay_s = delay_s
        self._requests: list[Callable[[int], Input]] = []

    async def __call__(self, request: Callable[[int], Input]) -> None:
        if not self._requests:
            asyncio.get_running_loop().call_later(self._delay_s, self._carry_out)
        self._requests.append(request)

    def _carry_out(self) -> None:
        for request in self._requests:
            self._shell.receive(request(NOBODY))
