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
    """
    How much is measured. `many` are the stored jobs where there are many, `ended` where there are very many, `s` is the length
    of one look at a rate.
    """

    runs: int
    jobs: int
    backlog: int
    many: int
    ended: int
    sleepers: int
    s: float
    looks: int
    """A look at reads takes a part of `s` only: more and shorter pairs, since what else the machine does changes fast."""


FULL = Size(runs=5, jobs=3000, backlog=3000, many=10_000, ended=1_000_000, sleepers=9000, s=2.0, looks=4)
QUICK = Size(runs=1, jobs=40, backlog=60, many=100, ended=300, sleepers=20, s=0.1, looks=1)


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

    def paired(
        self, one: Callable[[], float], other: Callable[[], float], times: int = 1
    ) -> tuple[list[float], list[float]]:
        """A warm-up of both, then one and the other in turn, `times` pairs for each run; each is first in every second."""
        figures: tuple[list[float], list[float]] = [], []
        for pair in range(-1, self.size.runs * times):
            if pair % 2:
                theirs, ours = other(), one()
            else:
                ours, theirs = one(), other()
            self.say(f"  {'warm-up' if pair < 0 else f'pair {pair + 1}'}: {ours:,.5g} and {theirs:,.5g}")
            if pair >= 0:
                figures[0].append(ours)
                figures[1].append(theirs)
        return figures
