"""A server in a world: the engine, a store, a host, and between them the order of effects that `shell.py` keeps.

What the real shell does with an event loop is here one move after the other, so that the server may die between any two: the
records of one input are kept together, what was ordered after them is done one by one, then the next thing happens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from msgspec import structs

from ...model.event import Event
from ...model.machine import Lifecycle
from ...model.status import RUNNING
from ..deciding.messages import (
    NO_RUN,
    Acknowledge,
    CancelRequested,
    DeadlinePassed,
    Effect,
    Exited,
    Forget,
    HostLost,
    Input,
    LoseHostRequested,
    Put,
    QueueDeleted,
    Reported,
    Save,
    SetDeadline,
    Spawn,
    StartFailed,
    Stop,
    Submitted,
    TerminateRequested,
)
from ..deciding.records import Environment, Job, Record
from . import form, processes
from .oracle import Broken, Oracle
from .processes import Process
from .world import ENVIRONMENT, QUEUE, MakeEngine, World, environment, queue

Move = tuple[Any, ...]
"""One thing that happens: its name, and to what."""

Run = tuple[str, int]
"""A job's id and the number of its run."""


class System:
    """One state of a world, and what may come next. Moves change it: explore copies."""

    def __init__(self, world: World, lifecycle: Lifecycle, make: MakeEngine) -> None:
        self._world, self._lifecycle, self._make = world, lifecycle, make
        self.engine = make(lifecycle, world.readings)
        self.oracle = Oracle(world.readings, room=world.room)
        self.now_ms = 0
        self.kept: dict[str, Record] = {}
        self.staged: dict[str, Record | None] = {}
        self.after: deque[Any] = deque()  # effects that wait for the next commit
        self.latest: deque[Any] = deque()  # those that may be done now
        self.doing = False
        self.ahead = 0
        self.processes: dict[Run, Process] = {}
        self.deadlines: dict[Run, int] = {}
        self.coming = len(world.jobs)
        self.requests = dict(enumerate(world.requests, 1))
        self.waiting: dict[int, tuple[str, str]] = {}  # calls without an answer, by their numbers
        self.left = {
            "turn": world.turns,
            "fail": world.failed_starts,
            "lose": world.lost_hosts,
            "crash": world.crashes,
            "delete": int(world.deletes_queue),
        }
        for record in (environment(world.vcpus, room=world.room), queue()):
            self._take(Put(0, record))
            self._finish()

    def form(self) -> tuple[bytes, tuple[Any, ...]]:
        """Systems with equal forms have the same future."""
        now_ms = self.now_ms
        records = lambda found: {key: form.of_record(record, now_ms) for key, record in found.items()}  # noqa: E731
        told = form.packed(
            (
                form.of_engine(self.engine),
                records(self.kept),
                records(self.staged),
                [(type(deed).__name__, deed) for deed in (*self.after, None, *self.latest)],
                (self.doing, self.ahead, self.coming, self.left, list(self.requests), list(self.waiting)),
                [(run, vars(process)) for run, process in sorted(self.processes.items())],
                [(run, at_ms - now_ms) for run, at_ms in sorted(self.deadlines.items())],
            )
        )
        return told, self.oracle.form()

    @property
    def at_rest(self) -> bool:
        """Whether all that was ordered is done: what the ledger shows is kept, so callers may see it."""
        return not (self.staged or self.after or self.latest)

    @property
    def settled(self) -> bool:
        """Whether nothing goes on but processes that were told to last."""
        return self.at_rest and all(
            process.reports and process.told == len(process.reports) for process in self.processes.values()
        )

    def moves(self) -> Iterator[Move]:
        """What may come next."""
        if self.left["crash"]:
            yield ("crash",)
        if self.latest:
            yield ("do",)
        elif self.staged or self.after:
            yield ("commit",)
        if self.doing or (not self.at_rest and self.ahead >= self._world.ahead):
            return
        if self.coming and all(map(self.oracle.knows, self._world.jobs[-self.coming].depends_on)):
            yield ("submit",)
        for number, (_, job_id) in self.requests.items():
            if self.oracle.knows(job_id):
                yield ("ask", number)
        if self.left["turn"]:
            yield ("turn",)
        if self.left["delete"] and not self.coming:
            yield ("delete",)
        for run in self.deadlines:
            yield ("pass", run)
        for run, process in self.processes.items():
            if not process.asked:
                continue
            if process.told < len(process.reports):
                yield ("tell", run)
            elif not process.reports:
                yield ("begin", run)
                if self.left["fail"]:
                    yield ("fail", run)
            elif process.is_up:
                for code in self._world.codes:
                    yield ("exit", run, code)
            if process.told == len(process.reports) and not process.is_over and self.left["lose"]:
                yield ("lose", run)

    def make(self, move: Move) -> None:
        """Let something happen. Raises Broken where a promise is broken by it."""
        match move:
            case ("crash",):
                self._crash()
            case ("do",):
                self.doing = True
                self._do(self.latest.popleft())
                self.doing = bool(self.latest)
            case ("commit",):
                self._commit()
            case ("submit",):
                order = self._world.jobs[-self.coming]
                self.coming -= 1
                self._ask("submit", order.id, Submitted(0, order), 100 + self.coming)
            case ("ask", number):
                name, job_id = self.requests.pop(number)
                made = {"cancel": CancelRequested, "terminate": TerminateRequested}.get(name)
                given = LoseHostRequested(0, job_id) if made is None else made(0, job_id, name)
                self._ask(name, job_id, given, number)
            case ("turn",):
                self.left["turn"] -= 1
                there_was = self.engine.ledger.environments[ENVIRONMENT].enabled
                self._ask(
                    "turn", "", Put(0, environment(self._world.vcpus, room=not there_was)), 200 + self.left["turn"]
                )
            case ("delete",):
                self.left["delete"] -= 1
                self._ask("delete", "", QueueDeleted(0, QUEUE), 199)
            case ("pass", run):
                self.now_ms = max(self.now_ms, self.deadlines.pop(run))
                self._take(DeadlinePassed(*run))
            case ("tell", run):
                self._tell(run)
            case ("begin", (job_id, number)):
                self.oracle.up(job_id, self.processes[job_id, number].attempt)
                self._report((job_id, number), processes.started(job_id, number))
            case ("exit", (job_id, number), code):
                self._report((job_id, number), processes.exited(job_id, number, code))
            case ("fail", (job_id, number)):
                self.left["fail"] -= 1
                self._report((job_id, number), processes.failed(job_id, number))
            case ("lose", (job_id, number)):
                self.left["lose"] -= 1
                self._report((job_id, number), processes.lost(job_id, number))
            case _:
                raise ValueError(f"nothing is called {move}")
        if not (self.latest or self.staged or self.after):
            self.ahead = 0
            self._let_go_of_strays()
            self.look()

    def look(self) -> None:
        """Hold what callers would see now against what they were promised."""
        for name, record in self.engine.ledger.jobs.items():
            if self.kept.get(f"Job {name}") != record:
                raise Broken(f"{name} shows {record.status}, and that is not kept")
            if record.run is not None:
                self._look_at_run(record, record.run.number)
        for (name, number), process in self.processes.items():
            known = self.engine.ledger.jobs[name].run
            if not process.is_over and process.asked and (known is None or known.number != number):
                raise Broken(f"run {number} of {name} goes on, and its job does not know of it")
        self.oracle.look(self.engine.ledger, settled=self.settled)

    def _look_at_run(self, job: Job, number: int) -> None:
        run = job.id, number
        if run not in self.processes:
            raise Broken(f"{job.id} shows {job.status} in run {number}, and nothing runs")
        process = self.processes[run]
        if job.memory.stop_sent and not process.is_over and not process.stopped:
            raise Broken(f"{job.id} was to be stopped in run {number}, and has got no signal")
        waits = job.order.timeout_s is not None and job.status is RUNNING and not job.memory.timed_out
        if waits and run not in self.deadlines:
            raise Broken(f"{job.id} has a timeout in run {number}, and nobody waits for it")

    def reloaded(self) -> tuple[Any, Any]:
        """The form of the engine, and that of one that was given what is kept: at rest they are the same."""
        other = self._make(self._lifecycle, self._world.readings)
        other.restore(self.kept.values(), now_ms=self.now_ms)
        return form.of_engine(self.engine), form.of_engine(other)

    def _ask(self, name: str, job_id: str, given: Input, number: int) -> None:
        self.waiting[number] = name, job_id
        if isinstance(given, Submitted):
            self.oracle.submitted(given.order, self.engine.ledger)
        elif name in ("cancel", "terminate"):
            self.oracle.asked(job_id, name)
        elif name == "lose_host":
            self.oracle.faults(job_id, Event.HOST_LOST, Event.FAULT_FINAL)
        elif name == "delete":
            for order in self._world.jobs:
                self.oracle.asked(order.id, "terminate")
                self.oracle.faults(order.id, Event.GIVE_UP)
        elif (
            name == "turn" and isinstance(given, Put) and isinstance(given.record, Environment) and given.record.enabled
        ):
            self.oracle.room(is_there=True)
        self._take(replace_request(given, number))

    def _take(self, given: Input) -> None:
        self.ahead += 1
        if isinstance(given, Exited | StartFailed | HostLost | DeadlinePassed):
            self.deadlines.pop((given.job_id, given.number), None)
        for effect in self.engine.handle(given, now_ms=self.now_ms):
            self._order(effect)
        self.oracle.dependencies(self.engine.ledger.jobs)
        if isinstance(given, Exited | StartFailed | HostLost):
            self._order(("forget", (given.job_id, given.number)))

    def _order(self, effect: Any) -> None:
        if isinstance(effect, Save):
            self.staged[_key(effect.record)] = effect.record
        elif isinstance(effect, Forget):
            self.staged[_key(effect.job)] = None
        elif self.staged or self.after:
            self.after.append(effect)
        elif self.latest:
            self.latest.append(effect)
        else:
            self._do(effect)

    def _commit(self) -> None:
        for key, record in self.staged.items():
            if record is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = record
        self.staged = {}
        self.latest, self.after = self.after, self.latest

    def _finish(self) -> None:
        while not self.at_rest:
            if self.latest:
                self._do(self.latest.popleft())
            else:
                self._commit()
        self.ahead = 0

    def _do(self, deed: Effect | tuple[str, Run]) -> None:
        match deed:
            case Acknowledge(request):
                self._answered(request)
            case Spawn(job_id, number, _, variables):
                self._spawn((job_id, number), int(variables["AWS_BATCH_JOB_ATTEMPT"]))
            case Stop(job_id, number, grace_ms):
                self._stop((job_id, number), kill=grace_ms == 0)
            case SetDeadline(job_id, number, at_ms):
                if number != NO_RUN:
                    self.deadlines[job_id, number] = at_ms
            case ("forget", run):
                self.processes.pop(run, None)
            case _:
                raise AssertionError(f"nobody does a {deed}")

    def _answered(self, number: int) -> None:
        if number not in self.waiting:
            return
        name, job_id = self.waiting.pop(number)
        if name == "submit":
            self.oracle.accepted(job_id)
        elif name in ("cancel", "terminate"):
            self.oracle.answered(job_id, name)
        elif name == "delete":
            for order in self._world.jobs:
                self.oracle.unanswered(order.id, "terminate")
        elif name == "turn":
            self.oracle.room(is_there=self.engine.ledger.environments[ENVIRONMENT].enabled)

    def _spawn(self, run: Run, attempt: int) -> None:
        process = self.processes.get(run)
        if process is not None:
            self.processes[run] = replace(process, asked=True)
            return
        self.oracle.begins(*run, attempt)
        self.processes[run] = Process(attempt)
        going = [name for name, process in self.processes.items() if process.asked and not process.is_over]
        if len(going) > self._world.vcpus:
            raise Broken(f"there is room for {self._world.vcpus}, and these run: {going}")

    def _stop(self, run: Run, *, kill: bool) -> None:
        process = self.processes.get(run)
        if process is None or process.is_over:
            return
        if kill:
            up = () if process.reports else (processes.started(*run),)
            gone = processes.exited(*run, processes.KILLED)
            self.processes[run] = replace(process, reports=(*process.reports, *up, gone))
            return
        if process.is_up:
            self.oracle.signalled(run[0], process.attempt)
        self.processes[run] = replace(process, stopped=True)

    def _report(self, run: Run, report: Reported) -> None:
        process = self.processes[run]
        self.oracle.ends(report, process.attempt)
        self.processes[run] = replace(process, reports=(*process.reports, report))
        self._tell(run)

    def _tell(self, run: Run) -> None:
        process = self.processes[run]
        self.processes[run] = replace(process, told=process.told + 1)
        self._take(process.reports[process.told])

    def _let_go_of_strays(self) -> None:
        """The host has listed what it has: what the server did not ask for is stopped, and nobody is told."""
        for run in [run for run, process in self.processes.items() if not process.asked]:
            del self.processes[run]

    def _crash(self) -> None:
        self.left["crash"] -= 1
        self.staged, self.after, self.latest, self.doing, self.deadlines = {}, deque(), deque(), False, {}
        for name, job_id in self.waiting.values():
            if name in ("cancel", "terminate"):
                self.oracle.unanswered(job_id, name)
        self.waiting = {}
        self.processes = {run: replace(process, told=0, asked=False) for run, process in self.processes.items()}
        self.engine = self._make(self._lifecycle, self._world.readings)
        self.ahead = self._world.ahead
        for effect in self.engine.restore(self.kept.values(), now_ms=self.now_ms):
            self._order(effect)
        self.oracle.dependencies(self.engine.ledger.jobs)


def replace_request(given: Input, number: int) -> Input:
    """The same, asked by the caller of this number."""
    return structs.replace(given, request=number)


def _key(record: Record) -> str:
    return f"{type(record).__name__} {record.id if isinstance(record, Job) else record.arn}"
