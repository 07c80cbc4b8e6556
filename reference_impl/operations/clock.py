"""AdvanceClock: an operation of ours, so that nobody has to wait for timeouts and time limits (docs/controls.md)."""

from __future__ import annotations

from typing import Any

from ...model.limits import Limit
from ..http import wire
from ..http.call import Call
from ..http.errors import ClientException

SECONDS = Limit(1, 366 * 86_400, None, ())


async def advance_clock(call: Call, request: Any) -> Any:
    """The server's time of day goes forward; whatever falls due by that happens now."""
    wire.required(request, "seconds")
    SECONDS.check(request.seconds, "seconds")
    if call.shell.store.keeps:
        raise ClientException(
            "the clock of a server with --data cannot be put forward: what it keeps would be ahead of the next server's time"
        )
    call.shell.advance(request.seconds)
    return wire.reply_type("AdvanceClock")(now=call.shell.now_ms())
