"""The reference server put together in virtual time: its engine, its shell and its HTTP application, and no socket.

A request goes where uvicorn would have it go: through the same application, so that what reads, checks and refuses is the
same code. What it does not have is a store, for nothing outlives it, and the network, whose time is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from ...conformance.targets.in_process import Request, Response
from ...conformance.timing.virtual import VirtualClock
from ..clock import Clock
from ..deciding.engine import Engine
from ..deciding.records import Record
from ..events import Events
from ..http.access import Door
from ..http.asgi import Application
from ..keeping.store import Forgetful
from ..logs import LOG_HANDLERS
from ..operations import HANDLERS
from ..operations.controls import CONTROLS
from ..operations.jobs import detail
from ..settings import Parts, Settings
from ..shell import Shell
from .gate import SimulatedGate
from .host import SimulatedHost
from .loop import VirtualLoop

ON_THE_WAY_S = 0.003
"""So long at most takes a request to its server, and an answer back."""


class Server:
    """
    Answers requests, each in the thread of its caller.

    gate          where its processes report
    slow_start_s  so much longer than otherwise a job is STARTING
    """

    def __init__(self, settings: Settings, clock: VirtualClock, seed: str, *, slow_start_s: float = 0) -> None:
        self._clock, self._loop = clock, VirtualLoop(clock)
        self._way = Random(f"ways {seed}")
        ids = Random(f"ids {seed}")
        self.gate = SimulatedGate()
        self._store = _Stirring()
        epoch_ns = round(clock.date().timestamp() * 1e9)
        engine = Engine(settings.lifecycle, readings=settings.readings, grace_ms=round(settings.grace_s * 1000))
        host = SimulatedHost(clock, Random(f"processes {seed}"), self.gate, slow_start_s)
        parts = Parts(engine, host, {**HANDLERS, **LOG_HANDLERS})
        if settings.wrong is not None:
            parts = settings.wrong(parts)
        with self._loop.running():
            self._shell = Shell(
                parts.engine,
                parts.host,
                self._store,
                Clock(lambda: epoch_ns + int(clock.now_s() * 1e9)),
                lambda: str(UUID(int=ids.getrandbits(128), version=4)),
            )
        events = Events(lambda job: detail(job, self._shell.engine.ledger))
        self._application = Application(self._shell, parts.handlers, CONTROLS, events, Door())

    def __call__(self, request: Request) -> Response:
        self._travel()
        response = self._loop.run_until_complete(self._answered(request))
        self._travel()
        return response

    def stirs(self, told: Callable[[], None]) -> None:
        """Call this whenever anything of a job or a queue is written down anew: then reads may show something new."""
        self._store.told.append(told)

    def close(self) -> None:
        """End what still runs."""
        self._loop.run_until_complete(self._shell.host.close(0))
        self._shell.close()

    def _travel(self) -> None:
        self._clock.sleep(self._way.uniform(0, ON_THE_WAY_S))

    async def _answered(self, request: Request) -> Response:
        url = urlsplit(request.url)
        headers = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in request.headers.items()]
        scope = {
            "type": "http",
            "method": request.method,
            "path": unquote(url.path) or "/",
            "raw_path": url.path.encode("ascii"),
            "query_string": url.query.encode("ascii"),
            "headers": [*headers, (b"host", url.netloc.encode("ascii"))],
        }
        status, answered, body = 0, {}, b""

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            nonlocal status, answered, body
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = {name.decode("latin-1"): text.decode("latin-1") for name, text in message["headers"]}
            else:
                body += message["body"]

        await self._application(scope, receive, send)
        return Response(status, answered, body)


class _Stirring(Forgetful):
    """Keeps nothing, and says that there was something to keep."""

    def __init__(self) -> None:
        self.told: list[Callable[[], None]] = []

    def save(self, record: Record) -> None:
        for each in self.told:
            each()
