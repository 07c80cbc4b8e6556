"""One job of a scenario, as the kit knows it: what was asked, what was seen, and what its monitor makes of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import structs

from ...model.attempts import AttemptEnd, Ended, RetryStrategy, event
from ...model.monitor import Monitor
from ...model.status import Status
from ..judging.assumptions import Assumptions
from ..judging.follower import Follower
from ..judging.happenings import Began, Exiting, Gone, Knows, OfJob, Saw, Signalled
from ..judging.outcome import Broken, Interrupted
from .payload import Payload
from .recorder import Recorder

Detail = Mapping[str, Any]
"""A JobDetail as boto3 gives it."""


def exit_event(strategy: RetryStrategy, code: int) -> str:
    """The event of the table that an exit with `code` is under a strategy. Statuses reasons are those of Batch."""
    return event(strategy, AttemptEnd(Ended.EXITED, code, status_reason="Essential container in task exited"))


@dataclass(slots=True)
class Sign:
    """What an attempt reported at the gate."""

    attempt: int
    what: str


@dataclass(eq=False)
class Job:
    """
    A submitted job.

    label      its name in the history: scenario and number
    ends_in    how it may end as far as the kit has let it: `dependencies_met` or `dependency_failed` for its dependents
    signs      what its attempts reported at the gate, in order
    vouches    it is a canary: it shows that the service makes progress, and is no part of the story
    trouble    a status that is none of the seven (ST-01)
    """

    label: str
    id: str
    strategy: RetryStrategy
    payload: Payload
    recorder: Recorder
    assumptions: Assumptions
    readings: Mapping[str, str]
    interrupted: threading.Event = field(default_factory=threading.Event)
    depends_on: tuple[Job, ...] = ()
    ends_in: frozenset[str] = frozenset()
    detail: Detail | None = None
    signs: list[Sign] = field(default_factory=list)
    dependents: list[Job] = field(default_factory=list)
    blocks: list[Job] = field(default_factory=list)
    trouble: Broken | None = None
    vouches: bool = False
    stop_asked: bool = False
    _follower: Follower = field(init=False)
    _last: OfJob | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._follower = Follower(self.assumptions, self.readings)

    @property
    def monitor(self) -> Monitor:
        assert self._follower.monitor is not None, "the job was submitted"
        return self._follower.monitor

    @property
    def status(self) -> Status | None:
        """The status last seen; None before it was seen at all."""
        return Status(self.detail["status"]) if self.detail else None

    @property
    def ended(self) -> bool:
        """Whether a terminal status was seen."""
        return self.status is not None and self.status.terminal

    def record(self, happening: OfJob) -> None:
        """Write down what happened to this job and feed it to the monitor, in one step."""
        with self._changed:
            stamped = self.recorder.add(happening)
            self._follower.feed(stamped)
            self._last = stamped
            self._changed.notify_all()

    def knows(self, **changes: Any) -> None:
        """The observer's knowledge changes (fields of `Knowledge`): before the world does, never after."""
        with self._changed:
            self.record(Knows(job=self.label, knowledge=replace(self.monitor.knowledge, **changes)))

    def mark(self) -> int:
        """Taken when a read begins: the number of happenings so far."""
        with self._changed:
            return self._follower.mark()

    def shown(
        self, detail: Detail, *, since: int | None = None, settled: bool = False, call: int | None = None
    ) -> None:
        """A read showed this of the job."""
        status = detail.get("status")
        saw = Saw(
            job=self.label,
            status=str(status),
            is_cancelled=detail.get("isCancelled"),
            is_terminated=detail.get("isTerminated"),
            attempts=len(detail.get("attempts") or ()),
            settled=settled,
            since=since,
            call=call,
        )
        with self._changed:
            if settled or not self._told(saw):  # an unchanged answer after nothing happened says nothing new
                self.record(saw)
            if status in Status.__members__:
                self.detail = detail
            else:
                self.trouble = Broken("one of the seven statuses", f"status {status!r}")
            self._changed.notify_all()

    def _told(self, saw: Saw) -> bool:
        last = self._last
        same = structs.replace(saw, at_ms=0, settled=False, since=None, call=None)
        return isinstance(last, Saw) and structs.replace(last, at_ms=0, settled=False, since=None, call=None) == same

    def reported(self, _job_id: str, attempt: int, what: str) -> None:
        """An attempt reported at the gate."""
        with self._changed:
            self.signs.append(Sign(attempt, what))
            number = self._number(attempt)
            if what == "began":
                self.record(Began(job=self.label, attempt=number, told=attempt))
            elif what == "sigterm":
                self.record(Signalled(job=self.label, attempt=number, ends=self.payload.ends_on_sigterm))
            elif what == "gone":
                self.record(Gone(job=self.label, attempt=number))
            elif what.startswith("exiting "):
                code = int(what.split()[1])
                self.record(Exiting(job=self.label, attempt=number, code=code))
                known = self.monitor.knowledge.ended_itself(number, frozenset({exit_event(self.strategy, code)}))
                self.knows(exits=known.exits, unstopped=known.unstopped)
            self._changed.notify_all()

    def _number(self, told: int) -> int:
        """
        Which attempt a report is about.

        What a job was told to call itself is for RETRY-24 to judge. It is believed as far as it can be: an attempt that
        was stopped before it came to the gate is missing from the signs, so the next one knows better than they.
        """
        ordinal = max((number for number, name in enumerate(self.began(), start=1) if name == told), default=1)
        return max(ordinal, min(told, self.strategy.attempts))

    def wait(self, done: Callable[[], bool], within_s: float) -> bool:
        """
        Wait until `done()` is true, looking after each change; False when `within_s` have passed.

        Raises Interrupted after Ctrl-C.
        """
        with self._changed:
            held = self._changed.wait_for(lambda: done() or self.interrupted.is_set(), timeout=within_s)
            if self.interrupted.is_set():
                raise Interrupted
            return held

    def wake(self) -> None:
        """Let whoever waits for this job look again."""
        with self._changed:
            self._changed.notify_all()

    def began(self) -> list[int]:
        """The attempts that reported at the gate that they run, in order."""
        with self._changed:
            return [sign.attempt for sign in self.signs if sign.what == "began"]

    def signalled(self) -> bool:
        """Whether some attempt reported a SIGTERM."""
        with self._changed:
            return any(sign.what == "sigterm" for sign in self.signs)

    def life(self) -> list[OfJob]:
        """What happened to it so far."""
        return self.recorder.of(self.label)
