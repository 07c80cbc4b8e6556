"""Where a random history begins: each place where the kit can hold a job, and what is asked of it there.

Random steps alone hardly ever come to, say, a second attempt with a cancel accepted. What can be held on purpose is what
the powers of a target bring about: a job that waits for another, one in a queue without room, an attempt at the gate, one
between two attempts. Whether a history arrived there is seen when it is played, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from msgspec.structs import replace as with_

from ...model.event import Event
from ...model.status import PENDING, RUNNABLE, RUNNING, STARTING
from ..power import Power
from .step import Ask, Close, Release, Step, Submit, Until

HOLDER, DEPENDENCY, MAIN = "holder", "first", "a"
"""The names of the job that takes the room, of the one that is waited for, and of the one that is held."""

ATTEMPTS = 4
"""No history begins later than in the attempt before this one."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """
    Where a history begins.

    place     the status in which the job is held; none: it was just submitted
    attempt   the attempt that it is in, or that it waits for
    asked     the requests that are made of it there, in turn
    in_bulk   whether they are made in bulk, of the job that keeps it there and then of it
    """

    place: str = ""
    attempt: int = 1
    asked: tuple[str, ...] = ()
    in_bulk: bool = False

    def steps(self, main: Submit) -> tuple[Step, ...]:
        """The steps that lead there. `main` has as many attempts as it takes."""
        about = (self.other, MAIN) if self.in_bulk else (MAIN,)
        requests = tuple(Ask(request, about, bulk=self.in_bulk) for request in self.asked)
        main = with_(main, name=MAIN, attempts=max(main.attempts or 1, self.attempt) if self._tries else main.attempts)
        match self.place:
            case "PENDING":
                main = with_(main, needs=(DEPENDENCY,))
                way = (Submit(name=DEPENDENCY), main, Until(MAIN, PENDING))
            case "RUNNABLE" if self.attempt == 1:
                holder = Submit(name=HOLDER, narrow=True)
                main = with_(main, narrow=True)
                way = (holder, Until(HOLDER, RUNNING), main, Until(MAIN, RUNNABLE))
            case "RUNNABLE":
                *tried, last = self._tried(self.attempt - 1)
                main = with_(main, narrow=True)
                way = (main, *tried, last, Close(), Release(MAIN, 1), Until(MAIN, RUNNABLE, self.attempt))
            case "STARTING":
                way = (main, Until(MAIN, STARTING))
            case "RUNNING":
                way = (main, *self._tried(self.attempt))
            case _:
                way = (main,)
        return (*way, *requests)

    @property
    def other(self) -> str:
        """The job that keeps the main one where it is held; the main one itself where none does."""
        if self.place == PENDING:
            return DEPENDENCY
        return HOLDER if self.place == RUNNABLE and self.attempt == 1 else MAIN

    @property
    def _tries(self) -> bool:
        return self.attempt > 1

    @staticmethod
    def _tried(attempt: int) -> tuple[Step, ...]:
        """One failed attempt after another, until this one is held."""
        steps: list[Step] = []
        for number in range(1, attempt):
            steps += [Until(MAIN, RUNNING, number), Release(MAIN, 1)]
        return (*steps, Until(MAIN, RUNNING, attempt))


def beginnings(powers: frozenset[Power]) -> list[Beginning]:
    """
    All of them that a target with these powers can be brought to, those first that a person would rather read of.

    >>> [beginning.place for beginning in beginnings(frozenset()) if not beginning.asked]
    ['']
    >>> len(beginnings(frozenset(Power)))
    54
    """
    cancel, terminate = str(Event.CANCEL), str(Event.TERMINATE)
    asked = ((), (cancel,), (terminate,), (cancel, terminate), (terminate, cancel))
    found = [Beginning(place, attempt, requests) for requests, (place, attempt) in product(asked, _places(powers))]
    kept = [each for each in found if each.other != MAIN and len(each.asked) == 1]
    return found + [replace(each, in_bulk=True) for each in kept]


def _places(powers: frozenset[Power]) -> Iterable[tuple[str, int]]:
    gate = Power.GATE in powers
    yield "", 1
    if gate or Power.HOLDS_RUNNING in powers:
        yield "RUNNING", 1
    if Power.HOLDS_PENDING in powers or gate:
        yield "PENDING", 1
    if gate and Power.HOLDS_RUNNABLE in powers:
        yield "RUNNABLE", 1
    if Power.RUNS in powers:
        yield (
            "STARTING",
            1,
        )  # nothing holds a job there: where an example is made smaller, it is to come before this one
    if gate:
        for attempt in range(2, ATTEMPTS):
            yield "RUNNING", attempt
            if Power.HOLDS_RUNNABLE in powers:
                yield "RUNNABLE", attempt
        yield "RUNNING", ATTEMPTS
