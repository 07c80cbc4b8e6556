"""What the rows share: how much is measured, the programs, and the services, which are started and filled once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from . import services
from .programs import Programs
from .services import Service


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `many` are the stored jobs where there are many, `s` is the length of one look at a rate."""

    runs: int
    jobs: int
    backlog: int
    many: int
    sleepers: int
    s: float


FULL = Size(runs=5, jobs=3000, backlog=3000, many=10_000, sleepers=9000, s=2.0)
QUICK = Size(runs=1, jobs=40, backlog=60, many=100, sleepers=20, s=0.1)


class Bench:
    """To be used within `with`: afterwards no process of it is left."""

    def __init__(self, size: Size, programs: Programs, folder: Path) -> None:
        self.size = size
        self.programs = programs
        self._folder = folder
        self._filled: dict[tuple[str, int], tuple[Service, list[str]]] = {}
        self._services = ExitStack()

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *failure: object) -> None:
        self._services.close()

    def say(self, text: str) -> None:
        """Progress, for whoever waits."""
        print(text, file=sys.stderr, flush=True)

    def data(self, name: str) -> Path:
        """A fresh folder on the disk."""
        folder = self._folder / name
        folder.mkdir()
        return folder

    def filled(self, name: str, count: int) -> tuple[Service, list[str]]:
        """`batchproof` or `moto` with so many ended jobs, and the ids of some of them."""
        if (name, count) not in self._filled:
            self.say(f"  starting {name}, storing {count} jobs")
            started = (
                services.moto(self.programs)
                if name == "moto"
                else services.batchproof(self.programs, self.data(f"filled-{count}"))
            )
            service = self._services.enter_context(started)
            self._filled[name, count] = service, service.fill(count)
        return self._filled[name, count]

    def paired(self, one: Callable[[], float], other: Callable[[], float]) -> tuple[list[float], list[float]]:
        """A warm-up of both, then one and the other in turn."""
        figures: tuple[list[float], list[float]] = [], []
        for run in range(-1, self.size.runs):
            pair = one(), other()
            self.say(f"  {'warm-up' if run < 0 else f'run {run + 1}'}: {pair[0]:,.5g} and {pair[1]:,.5g}")
            if run >= 0:
                figures[0].append(pair[0])
                figures[1].append(pair[1])
        return figures
