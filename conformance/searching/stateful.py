"""Random histories: a Hypothesis rule-based state machine that begins where the specification says it is interesting.

Random steps alone hardly ever come to, say, a second attempt with a cancel accepted. So each run begins in a
configuration drawn from the explored specification, shortest way first, brought about on the real service by the
steps that stand for its events; random steps follow. No step predicts an answer: the monitor judges them all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from random import Random
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ...model.event import DEPENDENCY_EVENTS, REQUESTS, STEERED, Event
from ...model.explore import explore
from ...model.status import PENDING, RUNNABLE, STARTED
from ..judging.happenings import Left, Tried
from ..judging.outcome import Absent, Interrupted, Refusal, Unclear
from ..judging.seen import Seen
from ..power import Power
from ..steps.job import Job
from ..steps.scenario import Scenario
from ..steps.stage import Profile, Stage

EXIT_CODES = {Event.EXIT_ZERO: 0, Event.EXIT_RETRY: 1, Event.EXIT_FINAL: 9}
EXIT_ENTRY = {"action": "EXIT", "onExitCode": "9"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a run begins: how the job is submitted, and the events that lead on from there."""

    attempts: int
    waits: bool
    queue_full: bool
    events: tuple[Event, ...]


@dataclass
class Search:
    """What the runs of one machine share. `broken`: a run was found that no life explains."""

    stage: Stage
    label: str
    runs: int = 0
    broken: bool = False
    done: list[Scenario] = field(default_factory=list)


def plans(powers: frozenset[Power], attempts: int = 2) -> list[Plan]:
    """
    The configurations of the specification that a target with these powers can be brought to, nearest first.

    >>> plans(frozenset())[0].events
    ()
    >>> len(plans(frozenset(Power))) > 20
    True
    """
    graph = explore(attempts)
    found = dict[Plan, None]()
    for number, events in sorted(graph.shortest(STEERED).items(), key=lambda item: len(item[1])):
        start = graph.configurations[number]
        waits = bool(events) and any(e in DEPENDENCY_EVENTS for e in events)
        waits = waits or start.memory.waits
        full = start.status is RUNNABLE and not start.memory.chosen and start.memory.attempt == 0
        if waits and Power.GATE not in powers and Power.HOLDS_PENDING not in powers:
            continue
        if full and not {Power.HOLDS_RUNNABLE, Power.GATE} <= powers:
            continue
        if any(event in EXIT_CODES or event is Event.START for event in events) and Power.GATE not in powers:
            continue
        found[Plan(attempts, waits, full, tuple(e for e in events if e in _STEPS))] = None
    return list(found)


_STEPS = frozenset({Event.START, *EXIT_CODES}) | REQUESTS | DEPENDENCY_EVENTS


def _step(step: Callable[..., None]) -> Callable[..., None]:
    """
    A step that never decides what is drawn next: what comes of a real service varies, so every step is always
    possible, does nothing where it does not apply, and a run that comes to nothing just says so.
    """

    @wraps(step)
    def taken(self: Life, **arguments: object) -> None:
        if self.void:
            return
        try:
            step(self, **arguments)
        except (Refusal, Absent, Unclear) as trouble:
            self.come_to_nothing(trouble)
        self.judge()

    return taken


class Life(RuleBasedStateMachine):
    """One job, from a chosen configuration on."""

    search: Search
    plan: ClassVar[Plan]

    def __init__(self) -> None:
        super().__init__()
        self.search.runs += 1
        self.batch = Scenario(self.search.stage, f"{self.search.label}.{self.search.runs}")
        self.first: Job | None = None
        self.holder: Job | None = None
        self.job: Job | None = None
        self.let_go: list[Job] = []
        self.void, self.how, self.why = False, "done", ""
        self.batch.stage.recorder.add(Tried(scenario=self.batch.label, rule=self.search.label))

    @initialize()
    @_step
    def begin(self) -> None:
        """Submit the job and bring it to the chosen configuration."""
        plan, powers = self.plan, self.search.stage.target.powers
        queue = None
        if plan.queue_full:
            queue, _ = self.batch.stage.world.narrow_queue()
            self.holder = self.batch.submit(queue=queue, hold=True)
            self.batch.wait(self.holder, *STARTED)
        if plan.waits and not self.batch.target.pending_on:
            self.first = self.batch.submit(hold=True)
        self.job = job = self.batch.submit(
            attempts=plan.attempts,
            entries=(EXIT_ENTRY,) if Power.RUNS in powers else (),
            hold=True,
            queue=queue,
            behind=self.holder,
            depends_on=(self.first,) if self.first else (),
            pending=plan.waits and bool(self.batch.target.pending_on),
        )
        if plan.waits and plan.events[:1] not in ((Event.CANCEL,), (Event.TERMINATE,)):
            self._until(lambda: job.status is PENDING)
        for event in plan.events:
            if event in EXIT_CODES:
                self._release(EXIT_CODES[event])
            elif event in REQUESTS:
                self._request(event)
            elif event is Event.START:
                self._until(lambda: self._held(job) or (self.search.stage.gate is None and job.status in STARTED))
            elif self.first:
                self._let_go(self.first, 0 if event is Event.DEPENDENCIES_MET else 1)

    @rule()
    @_step
    def cancel(self) -> None:
        """CancelJob."""
        self._request(Event.CANCEL)

    @rule()
    @_step
    def terminate(self) -> None:
        """TerminateJob."""
        self._request(Event.TERMINATE)

    @rule(code=st.sampled_from(sorted(EXIT_CODES.values())))
    @_step
    def exit(self, code: int) -> None:
        """Let the running attempt end."""
        if not any(other and other not in self.let_go for other in (self.holder, self.first)):
            self._release(code)

    @rule(code=st.sampled_from([0, 1]))
    @_step
    def end_dependency(self, code: int) -> None:
        """Let the job that this one depends on end."""
        if self.first and self.first not in self.let_go:
            self._let_go(self.first, code)

    @rule()
    @_step
    def make_room(self) -> None:
        """Let the job end that fills the queue."""
        if self.holder and self.holder not in self.let_go:
            self._let_go(self.holder, 0)

    @rule()
    @_step
    def look(self) -> None:
        """Read the job."""
        if self.job:
            self.batch.read(self.job)

    def come_to_nothing(self, trouble: Exception) -> None:
        """What was to be seen did not come about, or cannot."""
        self.void, self.why = True, str(trouble)
        self.how = "absent" if isinstance(trouble, Absent) else "unclear"

    def teardown(self) -> None:
        """Let everything end, see that the job does, and keep what was found."""
        try:
            if self.job and not self.void and not self._broken():
                self._wind_up(self.job)
        except (Refusal, Absent, Unclear) as trouble:
            self.come_to_nothing(trouble)
        finally:
            self.batch.stage.recorder.add(Left(scenario=self.batch.label, how=self.how, why=self.why))
            self.search.done.append(self.batch)
            self.batch.close()
        self.judge()

    def _wind_up(self, job: Job) -> None:
        for other in (self.holder, self.first):
            if other and other not in self.let_go:
                self._let_go(other, 0)
        for _ in range(job.strategy.attempts):
            if not job.ended:
                self._release(0)
        if self.search.stage.target.pending_on and job.status is PENDING:
            return  # what it waits for never ends
        self.batch.settle(job)

    def _let_go(self, other: Job, code: int) -> None:
        self.let_go.append(other)
        self.batch.release(other, code)

    def _request(self, request: Event) -> None:
        if self.job:
            with contextlib.suppress(Refusal):
                self.batch.ask(request, self.job)

    def _release(self, code: int) -> None:
        job = self.job
        if job and Power.GATE in self.search.stage.target.powers:
            self._until(lambda: self._held(job))
            if self._held(job):
                self.batch.release(job, code)

    def _held(self, job: Job) -> bool:
        gate, held = self.search.stage.gate, job.holding()
        return bool(gate and held and gate.waits(job.id, held[1]))

    def _until(self, done: Callable[[], bool]) -> None:
        job = self.job
        if job:
            job.wait(lambda: done() or job.ended or self._broken(), self.batch.stage.bounds.longest / 1000)

    def _broken(self) -> bool:
        return any(job.failing for job in self.batch.jobs)

    def judge(self) -> None:
        """Fail the run when no life explains one of its jobs."""
        for job in self.batch.jobs:
            if job.failing:
                self.search.broken = True
                raise AssertionError(f"no life explains {job.odd or job.monitor.verdict}")


def explore_lives(stage: Stage, label: str) -> list[Seen]:
    """
    Run the machine on a target, and return every history as it was recorded.

    Away from the reference nothing is shrunk: a real service is not asked the same thing a hundred times over.
    """
    search = Search(stage, label)
    phases = [Phase.explicit, Phase.generate]
    if stage.profile.shrink:
        phases.append(Phase.shrink)
    options = settings(
        max_examples=HISTORIES_A_PLAN,
        stateful_step_count=stage.profile.steps,
        phases=phases,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
    )
    for number, plan in enumerate(_in_turn(plans(stage.target.powers), stage.profile)):
        machine = type("Life", (Life,), {"search": search, "plan": plan})
        try:
            run_state_machine_as_test(seed(stage.profile.seed + number)(machine), settings=options)
        except Interrupted:
            break
        except Exception:  # Hypothesis wraps what it found, also as Flaky
            if not search.broken:
                raise
            break
    stage.histories.append(search.runs)
    return [scenario.seen() for scenario in search.done]


HISTORIES_A_PLAN = 2
"""The first goes straight on from where it begins to its end; the second takes random steps."""


def _in_turn(found: list[Plan], profile: Profile) -> list[Plan]:
    """
    As many plans as the profile has histories for: all of them in turn, in an order that the seed decides.

    >>> from ..steps.stage import Profile
    >>> everything = plans(frozenset(Power))
    >>> set(_in_turn(everything, Profile(histories=2 * len(everything)))) == set(everything)
    True
    """
    order = list(found)
    Random(profile.seed).shuffle(order)
    number = max(1, profile.histories // HISTORIES_A_PLAN)
    return [order[index % len(order)] for index in range(number)]
