"""One job of a scenario, as the kit knows it: what was asked, what was seen, and what its monitor makes of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import structs

from ...model.attempts import AttemptEnd, Ended, RetryStrategy, event
from ...model.event import Event
from ...model.knowledge import Knowledge
from ...model.monitor import Monitor
from ...model.status import Status
from ..judging.follower import Follower, Terms
from ..judging.happenings import Began, Exiting, Gone, Knows, OfJob, Saw, Signalled, Submitted
from ..judging.outcome import Interrupted
from ..payload import Payload
from ..timing import clock as clocks
from ..timing.clock import REAL
from .recorder import Recorder

Detail = Mapping[str, Any]
"""A JobDetail as boto3 gives it."""


def exit_event(strategy: RetryStrategy, code: int) -> Event:
    """The event of the table that an exit with `code` is under a strategy. Statuses reasons are those of Batch."""
    return event(strategy, AttemptEnd(Ended.EXITED, code, status_reason="Essential container in task exited"))


@dataclass(eq=False)
class Job:
    """
    A submitted job.

    label      its name in the history: scenario and number
    ends_in    how it may end as far as the kit has let it: `dependencies_met` or `dependency_failed` for its dependents
    detail     what the read that began last showed of it
    odd        a status that is none of the seven (ST-01)
    at_gate    the id by which its attempts call themselves at the gate, where that is not its own
    may_time_out   it has a timeout
    vouches    it is a canary: it shows that the service makes progress, and is no part of the story
    """

    label: str
    id: str
    strategy: RetryStrategy
    payload: Payload
    recorder: Recorder
    terms: Terms
    clock: clocks.Clock = REAL
    interrupted: clocks.Event = field(default_factory=lambda: REAL.event(""))
    depends_on: tuple[Job, ...] = ()
    ends_in: frozenset[str] = frozenset()
    detail: Detail | None = None
    dependents: list[Job] = field(default_factory=list)
    blocks: list[Job] = field(default_factory=list)
    odd: str = ""
    vouches: bool = False
    may_time_out: bool = False
    at_gate: str = ""
    knowledge: Knowledge = field(default_factory=Knowledge)
    _follower: Follower = field(init=False)
    _unjudged: list[OfJob] = field(default_factory=list)
    _judging: threading.Lock = field(default_factory=threading.Lock)
    _count: int = 0
    _last: OfJob | None = None
    _newest: int = 0
    _showed: Detail | None = None
    _hellos: dict[int, int] = field(default_factory=dict)
    _exited: set[int] = field(default_factory=set)
    _signalled: bool = False
    _changed: clocks.Condition = field(init=False)
    _changes: int = 0

    def __post_init__(self) -> None:
        self._follower = Follower(self.terms)
        self.at_gate = self.at_gate or self.id
        self._changed = self.clock.condition(f"news of {self.label}")

    @property
    def monitor(self) -> Monitor:
        """
        What its monitor makes of all that was recorded so far.

        Judging takes time, so it is done by whoever asks for it, and never by those who write down what they see.
        """
        with self._judging:
            with self._changed:
                unjudged, self._unjudged = self._unjudged, []
            for happening in unjudged:
                self._follower.feed(happening)
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

    @property
    def last_ms(self) -> int:
        """When anything happened to it last."""
        with self._changed:
            return self._last.at_ms if self._last else 0

    @property
    def failing(self) -> bool:
        """Whether it has shown something that no life explains."""
        return bool(self.odd) or self.monitor.verdict is not None

    def record(self, happening: OfJob) -> None:
        """Write down what happened to this job, and keep it for the monitor."""
        with self._changed:
            stamped = self.recorder.add(happening)
            self._count += 1
            self._unjudged.append(stamped)
            self._last = stamped
            if isinstance(stamped, Submitted | Knows):
                self.knowledge = stamped.knowledge
            self._tell()

    def knows(self, **changes: Any) -> None:
        """The observer's knowledge changes (fields of `Knowledge`): before the world does, never after."""
        with self._changed:
            known = replace(self.knowledge, **changes)
            if known != self.knowledge:
                self.record(Knows(job=self.label, knowledge=known))

    def will_end(self, attempt: int, event: Event) -> None:
        """
        This attempt is about to be let go, and will end so.

        Looked up and changed in one: between the two its report of a SIGTERM may say that it ends otherwise.
        """
        with self._changed:
            self.knows(exits=self.knowledge.released(attempt, frozenset({event})).exits)

    def mark(self) -> int:
        """Taken when a read begins: the number of happenings so far."""
        with self._changed:
            return self._count

    def shown(
        self,
        detail: Detail,
        *,
        since: int | None = None,
        settled: bool = False,
        slow_ms: int = 0,
        began_ms: int | None = None,
        call: int = 0,
        asked: bool = False,
    ) -> bool:
        """
        A read showed this of the job. Whether that was written down, because it says something new.

        `asked`: a scenario wanted to know, so that also nothing new is an answer.
        """
        status = detail.get("status")
        saw = Saw(
            job=self.label,
            status=str(status),
            is_cancelled=detail.get("isCancelled"),
            is_terminated=detail.get("isTerminated"),
            attempts=len(detail.get("attempts") or ()),
            settled=settled,
            slow_ms=slow_ms,
            since=since,
            began_ms=began_ms,
            call=call or None,
        )
        with self._changed:
            newer = call >= self._newest
            # An unchanged answer after nothing happened says nothing new, unless more of the job has changed with it.
            new = asked or not self._told(saw) or (newer and detail != self._showed)
            if new:
                self.record(saw)
            if newer:
                self._showed, self._newest = detail, call
            if status not in Status.__members__:
                self.odd = str(status)
            elif newer:
                self.detail = detail
            self._tell()
            return new

    def _told(self, saw: Saw) -> bool:
        last = self._last
        plain = {"at_ms": 0, "settled": False, "slow_ms": 0, "since": None, "began_ms": None, "call": None}
        return isinstance(last, Saw) and structs.replace(last, **plain) == structs.replace(saw, **plain)

    def reported(self, _job_id: str, told: int, what: str) -> None:
        """An attempt reported at the gate. `told` is what it was told to call itself, which RETRY-24 is about."""
        with self._changed:
            number = self._number(told, began=what == "began")
            if what == "began":
                if number not in self._hellos:  # a second hello of the same attempt is not a second attempt
                    self._hellos[number] = told
                    self.record(Began(job=self.label, attempt=number, told=told))
            elif what == "sigterm":
                self._signalled = True
                ends = self.payload.ends_on_sigterm
                self.record(Signalled(job=self.label, attempt=number, ends=ends))
                if ends and not self.ended and not self.knowledge.may_time_out:
                    self.knowledge = self.knowledge.ended_itself(number, ends)  # so does the monitor
            elif what == "gone":
                self.record(Gone(job=self.label, attempt=number))
            elif what.startswith("exiting "):
                code = int(what.split()[1])
                self._exited.add(number)
                self.record(Exiting(job=self.label, attempt=number, code=code))
                known = self.knowledge.ended_itself(number, frozenset({exit_event(self.strategy, code)}))
                self.knows(exits=known.exits, unstopped=known.unstopped)
            self._tell()

    def _number(self, told: int, *, began: bool) -> int:
        """
        Which attempt a report is about.

        What a job was told to call itself is believed as far as it can be: one that has said its end does not begin again,
        so whoever calls itself by its number then is the next one.
        """
        number = max(1, min(told, self.strategy.attempts))
        while number in self._exited and (began or number + 1 in self._hellos):
            number += 1
        return number

    def wait(self, done: Callable[[], bool], within_s: float) -> bool:
        """
        Wait until `done()` is true, looking after each change; False when `within_s` have passed.

        Raises Interrupted after Ctrl-C.
        """
        end_s = self.clock.now_s() + within_s
        while True:
            with self._changed:
                changes = self._changes
            if self.interrupted.is_set():
                raise Interrupted
            if done():
                return True
            with self._changed:
                left_s = end_s - self.clock.now_s()
                if self._changes == changes and (left_s <= 0 or not self._changed.wait(left_s)):
                    return False

    def wake(self) -> None:
        """Let whoever waits for this job look again."""
        with self._changed:
            self._tell()

    def _tell(self) -> None:
        self._changes += 1
        self._changed.notify_all()

    def began(self) -> list[int]:
        """The attempts that reported at the gate that they run, in order."""
        with self._changed:
            return list(self._hellos)

    def holding(self) -> tuple[int, int] | None:
        """The attempt that came to the gate last and has not said its end: its number, and what it calls itself."""
        with self._changed:
            held = [(number, told) for number, told in self._hellos.items() if number not in self._exited]
            return held[-1] if held else None

    def signalled(self) -> bool:
        """Whether some attempt reported a SIGTERM."""
        with self._changed:
            return self._signalled

    def life(self) -> list[OfJob]:
        """What happened to it so far."""
        return self.recorder.of(self.label)
