"""How long the server waits for slow clients, and how many at once it bears."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_S = 15.0
"""From the opening of a connection, or the first byte of a request, to the end of its headers."""

BODY_S = 30.0
"""From the end of the headers to the end of the body."""

CONNECTIONS = 4096
"""More connections or requests at once are answered 503."""


class Patient(HttpToolsProtocol):
    """uvicorn's protocol, which waits for ever for the headers of a request, with an end to that."""

    _impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._impatience is None:
            self._wait()

    def on_headers_complete(self) -> None:
        self._wait_no_more()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._impatience = self.loop.call_later(HEADERS_S, self._hang_up)

    def _wait_no_more(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None

    def _hang_up(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()
