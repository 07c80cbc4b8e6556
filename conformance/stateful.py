"""Random histories: a Hypothesis rule-based state machine that begins where the specification says it is interesting.

Random steps alone hardly ever come to, say, a second attempt with a cancel accepted. So each run begins in a
configuration drawn from the explored specification, shortest way first, brought about on the real service by the
steps that stand for its events; random steps follow. No step predicts an answer: the monitor judges them all.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from ..model.explore import explore
from ..model.monitor import Verdict
from ..model.status import PENDING, RUNNABLE, STARTED
from .history import Event
from .job import Job
from .rule import Absent, Broken, Unclear
from .scenario import Scenario, Stage
from .target import Power

STEERED = frozenset(
    ["evaluate", "choose", "place", "start", "stop", "remove", "cancel", "terminate", "dependencies_met", "dependency_failed", "exit_zero", "exit_retry", "exit_final"]
)
"""Events of the table that steps of the kit bring about, or that a service does by itself meanwhile."""

EXIT_CODES = {"exit_zero": 0, "exit_retry": 1, "exit_final": 9}
EXIT_ENTRY = {"action": "EXIT", "onExitCode": "9"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a run begins: how the job is submitted, and the events that lead on from there."""

    attempts: int
    waits: bool
    queue_full: bool
    events: tuple[str, ...]


@dataclass
class Found:
    """A run that no life explains: the fewer events, the better."""

    job: Job
    verdict: Verdict
    events: list[Event]


@dataclass
class Search:
    """What the runs of one machine share."""

    stage: Stage
    label: str
    runs: int = 0
    found: list[Found] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
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
        waits = bool(events) and any(e in ("dependencies_met", "dependency_failed") for e in events)
        waits = waits or start.memory.waits
        full = start.status is RUNNABLE and not start.memory.chosen and start.memory.attempt == 0
        if waits and Power.GATE not in powers and Power.HOLDS_PENDING not in powers:
            continue
        if full and not {Power.HOLDS_RUNNABLE, Power.GATE} <= powers:
            continue
        if any(event in EXIT_CODES or event == "start" for event in events) and Power.GATE not in powers:
            continue
        found[Plan(attempts, waits, full, tuple(e for e in events if e in _STEPS))] = None
    return list(found)


_STEPS = frozenset({"start", "cancel", "terminate", "dependencies_met", "dependency_failed", *EXIT_CODES})


class Life(RuleBasedStateMachine):
    """One job, from a chosen configuration on."""

    search: Search

    def __init__(self) -> None:
        super().__init__()
        self.search.runs += 1
        self.batch = Scenario(self.search.stage, f"{self.search.label}.{self.search.runs}")
        self.first: Job | None = None
        self.holder: Job | None = None

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Submit the job and bring it to the chosen configuration."""
        plan: Plan = data.draw(st.sampled_from(plans(self.search.stage.target.powers)), label="start")
        powers = self.search.stage.target.powers
        queue = None
        if plan.queue_full:
            queue, _ = self.batch.stage.world.narrow_queue()
            self.holder = self.batch.submit(queue=queue, hold=True)
            self.batch.wait(self.holder, *STARTED)
        if plan.waits and not self.batch.target.pending_on:
            self.first = self.batch.submit(hold=True)
        self.job = self.batch.submit(
            attempts=plan.attempts,
            entries=(EXIT_ENTRY,) if Power.RUNS in powers else (),
            hold=True,
            queue=queue,
            behind=self.holder,
            depends_on=(self.first,) if self.first else (),
            pending=plan.waits and bool(self.batch.target.pending_on),
        )
        if plan.waits and "cancel" not in plan.events[:1] and "terminate" not in plan.events[:1]:
            self._until(lambda: self.job.status is PENDING)
        for event in plan.events:
            self._bring_about(event)
        self._judge()

    def _bring_about(self, event: str) -> None:
        if event in EXIT_CODES:
            self._release(EXIT_CODES[event])
        elif event in ("cancel", "terminate"):
            self._request(event)
        elif event == "start":
            self._until(lambda: self.job.status in STARTED)
        elif self.first:
            self.batch.release(self.first, 0 if event == "dependencies_met" else 1)

    @rule()
    def cancel(self) -> None:
        """CancelJob."""
        self._request("cancel")
        self._judge()

    @rule()
    def terminate(self) -> None:
        """TerminateJob."""
        self._request("terminate")
        self._judge()

    @precondition(lambda self: self._waits_at_gate())
    @rule(code=st.sampled_from(sorted(EXIT_CODES.values())))
    def exit(self, code: int) -> None:
        """Let the running attempt end."""
        self._release(code)
        self._judge()

    @precondition(lambda self: self.first is not None and self._held(self.first))
    @rule(code=st.sampled_from([0, 1]))
    def end_dependency(self, code: int) -> None:
        """Let the job that this one depends on end."""
        assert self.first
        self.batch.release(self.first, code)
        self._judge()

    @precondition(lambda self: self.holder is not None and self._held(self.holder))
    @rule()
    def make_room(self) -> None:
        """Let the job end that fills the queue."""
        assert self.holder
        self.batch.release(self.holder, 0)
        self._judge()

    @rule()
    def look(self) -> None:
        """Read the job."""
        self.batch.read(self.job)
        self._judge()

    def teardown(self) -> None:
        """Let everything end, see that the job does, and keep what was found."""
        try:
            if hasattr(self, "job") and not self._broken():
                self._wind_up()
        except (ClientError, Absent, Unclear) as trouble:
            self.search.unclear.append(str(trouble))
        finally:
            self.search.done.append(self.batch)
            self.batch.close()
        self._judge()

    def _wind_up(self) -> None:
        for other in (self.holder, self.first):
            if other and self._held(other):
                self.batch.release(other, 0)
        for _ in range(self.job.strategy.attempts):
            self._until(lambda: self.job.ended or self._waits_at_gate())
            if self._waits_at_gate():
                self._release(0)
        if self.search.stage.target.pending_on and self.job.status is PENDING:
            return  # what it waits for never ends
        self.batch.settle(self.job)

    def _request(self, request: str) -> None:
        with contextlib.suppress(ClientError):
            self.batch.cancel(self.job) if request == "cancel" else self.batch.terminate(self.job)

    def _release(self, code: int) -> None:
        self._until(lambda: self.job.ended or self._waits_at_gate())
        if self._waits_at_gate():
            self.batch.release(self.job, code)

    def _waits_at_gate(self) -> bool:
        return hasattr(self, "job") and self._held(self.job)

    def _held(self, job: Job) -> bool:
        gate, began = self.search.stage.gate, job.began()
        return bool(gate and began and gate.waits(job.id, began[-1]))

    def _until(self, done) -> None:
        self.job.wait(lambda: done() or self.job.ended or self._broken(), self.batch.target.deadline_s)

    def _broken(self) -> bool:
        return any(job.monitor.verdict is not None or job.trouble for job in self.batch.jobs)

    def _judge(self) -> None:
        for job in self.batch.jobs:
            if job.trouble:
                raise job.trouble
            if job.monitor.verdict is not None:
                self.search.found.append(Found(job, job.monitor.verdict, job.events()))
                raise AssertionError(f"no life explains {job.monitor.verdict.saw}")


def explore_lives(batch: Scenario) -> None:
    """
    Run the machine on the scenario's target; what it finds is left among the scenario's jobs, shortest first.

    Away from the reference nothing is shrunk: a real service is not asked the same thing a hundred times over.
    """
    stage = batch.stage
    search = Search(stage, batch.label)
    machine = type("Life", (Life,), {"search": search})
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    if stage.profile.shrink:
        phases.append(Phase.shrink)
    options = settings(
        max_examples=stage.profile.histories,
        stateful_step_count=stage.profile.steps,
        phases=phases,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=tuple(HealthCheck.__members__.values()),
    )
    trouble: Exception | None = None
    try:
        run_state_machine_as_test(seed(stage.profile.seed)(machine), settings=options)
    except (Broken, Absent, Unclear, ClientError) as error:
        trouble = error
    except Exception as error:  # Hypothesis wraps what it found, also as Flaky
        trouble = None if search.found else error
    for scenario in search.done:
        batch.evidence.extend(scenario.judged_readings())
    if search.found:
        batch.jobs = [min(search.found, key=lambda found: len(found.events)).job]
    elif trouble:
        raise trouble
    elif search.unclear and len(search.unclear) * 2 > search.runs:
        raise Unclear(f"{len(search.unclear)} of {search.runs} histories came to nothing: {search.unclear[0]}")
