"""The demon as a target: a service in the kit's own process, in a time of its own, that makes every choice which is open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ConnectionClosedError

from ...model.bounds import within
from ...model.monitor.automaton import Reads
from ..adversary.composition import Adversary, mode_of
from ..adversary.exchange import Answer, Cut
from ..adversary.exchange import Request as Asking
from ..adversary.mode import json_answer
from ..adversary.shapes import operation_of
from ..asked import Asked
from ..demon.choices import Choices, Freely
from ..demon.demon import Demon, Refused, Report
from ..demon.operations import OPERATIONS, handle
from ..judging.assumptions import Assumptions
from ..power import CONTROLS, LOCAL, Power
from ..timing.virtual import VirtualClock
from .in_process import URL, Request, Response, client_of
from .target import Target, Variants

DEADLINE_S, GRACE_S, LAG_S = 2.5, 30.0, 2.0
POWERS = LOCAL - CONTROLS - {Power.MULTINODE}
"""It has none of the operations that AWS does not have, and runs no multi-node jobs."""

LATE = 1
"""A request may act so many times the deadline late, where that is declared."""

CALL_MS = 12
"""A call takes up to so long on its way there, and as long on its way back."""

FAULTS_ONE_IN = 60
"""Where hosts are lost, they are so seldom that most of what a rule speaks of comes about."""

UNPLEASANT = (
    "throttled=0.05",
    "errors-before=0.03",
    "errors-after=0.03",
    "cut-before=0.03",
    "cut-after=0.03",
    "item-errors",
    "reordered",
    "unknown-members",
    "short-pages",
)
"""Modes of the adversary before the last variant, all at once."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What one variant declares, and what stands before it."""

    name: str
    reads: Reads = Reads.FRESH
    late: bool = False
    lost: bool = False
    modes: tuple[str, ...] = ()


KINDS = (
    Kind("fresh"),
    Kind("lagging and late", Reads.LAGGING, late=True),
    Kind("unordered, hosts lost", Reads.UNORDERED, lost=True),
    Kind("unordered, late, hosts lost, unpleasant", Reads.UNORDERED, late=True, lost=True, modes=UNPLEASANT),
)


def variants(asked: Asked) -> Variants:
    """Four variants; or one, where the caller says what is declared, or names modes by `--serve-option`."""
    if not (asked.reads or asked.requests or asked.hosts or asked.serve):
        return iter([partial(_started, asked, kind) for kind in KINDS])
    kind = Kind(
        "as asked", Reads(asked.reads or "fresh"), asked.requests == "late", asked.hosts == "lost", tuple(asked.serve)
    )
    return iter([partial(_started, asked, kind)])


@contextmanager
def _started(asked: Asked, kind: Kind) -> Iterator[Target]:
    clock, chance = VirtualClock(asked.seed), Random(f"demon {asked.seed} {kind.name}")
    deadline_s = asked.deadline_s or DEADLINE_S
    bounds = within(
        deadline_s,
        grace_s=asked.grace_s if asked.grace_s is not None else GRACE_S,
        start=3,
        stop=3,
        call_s=LATE * deadline_s if kind.late else 0,
        lag_s=0 if kind.reads is Reads.FRESH else asked.lag_s if asked.lag_s is not None else LAG_S,
    )
    # One service gives one answer, in all its variants.
    required = tuple((asked.readings or {}).items())
    readings = Choices(Random(f"readings {asked.seed}")).readings(required)
    epoch_ms = round(clock.date().timestamp() * 1000)
    demon = Demon(Choices(chance), Freely(bounds, kind.reads, kind.lost, FAULTS_ONE_IN), readings, epoch_ms)
    service = _Service(demon, clock, Adversary([mode_of(mode) for mode in kind.modes], asked.seed))
    target = Target(
        name="demon",
        variant=kind.name,
        endpoint_url=URL,
        powers=POWERS if kind.reads is Reads.FRESH else POWERS - {Power.FRESH_READS},
        assumptions=Assumptions(
            fresh_reads=kind.reads is Reads.FRESH,
            monotone_reads=kind.reads is not Reads.UNORDERED,
            prompt_calls=not kind.late,
            no_faults=not kind.lost,
        ),
        bounds=bounds,
        patience_s=asked.patience_s or 20 * deadline_s,
        poll_s=0.2,
        at_once=asked.at_once or 24,
        calls_per_s=asked.calls_per_s,
        shrinks=False,
        disposable=True,
        must_read={},
        notes=(
            f"it answers {', '.join(f'{name}={value}' for name, value in demon.readings)}",
            *((f"before it: {', '.join(kind.modes)}",) if kind.modes else ()),
        ),
        clock=clock,
        chance=Random(f"names {asked.seed}"),
        gate=DemonGate(service),
    )
    target._client = client_of(service)
    try:
        yield target
    finally:
        target.close()


@dataclass(eq=False)
class _Service:
    """Answers a request by the demon, after a while, and lets the clock tell the demon what time it is."""

    demon: Demon
    clock: VirtualClock
    adversary: Adversary
    _next_ms: int | None = field(default=None)

    def __call__(self, request: Request) -> Response:
        chance = self.demon.chance
        self._wait(chance.randint(0, CALL_MS))
        operation = operation_of(request.method, urlsplit(request.url).path)
        if operation is None or operation not in OPERATIONS:
            return _response(json_answer(404, "UnknownOperationException", "There is no such operation here.", chance))
        asking = Asking(operation, {**json.loads(request.body or b"{}"), **_in_path(request.url)})
        passed = self.adversary.enter(asking, self.clock.now_s())
        if isinstance(passed, Answer | Cut):
            return self._delivered(passed)
        self.clock.sleep(passed.wait_s)
        answer = self._answered(passed.request)
        self._wait(chance.randint(0, CALL_MS))
        return self._delivered(self.adversary.leave(passed, answer, self.clock.now_s()))

    def _answered(self, asking: Asking) -> Answer:
        try:
            said = handle(self.demon, asking.operation, asking.asked, self.now_ms)
            return Answer(200, said, (("Content-Type", "application/json"),))
        except Refused as refused:
            return json_answer(400, "ClientException", str(refused), self.demon.chance)
        finally:
            self.look_ahead()

    def _delivered(self, answer: Answer | Cut) -> Response:
        if isinstance(answer, Answer):
            self.clock.sleep(answer.late_s)
            return _response(answer)
        raise ConnectionClosedError(endpoint_url=URL)

    def _wait(self, ms: int) -> None:
        if ms:
            self.clock.sleep(ms / 1000)

    @property
    def now_ms(self) -> int:
        return int(self.clock.now_s() * 1000)

    def look_ahead(self) -> None:
        """Have the clock come back when something happens next."""
        next_ms = self.demon.next_ms
        if next_ms is not None and (self._next_ms is None or next_ms < self._next_ms):
            self._next_ms = next_ms
            self.clock.at(next_ms / 1000, partial(self._happens, next_ms))

    def _happens(self, when_ms: int) -> None:
        if self._next_ms == when_ms:
            self._next_ms = None
        self.demon.advance(when_ms)
        self.look_ahead()


def _in_path(url: str) -> dict[str, str]:
    """The member of a request that stands in its path: the ARN, where it is about tags."""
    _, found, arn = urlsplit(url).path.partition("/v1/tags/")
    return {"resourceArn": unquote(arn)} if found else {}


def _response(answer: Answer) -> Response:
    body = json.dumps(answer.said).encode()
    return Response(answer.status, {**dict(answer.headers), "Content-Length": str(len(body))}, body)


@dataclass(eq=False)
class DemonGate:
    """The gate of the kit, at which the demon's processes report without a socket."""

    service: _Service
    path: str = "gate"

    def close(self) -> None:
        """There is nothing to let go of: its processes are none."""

    def listen(self, job_id: str, report: Report) -> None:
        """From now on reports about this job go to `report`."""
        self.service.demon.listen(job_id, report)

    def release(self, job_id: str, attempt: int, code: int) -> bool:
        """Tell this attempt to exit with `code`."""
        return self._now(lambda demon: demon.release(job_id, attempt, code))

    def waits(self, job_id: str, attempt: int) -> bool:
        """Whether this attempt waits at the gate now."""
        return self.service.demon.waits(job_id, attempt)

    def drop(self, job_id: str) -> None:
        """End whatever of this job waits here, now and later."""
        self._now(lambda demon: demon.drop(job_id))

    def _now(self, do: Any) -> Any:
        self.service.demon.advance(self.service.now_ms)
        found = do(self.service.demon)
        self.service.look_ahead()
        return found
