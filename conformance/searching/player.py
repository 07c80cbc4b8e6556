"""Carries out the steps of one history on a service, and says of each what came of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import assert_never

from ...model.monitor.monitor import possible_statuses
from ...model.status import PENDING, RUNNABLE, RUNNING, SUCCEEDED, Status
from ..judging.outcome import Refusal
from ..judging.tally import Taken
from ..power import Power
from ..steps.job import Job
from ..steps.scenario import Caller, Scenario
from ..steps.submitting import Array
from .step import (
    NOT_AGAIN,
    Ask,
    Close,
    History,
    List,
    Look,
    Open,
    Pause,
    Release,
    Settle,
    Step,
    Submit,
    SubmitArray,
    Together,
    Until,
    kind,
    name,
)


class Player:
    """
    Plays one history in one scenario.

    taken   the steps so far; of overlapping ones each branch by itself
    begun   how many steps that were: none is begun after something was found
    """

    def __init__(self, batch: Scenario) -> None:
        self._batch, self._stage = batch, batch.stage
        self._jobs: dict[str, Job] = {}
        self._arrays: dict[str, Array] = {}
        self._asked: dict[Job, None] = {}
        self._queue, self._environment = "", ""
        self._closed = False
        self._in_line: list[Job] = []
        self._begins_at: Step | None = None
        self.taken: list[Taken] = []
        self.begun = 0

    @property
    def failing(self) -> bool:
        """Whether some job has shown what no life explains."""
        return any(job.failing for job in self._batch.jobs)

    def play(self, history: History) -> None:
        """Take its steps, and then let everything come to its end. What was found stays found: it ends at the first."""
        self._begins_at = history.begins_at
        for step in history.steps:
            self.take(step)
        self.wind_up()

    def take(self, step: Step) -> None:
        """
        Take one step; where it does not apply, or is refused, it does nothing.

        Raises Unclear where nobody knows what the service made of it, and so nothing of what comes after.
        """
        if self.failing:
            return
        self.begun += 1
        with contextlib.suppress(Refusal):
            if isinstance(step, Together):
                self._overlap(step)
            else:
                self._take(step, self._batch)

    def _take(self, step: Step, batch: Scenario | Caller) -> None:
        jobs = _subjects(step)
        at = tuple(str((self._jobs[job].status if job in self._jobs else "") or "") for job in jobs)
        effect = False
        try:
            effect = self._done(step, batch)
        finally:
            begins, request = step is self._begins_at, isinstance(step, Ask)
            self.taken.append(Taken(name(step), kind(step), jobs, at, effect, begins, request))

    def _done(self, step: Step, batch: Scenario | Caller) -> bool:
        match step:
            case Submit():
                return self._submit(step)
            case SubmitArray():
                return self._submit_array(step)
            case Ask():
                return self._ask(step, batch)
            case Release(job=about, code=code):
                job = self._jobs.get(about)
                return job is not None and self._release(job, code)
            case Until(job=about, status=status, attempt=attempt):
                job = self._jobs.get(about)
                return job is not None and self._arrived(job, Status(status), attempt)
            case Settle(job=about):
                job = self._jobs.get(about)
                return job is not None and self._settle(job)
            case Pause(ms=ms):
                self._stage.interrupted.wait(ms / 1000)
                return True
            case Close() | Open():
                return self._close(isinstance(step, Close))
            case Look(job=about):
                job = self._jobs.get(about)
                return job is not None and bool(batch.read(job))
            case List(job=about):
                job = self._jobs.get(about)
                return job is not None and batch.summary(job) is not None
            case Together():
                raise AssertionError("overlapping steps are no branch of others")
            case _:
                assert_never(step)

    def _overlap(self, step: Together) -> None:
        """Each branch by a caller of its own; what one of them raises is raised when all are done."""

        def branch(delay_ms: int, inner: Step) -> None:
            self._stage.interrupted.wait(delay_ms / 1000)
            with contextlib.suppress(Refusal):
                self._take(inner, self._batch.beside())

        with self._stage.target.clock.pool(len(step.branches), "caller") as callers:
            done = [callers.submit(branch, delay_ms, inner) for delay_ms, inner in step.branches]
        for each in done:
            each.result()

    def _submit(self, step: Submit) -> bool:
        needs = [self._jobs.get(name) for name in step.needs]
        if step.name in self._jobs or None in needs:
            return False
        runs = Power.RUNS in self._stage.target.powers
        job = self._batch.submit(
            attempts=step.attempts,
            entries=(NOT_AGAIN,) if step.exits_stop and step.attempts and runs else (),
            hold=True,
            ends=step.ends,
            on_sigterm=step.on_sigterm,
            depends_on=tuple(job for job in needs if job),
            queue=self._narrow() if step.narrow else None,
            behind=self._holder() if step.narrow else None,
            role=step.name,
        )
        self._jobs[step.name] = job
        if step.narrow:
            self._in_line.append(job)
        return True

    def _submit_array(self, step: SubmitArray) -> bool:
        after = self._arrays.get(step.after)
        if step.name in self._arrays or (step.after and after is None):
            return False
        on = [{"type": "SEQUENTIAL"}] if step.sequential else []
        on += [{"type": "N_TO_N", "jobId": after.id}] if after else []
        size = len(after.children) if after else step.size
        array = self._batch.submit_array(size, hold=True, depends_on=on, after=after, role=step.name)
        self._arrays[step.name] = array
        for index, child in enumerate(array.children):
            self._jobs[f"{step.name}:{index}"] = child
        return True

    def _ask(self, step: Ask, batch: Scenario | Caller) -> bool:
        if len(step.jobs) == 1 and (array := self._arrays.get(step.jobs[0])):
            lives = any(not child.ended for child in array.children)
            self._asked.update(dict.fromkeys(array.children))
            batch.ask_of_array(step.request, array)
            return lives
        jobs = [self._jobs[name] for name in step.jobs if name in self._jobs]
        if not jobs:
            return False
        lives = any(not job.ended for job in jobs)
        self._asked.update(dict.fromkeys(jobs))
        if step.bulk:
            batch.bulk(step.request, jobs)
        else:
            for job in jobs:
                batch.ask(step.request, job)
        return lives

    def _release(self, job: Job, code: int | None) -> bool:
        if not job.payload.gated:
            return False
        if self._goes_on(job):
            self._until(job, lambda: self._held(job))
        if not self._held(job):
            return False
        self._batch.release(job, code)
        return True

    def _arrived(self, job: Job, status: Status, attempt: int) -> bool:
        """Wait; then whether the job is there, as it was seen and for all that its monitor knows."""
        begun = attempt if status is RUNNING else attempt - 1

        def there() -> bool:
            if job.status is not status or not job.payload.gated:
                return job.status is status
            return len(job.began()) >= begun and self._held(job) is (status is RUNNING)

        def in_vain() -> bool:
            """Nothing brings it there before the kit does something else."""
            if status is RUNNING:
                return not self._goes_on(job)
            if status in (PENDING, RUNNABLE):
                return self._held(job) or _waits(job) is (status is RUNNABLE)
            return self._held(job) or not self._goes_on(job)

        self._until(job, lambda: there() or in_vain())
        return there() and not job.failing and status in possible_statuses(job.monitor)

    def _settle(self, job: Job) -> bool:
        if job.ended or self.failing:
            return False
        self._batch.settle(job)
        return True

    def _close(self, closed: bool) -> bool:
        if not self._environment or closed is self._closed:
            return False
        world = self._stage.world
        (world.hold_placements if closed else world.let_place)(self._environment)
        self._closed = closed
        return True

    def _narrow(self) -> str:
        if not self._queue:
            self._queue, self._environment = self._stage.world.borrowed_narrow_queue()
        return self._queue

    def _holder(self) -> Job | None:
        """The job that takes all the room there is in the narrow queue, as long as the kit keeps it there."""
        return next((job for job in self._in_line if self._held(job) and job not in self._asked), None)

    def _held(self, job: Job) -> bool:
        gate, held = self._stage.gate, job.holding()
        return bool(gate and held and gate.waits(job.id, held[1]))

    def _goes_on(self, job: Job) -> bool:
        """Whether nothing that the kit has done keeps this job from coming to the gate."""
        return not (job.ended or _waits(job) or not job.knowledge.capacity or (self._closed and job in self._in_line))

    def _until(self, job: Job, done: Callable[[], bool]) -> bool:
        bounds = self._stage.bounds
        return job.wait(lambda: done() or job.ended or self.failing, bounds.longest / 1000)

    def wind_up(self) -> None:
        """
        Let everything come to its end.

        What was asked for first has all the time that it is allowed, while nothing else moves: a stop that never comes
        is not to be seen once the attempt was let go.
        """
        for job in list(self._asked):
            self._settle(job)
        if self._closed:
            self._close(False)
        stuck: set[Job] = set()
        while not self.failing and (
            left := [job for job in self._batch.jobs if not job.ended and job not in stuck and not job.vouches]
        ):
            job = next((job for job in left if self._held(job)), None) or next(filter(self._goes_on, left), None)
            if job is None:
                break
            if not self._release(job, None) and not job.ended:
                stuck.add(job)
        for job in self._batch.jobs:
            if not job.vouches:
                self._settle(job)
        if self._queue and not self._closed and all(job.ended for job in self._in_line):
            self._stage.world.give_back(self._queue, self._environment)


def _waits(job: Job) -> bool:
    """Whether a job that it depends on has not been seen to succeed."""
    return not all(other.status is SUCCEEDED for other in job.depends_on)


def _subjects(step: Step) -> tuple[str, ...]:
    match step:
        case Ask(jobs=jobs):
            return jobs
        case Release(job=job) | Settle(job=job) | Look(job=job) | List(job=job) | Until(job=job):
            return (job,)
        case _:
            return ()
