"""The demon itself: its jobs, where they wait, the time that passes over them, and the gate at which they report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from ...model.event import Event
from ...model.monitor.automaton import Reads
from ...model.readings import Valuation
from ...model.status import SUCCEEDED
from .agenda import Agenda
from .array import Array
from .choices import Choices, Freely
from .job import Job, Submission
from .room import Environment, Queue
from .shapes import FLAGS
from .views import Picture, View

Report = Callable[[str, int, str], None]
"""Called with job id, attempt and what was reported, as the gate of the kit does it."""

REGION, ACCOUNT = "us-east-1", "123456789012"


class Refused(Exception):
    """A client is told that its request is wrong; the text says why."""


@dataclass(eq=False)
class Demon:
    """
    A Batch service that makes every choice which is open.

    freely     what it declares, and within which it is free
    readings   the answers that it gives to the readings, the same in all its life
    epoch_ms   what its time 0 is, in milliseconds since 1970
    """

    choices: Choices
    freely: Freely = field(default_factory=Freely)
    readings: Valuation = ()
    epoch_ms: int = 0
    agenda: Agenda = field(default_factory=Agenda)
    jobs: dict[str, Job] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    definitions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the ARN of what they were given to; whatever may have some is here."""
    views: dict[str, tuple[View, View]] = field(default_factory=dict)
    """For each job and array: DescribeJobs, ListJobs."""
    lists_lag_ms: int = 0
    flags_at_the_end: bool = False
    _queued: dict[str, list[Job]] = field(default_factory=dict)
    _untouched: dict[tuple[str, str], bool] = field(default_factory=dict)
    _dependents: dict[str, list[str]] = field(default_factory=dict)
    _waits_for: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _asked: dict[str, set[Event]] = field(default_factory=dict)
    _listeners: dict[str, Report] = field(default_factory=dict)
    _early: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _dropped: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.readings = self.choices.readings(self.readings)
        # What lists show is promised nobody, so it may be old where DescribeJobs is not (ST-30).
        self.lists_lag_ms = self.freely.bounds.lag + self.choices.chance.choice((0, self.freely.bounds.longest // 2))
        self.flags_at_the_end = self.choices.odds(2)

    @property
    def chance(self) -> Random:
        return self.choices.chance

    def new_id(self) -> str:
        """An id as Batch makes them, by the seed."""
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def arn(self, kind: str, name: str) -> str:
        """What an ARN of this account looks like."""
        return f"arn:aws:batch:{REGION}:{ACCOUNT}:{kind}/{name}"

    def made(self, arn: str, asked: Mapping[str, Any]) -> None:
        """Something was made with this ARN, by this request: from now on it has tags."""
        self.tags[arn] = dict(asked.get("tags") or {})

    # Jobs.

    def admit(self, of: Submission, waits_for: tuple[str, ...]) -> Job:
        """A job is made, and its life begins."""
        job = Job(
            of, self.agenda, self.choices, self.freely, self.readings, self._says, self._room_changed, self._ended
        )
        self.jobs[of.id] = job
        self._queued.setdefault(of.queue.name, []).append(job)
        self._waits_for[of.id] = waits_for
        for other in waits_for:
            self._dependents.setdefault(other, []).append(of.id)
        self.watch(of.id)
        job.begin()
        self._look_at_dependencies(job)
        return job

    def jobs_of(self, queue: Queue) -> list[Job]:
        """The jobs that were submitted to this queue, children of arrays among them."""
        return list(self._queued.get(queue.name, ()))

    def watch(self, job_id: str) -> None:
        """From now on reads may show this job or array; not necessarily at once (ST-20)."""
        bounds, now_ms = self.freely.bounds, self.agenda.now_ms
        known_ms = now_ms + (self.choices.moment(0, bounds.lag) if bounds.lag and self.choices.odds(2) else 0)
        lists = Reads.LAGGING if self.freely.reads is Reads.FRESH and self.lists_lag_ms else self.freely.reads
        self.views[job_id] = (
            View(self.chance, self.freely.reads, bounds.lag, known_ms),
            View(self.chance, lists, self.lists_lag_ms, known_ms),
        )

    def ask(self, job_id: str, request: Event, reason: str) -> None:
        """
        A cancel or terminate of a job was accepted. An id that no job has is none's business (CANCEL-10, TERM-17).

        It takes effect now, or within the bound that is declared for late calls.
        """
        ids = [child.of.id for child in self.arrays[job_id].children] if job_id in self.arrays else [job_id]
        for each in ids:
            if (job := self.jobs.get(each)) is None:
                continue
            self._asked.setdefault(each, set()).add(request)
            late_ms = self.freely.bounds.call
            if late_ms:
                when_ms = self.choices.moment(self.agenda.now_ms, self.agenda.now_ms + late_ms)
                self.agenda.at(when_ms, lambda job=job: job.ask(request, reason))
            else:
                job.ask(request, reason)

    def flags(self, job: Job, shown: Picture) -> dict[str, bool]:
        """
        The flags that a picture of a job is shown with.

        What has not been touched by a request may show it all the same, or not (CANCEL-16); it does so once it has ended, and
        then always.
        """
        found: dict[str, bool] = {}
        memory, over = shown.at.memory, shown.at.status.terminal
        for name, member, request in FLAGS:
            on = getattr(memory, member)
            effective = on and (request is Event.TERMINATE or memory.removal_accepted)
            if not effective:
                asked = on or (over and request in self._asked.get(job.of.id, ()))
                on = asked and self._at_random(job, name)
            if on and (over or not self.flags_at_the_end):
                self._untouched[job.of.id, name] = found[name] = True  # what was shown once, stays
            elif self.choices.odds(2):
                found[name] = False
        return found

    def _at_random(self, job: Job, flag: str) -> bool:
        key = (job.of.id, flag)
        if key not in self._untouched:
            self._untouched[key] = self.choices.odds(2)
        return self._untouched[key]

    # What jobs have to do with each other.

    def _ended(self, job: Job) -> None:
        for other in self._dependents.get(job.of.id, ()):
            self._look_at_dependencies(self.jobs[other])
        if job.of.index is not None:
            self.arrays[job.of.id.rpartition(":")[0]].child_changed()

    def _look_at_dependencies(self, job: Job) -> None:
        """A dependent fails at the first failed dependency, or later (DEP-06); it has to when all have ended."""
        others = [self.jobs[each] if each in self.jobs else self.arrays[each] for each in self._waits_for[job.of.id]]
        if not job.of.waits or job.is_over:
            return
        failed = any(other.is_over and other.status is not SUCCEEDED for other in others)
        all_over = all(other.is_over for other in others)
        if failed or all_over:
            event = Event.DEPENDENCY_FAILED if failed else Event.DEPENDENCIES_MET
            job.life.knows(dependencies=frozenset({event}), dependencies_due=all_over)

    def array_ended(self, array: Array) -> None:
        """An array has ended: those who wait for it may go on."""
        for other in self._dependents.get(array.id, ()):
            self._look_at_dependencies(self.jobs[other])

    def _room_changed(self, environment: Environment) -> None:
        for queue in self.queues.values():
            if environment in queue.environments:
                for job in self.jobs_of(queue):
                    job.look_for_room()

    def look_for_room(self, environment: Environment) -> None:
        """An environment was enabled or disabled."""
        self._room_changed(environment)

    # The gate.

    def _says(self, job: Job, attempt: int, what: str) -> None:
        job_id = job.of.id
        if job_id in self._dropped:
            job.processes[attempt].hang_up()
            return
        listener = self._listeners.get(job_id)
        if listener is None:
            self._early.setdefault(job_id, []).append((attempt, what))
        else:
            listener(job_id, attempt, what)

    def listen(self, job_id: str, report: Report) -> None:
        """From now on reports about this job go to `report`, those that came earlier first."""
        for attempt, what in self._early.pop(job_id, []):
            report(job_id, attempt, what)
        self._listeners[job_id] = report

    def release(self, job_id: str, attempt: int, code: int) -> bool:
        """Tell an attempt to exit with `code`. False where it does not wait."""
        process = self.jobs[job_id].processes.get(attempt) if job_id in self.jobs else None
        return process is not None and process.release(code)

    def waits(self, job_id: str, attempt: int) -> bool:
        """Whether this attempt waits at the gate now."""
        process = self.jobs[job_id].processes.get(attempt) if job_id in self.jobs else None
        return process is not None and process.waits

    def drop(self, job_id: str) -> None:
        """End whatever of this job waits at the gate, now and later."""
        self._dropped.add(job_id)
        if (job := self.jobs.get(job_id)) is not None:
            for process in list(job.processes.values()):
                process.hang_up()

    # Time.

    @property
    def next_ms(self) -> int | None:
        """When something happens next by itself."""
        return self.agenda.next_ms

    def advance(self, now_ms: int) -> None:
        """Let time pass up to then."""
        self.agenda.advance(now_ms)


def free(demon: Demon) -> Mapping[str, Any]:
    """What the demon of this run has chosen once and for all, for whoever reads a report."""
    return {
        **dict(demon.readings),
        "lists_lag_ms": demon.lists_lag_ms,
        "flags_at_the_end": demon.flags_at_the_end,
    }
