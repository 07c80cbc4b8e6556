"""Imagined processes end as real ones do: by themselves, when they are told to, and by SIGKILL after the grace time."""

from __future__ import annotations

from random import Random

import pytest

from batchproof.conformance.payload import OnSigterm, gated, timed
from batchproof.conformance.timing.virtual import VirtualClock
from batchproof.model.event import Event
from batchproof.reference_impl.deciding.messages import Exited, HostLost, Started, StartFailed
from batchproof.reference_impl.simulation.gate import SimulatedGate
from batchproof.reference_impl.simulation.host import SimulatedHost
from batchproof.reference_impl.simulation.loop import VirtualLoop

GRACE_MS = 30_000
EXITS = {0: Event.EXIT_ZERO, 1: Event.EXIT_RETRY, 3: Event.EXIT_RETRY}


class Stage:
    """A host, what it reported, and what was said at its gate."""

    def __init__(self) -> None:
        self.clock, self.gate = VirtualClock(), SimulatedGate()
        self.host = SimulatedHost(self.clock, Random(1), self.gate)
        self.news: list[object] = []
        self.said: list[tuple[int, str]] = []
        self.host.connect(self.news.append)
        self.gate.listen("job", lambda _, attempt, what: self.said.append((attempt, what)))

    def spawn(self, command, number: int = 1) -> None:
        told = {"AWS_BATCH_JOB_ID": "job", "AWS_BATCH_JOB_ATTEMPT": str(number)}
        self.host.spawn("job", number, tuple(command), told)

    def held(self, on_sigterm: OnSigterm = OnSigterm.DIE) -> None:
        self.spawn(gated("gate", (0,), on_sigterm, EXITS).command)
        self.clock.sleep(1)
        assert self.said == [(1, "began")]


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize(
    ("on_sigterm", "said", "code", "within_s"),
    [
        (OnSigterm.DIE, ["sigterm", "gone"], 143, 1),
        (OnSigterm.EXIT_ZERO, ["sigterm", "exiting 0", "gone"], 0, 1),
        (OnSigterm.IGNORE, ["sigterm", "gone"], 137, 30),
    ],
)
def test_a_held_process_does_with_a_sigterm_what_it_was_told(stage, on_sigterm, said, code, within_s):
    """One that ignores it is killed when the grace time is over, and not before."""
    stage.held(on_sigterm)
    stage.host.stop("job", 1, GRACE_MS)
    stage.clock.sleep(within_s - 0.5)
    if code == 137:
        assert stage.said == [(1, "began"), (1, "sigterm")]
        stage.clock.sleep(1)
    assert [what for _, what in stage.said[1:]] == said
    assert stage.news == [Started("job", 1), Exited("job", 1, code)]


def test_without_a_grace_time_it_is_killed_at_once(stage):
    stage.held()
    stage.host.stop("job", 1, 0)
    stage.clock.sleep(1)
    assert stage.said == [(1, "began"), (1, "gone")]
    assert stage.news[-1] == Exited("job", 1, 137)


def test_a_held_process_ends_with_the_code_that_the_gate_tells_it(stage):
    """It is told once: a second release finds nobody who waits."""
    stage.held()
    assert stage.gate.waits("job", 1)
    assert stage.gate.release("job", 1, 3)
    assert not stage.gate.release("job", 1, 0)
    assert not stage.gate.waits("job", 1)
    stage.clock.sleep(1)
    assert stage.said == [(1, "began"), (1, "exiting 3"), (1, "gone")]
    assert stage.news[-1] == Exited("job", 1, 3)


def test_a_dropped_job_ends_and_so_do_its_later_attempts(stage):
    stage.held()
    stage.gate.drop("job")
    stage.clock.sleep(1)
    stage.spawn(gated("gate", (0,), OnSigterm.DIE, EXITS).command, number=2)
    stage.clock.sleep(1)
    assert stage.said == [(1, "began"), (1, "gone")]
    assert [news for news in stage.news if isinstance(news, Exited)] == [Exited("job", 1, 99), Exited("job", 2, 99)]


def test_a_sleeper_ends_after_its_time_with_the_code_of_its_attempt(stage):
    stage.spawn(timed(10, (1, 3), EXITS).command, number=2)
    stage.clock.sleep(9)
    assert stage.news == [Started("job", 2)]
    stage.clock.sleep(2)
    assert stage.news[-1] == Exited("job", 2, 3)


def test_what_is_stopped_before_it_is_up_never_starts(stage):
    """As TERM-26 has it; and nothing of it is said at the gate."""
    stage.spawn(gated("gate", (0,), OnSigterm.DIE, EXITS).command)
    stage.host.stop("job", 1, GRACE_MS)
    stage.clock.sleep(60)
    assert [type(news) for news in stage.news] == [StartFailed]
    assert stage.said == []


def test_a_run_that_is_asked_for_again_is_reported_again(stage):
    """A server may forget what it was told; a host does not begin a run twice."""
    stage.held()
    stage.spawn(["true"])
    assert stage.news == [Started("job", 1)] * 2
    stage.gate.release("job", 1, 3)
    stage.clock.sleep(1)
    stage.spawn(["true"])
    assert stage.news[-2:] == [Started("job", 1), Exited("job", 1, 3)]


def test_at_the_end_everything_that_runs_is_lost(stage):
    stage.held()
    stage.spawn(["true"], number=2)
    VirtualLoop(stage.clock).run_until_complete(stage.host.close(0))
    assert [(type(news), news.number) for news in stage.news[1:]] == [(HostLost, 2), (HostLost, 1)]
    stage.clock.sleep(60)
    assert len(stage.news) == 3
