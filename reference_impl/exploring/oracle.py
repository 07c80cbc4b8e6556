"""What is promised to callers, held against what they would see: a monitor for each job, and what the server itself owes.

monitors    what DescribeJobs would show is explained by some life of the table, and nothing that is due is missing once
            nothing goes on any more
kept        what was acknowledged outlives a crash; what is shown has been kept
processes   each attempt of a job is begun once, at most one at a time, and never more than there is room for
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from ...model import attempts, dependencies
from ...model.attempts import AttemptEnd, Ended
from ...model.event import DEPENDENCY_EVENTS, Event
from ...model.knowledge import Knowledge
from ...model.monitor import Monitor, Shown
from ...model.readings import Valuation
from ...model.status import FAILED, SUBMITTED
from ..deciding.ledger import Ledger
from ..deciding.messages import Exited, HostLost, Reported, StartFailed
from ..deciding.records import Job, Order


class Broken(AssertionError):
    """A promise was broken. The text says which, and by what."""


class Oracle:
    """Follows the jobs of one world. Jobs made of jobs are not followed: their table is another."""

    def __init__(self, readings: Valuation, *, room: bool) -> None:
        self.monitors: dict[str, Monitor] = {}
        self._orders: dict[str, Order] = {}
        self._readings = dict(readings)
        self._room = room
        self._begun: set[tuple[str, int]] = set()
        self._acknowledged: set[str] = set()

    def submitted(self, order: Order, ledger: Ledger) -> None:
        """SubmitJob is called."""
        if order.array_size is not None or order.nodes is not None:
            return
        self._orders[order.id] = order
        waits = not dependencies.met(ledger.status_of(name) for name in order.depends_on)
        self.monitors[order.id] = Monitor(
            attempts=order.strategy.attempts,
            waits=waits,
            knowledge=Knowledge(
                later_exits=frozenset(),
                stopped_exits=frozenset(),
                capacity=self._room,
                may_time_out=order.timeout_s is not None,
                dependencies=DEPENDENCY_EVENTS if waits else frozenset(),
            ),
            readings=self._readings,
        )
        if order.late_refusal is not None:
            self.faults(order.id, Event.GIVE_UP)

    def knows(self, job_id: str) -> bool:
        """Whether SubmitJob was answered for this job, so that callers know its id."""
        return job_id in self._acknowledged

    def form(self) -> tuple[Hashable, ...]:
        """All on which it depends what is found broken later."""
        told = ((name, monitor.conclusions) for name, monitor in sorted(self.monitors.items()))
        return (frozenset(self._begun), frozenset(self._acknowledged), self._room, *told)

    def accepted(self, job_id: str) -> None:
        """SubmitJob was answered."""
        self._acknowledged.add(job_id)

    def asked(self, job_id: str, request: str) -> None:
        """CancelJob or TerminateJob is called."""
        if job_id in self.monitors:
            self.monitors[job_id].called(request)

    def answered(self, job_id: str, request: str) -> None:
        """CancelJob or TerminateJob was answered."""
        if job_id in self.monitors:
            self.monitors[job_id].answered(request)

    def unanswered(self, job_id: str, request: str) -> None:
        """The server died over CancelJob or TerminateJob."""
        if job_id in self.monitors:
            self.monitors[job_id].lost(request)

    def room(self, *, is_there: bool) -> None:
        """From now on there may be room, or there surely is none."""
        self._room = is_there
        for monitor in self.monitors.values():
            monitor.knows(capacity=is_there)

    def faults(self, job_id: str, *faults: Event) -> None:
        """These happen to a job, or are about to."""
        if (monitor := self.monitors.get(job_id)) is not None:
            monitor.knows(faults=monitor.knowledge.faults | {*faults})

    def begins(self, job_id: str, number: int, attempt: int) -> None:
        """The host begins a run."""
        if (job_id, attempt) in self._begun:
            raise Broken(f"{job_id}: attempt {attempt} is begun a second time, as run {number}")
        self._begun.add((job_id, attempt))

    def up(self, job_id: str, attempt: int) -> None:
        """The process of an attempt is up."""
        if job_id in self.monitors:
            self.monitors[job_id].began(attempt)

    def signalled(self, job_id: str, attempt: int) -> None:
        """The process of an attempt has got a SIGTERM."""
        if job_id in self.monitors:
            self.monitors[job_id].signalled(attempt)

    def ends(self, report: Reported, attempt: int) -> None:
        """A run ends: how that may be taken is known from now on."""
        if (monitor := self.monitors.get(report.job_id)) is None:
            return
        match report:
            case Exited(job_id, _, code):
                event = attempts.event(self._orders[job_id].strategy, AttemptEnd(Ended.EXITED, code))
                monitor.now_knows(monitor.knowledge.released(attempt, frozenset({event})))
            case HostLost(job_id):
                self.faults(job_id, Event.HOST_LOST, Event.FAULT_FINAL)
            case StartFailed(job_id):
                self.faults(job_id, Event.START_FAILED, Event.FAULT_FINAL)
            case _:
                pass

    def dependencies(self, jobs: Mapping[str, Job]) -> None:
        """Something was decided: what jobs depend on may have ended, whether that can be seen yet or not."""
        for name, monitor in self.monitors.items():
            if not (names := self._orders[name].depends_on):
                continue
            statuses = [jobs[one].status if one in jobs else SUBMITTED for one in names]
            possible = frozenset[Event]()
            if FAILED in statuses:
                possible = frozenset({Event.DEPENDENCY_FAILED})
            elif dependencies.met(statuses):
                possible = frozenset({Event.DEPENDENCIES_MET})
            monitor.knows(dependencies=possible, dependencies_due=bool(possible))

    def look(self, ledger: Ledger, *, settled: bool) -> None:
        """DescribeJobs shows the ledger; `settled`: nothing goes on any more but what was told to last."""
        for name in self._acknowledged - ledger.jobs.keys():
            raise Broken(f"{name}: SubmitJob was acknowledged, and the job is not there")
        for name, monitor in list(self.monitors.items()):
            job = ledger.jobs.get(name)
            if job is None:
                del self.monitors[name]  # it was submitted, and the server died before it said so
                continue
            memory = job.memory
            shown = Shown(job.status, memory.is_cancelled, job.shows_terminated, len(job.attempts))
            monitor.saw(shown, settled=settled)
            if (verdict := monitor.verdict) is not None:
                allowed = ", ".join(verdict.allowed)
                raise Broken(f"{name} shows {verdict.saw}, which no life explains; it could be {allowed}")
