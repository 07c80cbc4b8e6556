"""One job of a scenario, as the kit knows it: what was asked, what was seen, and what its monitor makes of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..model.attempts import AttemptEnd, Ended, RetryStrategy, event
from ..model.monitor import Monitor
from ..model.status import Status
from .history import Assumptions, Event, Follower, History, as_data
from .outcome import Broken, Interrupted
from .payload import Payload

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
    history: History
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
    _last: Event | None = None
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

    def record(self, what: str, **rest: Any) -> None:
        """Write an event of this job down and feed it to the monitor, in one step."""
        with self._changed:
            stamped = self.history.add({"job": self.label, "what": what, **rest})
            self._follower.feed(stamped)
            self._last = stamped
            self._changed.notify_all()

    def knows(self, **changes: Any) -> None:
        """The observer's knowledge changes (fields of `Knowledge`): before the world does, never after."""
        with self._changed:
            self.record("knows", knowledge=as_data(replace(self.monitor.knowledge, **changes)))

    def mark(self) -> int:
        """Taken when a read begins: the number of events so far."""
        with self._changed:
            return self._follower.mark()

    def shown(self, detail: Detail, *, since: int | None = None, settled: bool = False) -> None:
        """A read showed this of the job."""
        status = detail.get("status")
        seen = {
            "status": status,
            "isCancelled": detail.get("isCancelled"),
            "isTerminated": detail.get("isTerminated"),
            "attempts": len(detail.get("attempts") or ()),
        }
        with self._changed:
            if status not in Status.__members__:
                self.trouble = Broken("one of the seven statuses", f"status {status!r}")
                self._changed.notify_all()
                return
            last = self._last or {}
            told = last.get("what") == "saw" and all(last.get(name) == value for name, value in seen.items())
            if settled or not told:  # an unchanged answer after nothing happened says nothing new
                self.record("saw", **seen, since=since, settled=settled)
            self.detail = detail
            self._changed.notify_all()

    def reported(self, _job_id: str, attempt: int, what: str) -> None:
        """An attempt reported at the gate."""
        with self._changed:
            self.signs.append(Sign(attempt, what))
            number = self._number(attempt)
            if what == "began":
                self.record("began", attempt=number)
            elif what == "sigterm":
                ends = self.payload.ends_on_sigterm
                self.record("signalled", attempt=number, ends=sorted(ends) if ends else None)
            elif what.startswith("exiting "):
                ends = frozenset({exit_event(self.strategy, int(what.split()[1]))})
                known = self.monitor.knowledge.ended_itself(number, ends)
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

    def events(self) -> list[Event]:
        """Its part of the history."""
        return self.history.of(self.label)
