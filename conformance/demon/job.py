"""One job of the demon: its life, its processes, and what there is to show of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...model.attempts import AttemptEnd, Ended, RetryStrategy, event
from ...model.dependencies import DEPENDENCY_FAILED
from ...model.event import EXITS, FAULTS, Event
from ...model.machine import LIFECYCLE, Configuration
from ...model.readings import Valuation
from ...model.status import BEFORE_STARTING, FAILED, RUNNABLE, RUNNING, STARTING, Status
from ..programs import program
from .agenda import Agenda
from .choices import Choices, Freely
from .life import Life
from .process import Process
from .room import Environment, Queue
from .views import Picture

CONTAINER_EXITED = "Essential container in task exited"
HOST_GONE = "Host EC2 (instance i-0123456789abcdef0) terminated."
START_FAILED = "Task failed to start"
QUEUE_DELETED = "The job queue was deleted"


def log_stream(job_id: str, attempt: int) -> str:
    """The log stream of one attempt (ST-28, ST-34)."""
    return f"job/default/{job_id}-{attempt}"


@dataclass(frozen=True, slots=True)
class Submission:
    """
    What a job was submitted with, as far as its life depends on it.

    request   the submission with all that its definition adds
    doom      why it fails without an attempt; empty where it does not
    """

    id: str
    name: str
    queue: Queue
    strategy: RetryStrategy
    command: tuple[str, ...] = ("true",)
    environment: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
    timeout_s: int | None = None
    vcpus: int = 1
    request: Mapping[str, Any] = field(default_factory=dict)
    index: int | None = None
    doom: str = ""


@dataclass(eq=False, slots=True)
class Job:
    """
    A job, from its submission on.

    says       told what its attempts report at the gate: attempt and report
    room_changed   told where an environment has more room than before
    ended      told once it has ended
    """

    of: Submission
    agenda: Agenda
    choices: Choices
    freely: Freely
    readings: Valuation
    says: Callable[[Job, int, str], None]
    room_changed: Callable[[Environment], None]
    ended: Callable[[Job], None]
    life: Life = field(init=False)
    pictures: list[Picture] = field(default_factory=list)
    processes: dict[int, Process] = field(default_factory=dict)
    reasons: dict[Event, str] = field(default_factory=dict)
    place: Environment | None = None
    created_ms: int = 0
    _attempts: list[dict[str, Any]] = field(default_factory=list)
    _started_ms: int | None = None
    _stopped_ms: int | None = None
    _attempt_ms: int | None = None
    _exit: int | None = None
    _code: int | None = None
    _reason: str = ""

    def __post_init__(self) -> None:
        at = LIFECYCLE.submitted(self.of.strategy.attempts, waits=self.of.waits, readings=self.readings)
        self.created_ms = self.agenda.now_ms
        self.life = Life(self.agenda, self.choices, self.freely, at, self._passed)

    def begin(self) -> None:
        """It was submitted just now."""
        self._picture()
        self.life.begin(self._faults())
        if self.of.doom:
            now_ms = self.agenda.now_ms
            self.agenda.at(self.choices.moment(now_ms, now_ms + self.freely.bounds.longest), self._meet_doom)

    @property
    def at(self) -> Configuration:
        return self.life.at

    @property
    def status(self) -> Status:
        return self.at.status

    @property
    def is_over(self) -> bool:
        return self.at.status.terminal

    def ask(self, request: Event, reason: str) -> None:
        """A cancel or terminate takes effect now."""
        if not self.is_over:
            self.reasons[request] = reason
        self.life.ask(request)

    def give_up(self) -> None:
        """Its queue was deleted: what waits there ends, and what runs is stopped (Q-02)."""
        if self.at.status in BEFORE_STARTING:
            self.life.ask(Event.GIVE_UP)
        elif not self.is_over:
            self.ask(Event.TERMINATE, QUEUE_DELETED)

    def _meet_doom(self) -> None:
        """What is wrong with it is found out, before there was any attempt."""
        if not self.is_over:
            self.life.ask(Event.GIVE_UP)

    def look_for_room(self) -> None:
        """Whether a placement may begin now."""
        if not self.of.doom and self.at.status is RUNNABLE and not self.at.memory.chosen:
            self.life.knows(capacity=self.of.queue.room(self.of.vcpus) is not None)

    def _faults(self) -> frozenset[Event]:
        """The faults that may happen to it: by its retry strategy a lost host is one event or another."""
        if not self.freely.hosts_lost:
            return frozenset()
        ends = (
            AttemptEnd(Ended.HOST_LOST, status_reason=HOST_GONE),
            AttemptEnd(Ended.START_FAILED, status_reason=START_FAILED),
        )
        return frozenset({Event.GIVE_UP, *(event(self.of.strategy, end) for end in ends)})

    def _passed(self, before: Configuration, made: Event) -> None:
        """The life went on by one move: what comes with it."""
        at = self.at
        attempt = at.memory.attempt
        if before.memory.chosen and not at.memory.chosen and made is not Event.PLACE:
            self._make_room()
        if made is Event.CHOOSE:
            self.place = self.of.queue.room(self.of.vcpus)
            assert self.place is not None, "there was room"
            self.place.taken += self.of.vcpus
            self.room_changed(self.place)
        elif made is Event.PLACE:
            self._placed(attempt)
        elif made is Event.START:
            self._started(attempt)
        elif made in (Event.STOP, Event.TIME_OUT) and at.memory.stop_sent and not before.memory.stop_sent:
            if (process := self.processes.get(attempt)) is not None:
                process.sigterm(self.freely.bounds.grace)
        elif made in EXITS or made is Event.ABORT_START or (made in FAULTS and before.status in (STARTING, RUNNING)):
            self._attempt_over(before, made)
        elif made is Event.DEPENDENCY_FAILED and at.status is FAILED:
            self._reason = DEPENDENCY_FAILED
        elif made is Event.GIVE_UP:
            self._reason = self.of.doom or "The job was given up"
        if at.status.terminal and not before.status.terminal:
            self._over(made)
        if at.status is RUNNABLE:
            self.look_for_room()
        self._picture()
        if at.status.terminal and not before.status.terminal:
            self.ended(self)

    def _placed(self, attempt: int) -> None:
        """STARTING: the process comes up with `start`, or somewhat earlier."""
        self._attempt_ms = self._exit = None
        if self.choices.odds(3):
            self.agenda.at(
                self.agenda.now_ms + self.choices.chance.randint(0, self.freely.bounds.start), lambda: self._up(attempt)
            )

    def _started(self, attempt: int) -> None:
        self._attempt_ms = self.agenda.now_ms
        self._started_ms = self.agenda.now_ms
        self._up(attempt)
        if self.at.memory.stop_sent and not self.processes[attempt].signalled:
            self.processes[attempt].sigterm(self.freely.bounds.grace)
        if self.of.timeout_s is not None:
            self.agenda.at(self.agenda.now_ms + self.of.timeout_s * 1000, lambda: self._late(attempt))

    def _up(self, attempt: int) -> None:
        """The process of this attempt begins to run, if it is not over before that."""
        if attempt in self.processes or self.at.status not in (STARTING, RUNNING) or self.at.memory.attempt != attempt:
            return
        environment = {
            **self.of.environment,
            "AWS_BATCH_JOB_ID": self.of.id,
            "AWS_BATCH_JOB_ATTEMPT": str(attempt),
            "AWS_BATCH_JQ_NAME": self.of.queue.name,
            "AWS_BATCH_CE_NAME": self.place.name if self.place else "",
        }
        if self.of.index is not None:
            environment["AWS_BATCH_JOB_ARRAY_INDEX"] = str(self.of.index)
        process = self.processes[attempt] = Process(
            self.agenda,
            self.choices,
            program(self.of.command, environment),
            says=lambda what: self.says(self, attempt, what),
            ended=lambda code, since_ms: self._exited(attempt, code, since_ms),
        )
        process.begin()

    def _exited(self, attempt: int, code: int, since_ms: int) -> None:
        """The process of this attempt is gone; the service has yet to notice."""
        if self.at.memory.attempt == attempt and self.at.status in (STARTING, RUNNING):
            self._exit = code
            end = AttemptEnd(Ended.EXITED, code, status_reason=CONTAINER_EXITED)
            self.life.ended(attempt, event(self.of.strategy, end), since_ms)

    def _late(self, attempt: int) -> None:
        if self.at.memory.attempt == attempt and self.at.status is RUNNING:
            self.life.knows(may_time_out=True)

    def _attempt_over(self, before: Configuration, made: Event) -> None:
        """An attempt has ended, in whatever way: its entry, and its room."""
        attempt, code = before.memory.attempt, self._exit if made in EXITS else None
        reason = CONTAINER_EXITED if made in EXITS else HOST_GONE if before.status is RUNNING else START_FAILED
        ran = before.status is RUNNING
        # Whether an attempt that failed before RUNNING gets an entry, is open (RETRY-22, TERM-26).
        if ran or self.choices.odds(2):
            entry: dict[str, Any] = {"container": {}, "statusReason": reason, "stoppedAt": self.agenda.now_ms}
            if ran:
                entry["container"]["logStreamName"] = log_stream(self.of.id, attempt)
            if code is not None:
                entry["container"]["exitCode"] = code
            if self._attempt_ms is not None:
                entry["startedAt"] = self._attempt_ms
            self._attempts.append(entry)
        if (process := self.processes.get(attempt)) is not None:
            process.lose()
        self._reason, self._code = reason, code
        self._stopped_ms = self.agenda.now_ms
        self.life.world = replace(self.life.world, may_time_out=False)
        self._make_room()

    def _over(self, made: Event) -> None:
        """The job has ended. What a request has ended shows the caller's reason (CANCEL-14, TERM-13)."""
        memory = self.at.memory
        if made is Event.REMOVE:
            self._reason = self.reasons[Event.TERMINATE if memory.stop_accepted else Event.CANCEL]
        elif (
            self.at.status is FAILED
            and memory.stop_accepted
            and not (made is Event.DEPENDENCY_FAILED and self.choices.odds(2))
        ):
            self._reason = self.reasons[Event.TERMINATE]
        self._stopped_ms = self.agenda.now_ms

    def _make_room(self) -> None:
        if self.place is not None:
            self.place.taken -= self.of.vcpus
            place, self.place = self.place, None
            self.room_changed(place)

    def _picture(self) -> None:
        self.pictures.append(
            Picture(
                self.agenda.now_ms,
                self.at,
                tuple(self._attempts),
                self._started_ms,
                self._stopped_ms if self.is_over else None,
                self._reason,
                self._code if self.is_over or self._attempts else None,
            )
        )
