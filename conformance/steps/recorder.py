"""Writes a run down as it happens: in memory, where its jobs are judged from, and in a file that can be judged later."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from msgspec.structs import replace

from ...model.bounds import Bounds
from ..judging.happenings import Acted, Failed, Got, Happening, Left, OfJob, Sent, Submitted, Tried, drawn
from ..judging.history import FORMAT, Header, Line, Variant, encoded, kit_version, model_digest
from ..judging.seen import Cut, Exchange, Seen, assembled, shown_by
from ..timing.clock import REAL, Clock

H = TypeVar("H", bound=Happening)


class Recorder:
    """
    Everything that happened in a run, in order. Safe to use from several threads.

    With `path` each line is in the file when it is recorded. `at_ms` of what is recorded is set here. In memory stays what
    verdicts are made of: what happened to jobs, and the exchanges that somebody keeps. `trouble` says why the file ended
    before the run did.
    """

    def __init__(self, header: Header, path: Path | None = None) -> None:
        self.header = header
        self._lock = RLock()
        self._clock: Clock = REAL
        self._began_s = self._clock.now_s()
        self._jobs: dict[str, list[OfJob]] = {}
        self._cast: dict[str, list[str]] = {}
        self._exchanges: dict[int, Exchange] = {}
        self._calls: dict[str, list[int]] = {}
        self._left: dict[str, Left] = {}
        self._tried: dict[str, Tried] = {}
        self._cut: dict[str, Cut] = {}
        self._answering: dict[str, int] = {}
        self._sent = 0
        self._numbers = itertools.count(1)
        self.trouble = ""
        self._file = path.open("wb", buffering=0) if path else None
        self._is_headed = False

    def variant(self, variant: Variant, clock: Clock = REAL) -> None:
        """From here on things happen at this variant of the target, in the time of this clock."""
        with self._lock:
            if clock is not self._clock:
                self._clock, self._began_s = clock, clock.now_s()
            self._write(variant)
            self._answering.clear()
            self._tried.clear()

    def now_ms(self) -> int:
        """Milliseconds since the run began."""
        return round((self._clock.now_s() - self._began_s) * 1000)

    def add(self, happening: H) -> H:
        """Write one thing down, with its time."""
        with self._lock:
            stamped = replace(happening, at_ms=self.now_ms())
            match stamped:
                case Sent():
                    self._sent += 1
                case Tried():
                    self._tried[stamped.scenario] = stamped
                case Left(scenario=scenario):
                    self._left[scenario] = stamped
                    mine = {label: len(self._jobs[label]) for label in self._cast.get(scenario, ())}
                    self._cut[scenario] = Cut(frozenset(self._calls.get(scenario, ())), mine)
                case Got() | Failed() | Acted():
                    pass
                case _:
                    self._jobs.setdefault(stamped.job, []).append(stamped)
                    if isinstance(stamped, Submitted):
                        self._cast.setdefault(stamped.scenario, []).append(stamped.job)
            self._write(stamped)
            return stamped

    def number(self) -> int:
        """The number of the next request: each has its own, whichever client makes it."""
        return next(self._numbers)

    def keep(self, sent: Sent, answer: Got | Failed) -> None:
        """Let an exchange stay in memory."""
        with self._lock:
            self._exchanges[sent.number] = sent, answer
            self._calls.setdefault(sent.scenario, []).append(sent.number)

    def forget(self, sent: Sent) -> None:
        """Let it go again; the file has it."""
        with self._lock:
            self._exchanges.pop(sent.number, None)
            if sent.number in (known := self._calls.get(sent.scenario, [])):
                known.remove(sent.number)

    def answers(self, sent: Sent) -> None:
        """An operation was answered with success: it is not absent."""
        with self._lock:
            known = self._answering.get(sent.operation, sent.number)
            self._answering[sent.operation] = min(known, sent.number)

    def is_there(self, operation: str) -> bool:
        """Whether the operation was answered with success before."""
        return operation in self._answering

    def of(self, job: str) -> list[OfJob]:
        """What happened to one job so far."""
        with self._lock:
            return list(self._jobs.get(job, ()))

    def seen(self, scenario: str, bounds: Bounds) -> Seen:
        """A scenario as it was recorded so far."""
        with self._lock:
            lives = {label: list(self._jobs[label]) for label in self._cast.get(scenario, ())}
            wanted = shown_by(lives) | {*self._calls.get(scenario, ())}
            exchanges = {number: self._exchanges[number] for number in wanted if number in self._exchanges}
            left, cut, answering = self._left.get(scenario), self._cut.get(scenario), dict(self._answering)
            steps = drawn(self._tried.get(scenario))
        return assembled(
            scenario, lives, exchanges, left=left, cut=cut, bounds=bounds, answering=answering, steps=steps
        )

    def scenarios(self, bounds: Bounds) -> list[tuple[str, Seen]]:
        """Every scenario that was played at this variant, with the rule that it was played for."""
        with self._lock:
            tried = list(self._tried.values())
        return [(each.rule, self.seen(each.scenario, bounds)) for each in tried]

    def in_order(self, seen: Iterable[Seen]) -> list[Seen]:
        """Scenarios in the order in which they were begun, as the file has them; those that never were are left out."""
        with self._lock:
            begun = {scenario: number for number, scenario in enumerate(self._tried)}
        return sorted((each for each in seen if each.scenario in begun), key=lambda each: begun[each.scenario])

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        return self._sent

    def close(self) -> None:
        """Close the file, if there is one."""
        with self._lock:
            if self._file:
                self._head()
                self._file.close()
                self._file = None

    def _head(self) -> None:
        if not self._is_headed:  # only now it is known in which time the run began
            self._is_headed = True
            self._write(replace(self.header, began_at=self._clock.date().isoformat(timespec="seconds")))

    def _write(self, line: Line) -> None:
        self._head()
        if self._file:
            try:
                self._file.write(encoded(line) + b"\n")
            except OSError as reason:  # a full disk ends the file, and not the run
                self.trouble = f"{self._file.name} could not be written any more: {reason.strerror}"
                self._file = None


def header(target: str, *, seed: int = 0, asked: dict[str, Any] | None = None) -> Header:
    """The first line of a history; the recorder says when it began."""
    return Header(
        format=FORMAT,
        kit=kit_version(),
        model=model_digest(),
        target=target,
        began_at="",
        seed=seed,
        asked=asked or {},
    )
