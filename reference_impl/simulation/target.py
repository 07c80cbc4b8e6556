"""The simulation as a target of the kit: no sockets, no processes, no waiting, and the same seed is the same run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from ...conformance.asked import Asked
from ...conformance.power import LOCAL
from ...conformance.targets.controls import inside
from ...conformance.targets.in_process import URL, client_of
from ...conformance.targets.target import SLOW_START_S, Target, Variants
from ...conformance.timing.virtual import VirtualClock
from ...model.bounds import within
from ...model.lifecycle import Move
from ...model.limits import GRACE_S
from ...model.machine import Lifecycle
from ...model.readings import parse, valuation
from ..located import NotThere, located
from ..settings import Settings
from .server import Server

DEADLINE_S, POLL_S, PATIENCE_S = 2.5, 0.05, 60.0


def variants(asked: Asked) -> Variants:
    """
    One variant. `asked.serve` may have `--reading NAME=VALUE`, and for tests `--table` and `--server` as `batchproof serve` does.

    Raises ValueError for anything else there.
    """
    return of(settings(asked), asked)


def of(served: Settings, asked: Asked) -> Variants:
    """The same with settings of one's own: of these a simulation keeps readings, grace_s, lifecycle and wrong."""
    return iter([partial(_simulated, served, asked)])


def settings(asked: Asked) -> Settings:
    """What is to be served, by what was asked for. Raises ValueError where that is no option of the simulation."""
    found = Settings(grace_s=GRACE_S if asked.grace_s is None else asked.grace_s)
    options, readings = list(asked.serve), []
    while options:
        name, _, value = options.pop(0).partition("=")
        value = value or (options.pop(0) if options else "")
        try:
            if name == "--reading":
                readings.append(value)
            elif name == "--table":
                found = replace(found, lifecycle=Lifecycle(_table(value)))
            elif name == "--server":
                found = replace(found, wrong=located(value))
            else:
                raise ValueError(f"--serve-option {name}: the simulation knows --reading, --table and --server")
        except NotThere as failure:
            raise ValueError(f"{name}: {failure}") from None
    return replace(found, readings=valuation(parse(readings)))


def _table(name: str) -> Iterable[Move]:
    table: Any = located(name)  # rows, or what makes them
    if isinstance(table, Iterable):
        return table
    return table()


@contextmanager
def _simulated(served: Settings, asked: Asked) -> Iterator[Target]:
    clock = VirtualClock(asked.seed)
    with _beside(served, asked, clock, Server(served, clock, f"{asked.seed}")) as target:
        yield replace(target, another=partial(_another, served, asked, clock))


def _another(served: Settings, asked: Asked, clock: VirtualClock) -> AbstractContextManager[Target]:
    """One in the same time, whose own time of day is put forward."""
    server = Server(served, clock, f"{asked.seed} of another", slow_start_s=SLOW_START_S)
    return _beside(served, asked, clock, server)


@contextmanager
def _beside(served: Settings, asked: Asked, clock: VirtualClock, server: Server) -> Iterator[Target]:
    target = Target(
        name="simulation",
        variant="",
        endpoint_url=URL,
        powers=LOCAL,
        bounds=within(asked.deadline_s or DEADLINE_S, grace_s=served.grace_s),
        patience_s=asked.patience_s or PATIENCE_S,
        poll_s=POLL_S,
        at_once=asked.at_once or 1,
        calls_per_s=asked.calls_per_s,
        shrinks=True,
        disposable=True,
        must_read=dict(served.readings),
        controls=inside(server),
        clock=clock,
        chance=Random(f"names {asked.seed}"),
        stirs=server.stirs,
        gate=server.gate,
        _client=client_of(server),
    )
    try:
        yield target
    finally:
        target.close()
        server.close()
