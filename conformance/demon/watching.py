"""One job of a demon, and a monitor that sees of it what a client with a gate sees: thousands of lives a minute, without boto3.

What the kit does with a service, done to the operations directly: calls that take a while, reads that overlap other things,
attempts that are let go, a queue that is filled, dependencies that end. `failing` is whether the monitor finds no life that
explains it, which for a demon is a fault of the monitor's, or of the demon's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from ...model import attempts as retrying
from ...model.attempts import AttemptEnd, Ended
from ...model.bounds import Bounds
from ...model.event import DEPENDENCY_EVENTS, FAULTS, Event
from ...model.knowledge import Knowledge
from ...model.monitor import Monitor, Shown
from ...model.monitor.automaton import Reads
from ...model.readings import READINGS, Valuation
from ...model.status import STARTED, Status
from ..payload import GATED, OnSigterm
from .choices import Choices, Freely
from .demon import Demon
from .operations import handle

STEPS = 40
CODES = (0, 1, 9)
QUICK = Bounds(
    evaluate=800, dependencies=900, place=700, start=1000, remove=600, stop=500, grace=1200, exit=400, watch=500
)
"""Shorter than any service's, so that a life has many moments in which two things are due at once."""


def drawn(chance: Random) -> Freely:
    """What a demon declares: all that may be declared, at random."""
    reads = chance.choice((Reads.FRESH, Reads.FRESH, Reads.LAGGING, Reads.UNORDERED))
    lag = 0 if reads is Reads.FRESH else chance.choice((100, 1500))
    call = chance.choice((0, 0, 0, 900))
    return Freely(replace(QUICK, lag=lag, call=call), reads, hosts_lost=chance.randrange(3) == 0)


@dataclass(eq=False)
class Watch:
    """
    One job, watched. `choices` may be shared by many watches, one after the other, so that what is rare is chosen more often.

    story   what was done and seen, with the demon's times
    """

    choices: Choices
    freely: Freely
    readings: Valuation = ()
    story: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = self.chance = self.choices.chance
        self.demon = Demon(self.choices, self.freely, self.readings)
        self.attempts = chance.choice((1, 2, 2, 3, 3))
        entries = [{"action": "EXIT", "onExitCode": "9"}, {"action": "EXIT", "onStatusReason": "Host EC2*"}]
        strategy = {"attempts": self.attempts, "evaluateOnExit": [e for e in entries if chance.randrange(2)]}
        self.strategy = retrying.parse(strategy)
        self.on_sigterm = chance.choice(list(OnSigterm))
        self.waits, self.held = chance.randrange(3) == 0, chance.randrange(3) == 0
        self.signalled: set[int] = set()
        self.began: list[int] = []
        self.told: set[int] = set()
        self._set_up()
        self.dependency = self._submit(queue="open", name="dependency") if self.waits else None
        self.dependency_code: int | None = None
        if self.held:
            self.holder = self._submit(queue="narrow", name="holder")
            self._pass(self.freely.bounds.longest * 10)
        depends = [{"jobId": self.dependency}] if self.dependency else []
        timeout: dict[str, Any] = {"timeout": {"attemptDurationSeconds": 60}} if chance.randrange(4) == 0 else {}
        self.times_out = bool(timeout)
        self.id = self._submit(
            queue="narrow" if self.held else "open", retryStrategy=strategy, dependsOn=depends, **timeout
        )
        self.monitor = self._monitor()
        self.demon.listen(self.id, self._reported)
        self._known = dict(self.demon.readings)

    @property
    def now_ms(self) -> int:
        return self.demon.agenda.now_ms

    @property
    def failing(self) -> bool:
        """Whether no life explains what was seen, or none under the readings by which it was lived."""
        return self.monitor.verdict is not None or self.demon.readings not in self.monitor.readings

    def run(self, steps: int = STEPS) -> Watch:
        """Do and see so many things, and look in the end whether anything is missing."""
        while steps > 0 and not self.failing:
            steps -= 5 if self._over() else 1
            self.chance.choice(ACTIONS)(self)
        if not self.failing:
            self.settle()
        return self

    def __str__(self) -> str:
        head = f"attempts {self.attempts}, {self.freely}, readings {self._known}, on SIGTERM {self.on_sigterm}"
        return "\n  ".join((head, *self.story, f"=> {self.monitor.verdict}"))

    # Setting up.

    def _call(self, operation: str, **asked: Any) -> dict[str, Any]:
        return handle(self.demon, operation, asked, self.now_ms)

    def _set_up(self) -> None:
        self._call("RegisterJobDefinition", jobDefinitionName="d", type="container")
        for name, vcpus in (("open", 100), ("narrow", 1)):
            self._call("CreateComputeEnvironment", computeEnvironmentName=name, type="UNMANAGED", unmanagedvCpus=vcpus)
            order = [{"order": 1, "computeEnvironment": name}]
            self._call("CreateJobQueue", jobQueueName=name, priority=1, computeEnvironmentOrder=order)

    def _submit(self, *, queue: str, name: str = "job", **asked: Any) -> str:
        command = ["python", "-c", GATED, "gate", self.on_sigterm.value]
        overrides = {"command": command}
        return self._call(
            "SubmitJob", jobName=name, jobQueue=queue, jobDefinition="d", containerOverrides=overrides, **asked
        )["jobId"]

    def _monitor(self) -> Monitor:
        lost = self.freely.hosts_lost
        killed = {self._event(137), self._event(143)}
        own = {Event.EXIT_ZERO} if self.on_sigterm is OnSigterm.EXIT_ZERO else set()
        self.knowledge = Knowledge(
            later_exits=frozenset(),
            stopped_exits=frozenset(killed | own),
            dependencies=frozenset({Event.DEPENDENCY_FAILED}) if lost else frozenset(),
            capacity=not self.held or lost,
            may_time_out=self.times_out,
            faults=FAULTS if lost else frozenset(),
        )
        free = set(self.chance.sample([r.name for r in READINGS], self.chance.choice((0, 0, 0, 1))))
        readings = {name: value for name, value in self.demon.readings if name not in free}
        return Monitor(
            attempts=self.attempts,
            waits=self.waits,
            knowledge=self.knowledge,
            fresh_reads=self.freely.reads is Reads.FRESH,
            monotone_reads=self.freely.reads is not Reads.UNORDERED,
            late_calls=bool(self.freely.bounds.call),
            readings=readings,
            bounds=self.freely.bounds,
            at_ms=self.now_ms,
        )

    def _event(self, code: int) -> Event:
        assert self.strategy is not None
        return retrying.event(self.strategy, AttemptEnd(Ended.EXITED, code, status_reason="Essential container"))

    def _knows(self, **changes: Any) -> None:
        self.knowledge = replace(self.knowledge, **changes)
        self.monitor.now_knows(self.knowledge, at_ms=self.now_ms)

    def _tell(self, text: str) -> None:
        self.story.append(f"{self.now_ms:7} {text}")

    # Seeing.

    def _reported(self, _job_id: str, attempt: int, what: str) -> None:
        self._tell(f"attempt {attempt} says {what}")
        if what == "began":
            self.began.append(attempt)
            self.monitor.began(attempt, at_ms=self.now_ms)
        elif what == "sigterm":
            own = self.on_sigterm is OnSigterm.EXIT_ZERO
            ends = frozenset({Event.EXIT_ZERO}) if own else None
            self.monitor.signalled(attempt, ends, at_ms=self.now_ms)
            self.knowledge = self.monitor.knowledge
        elif what.startswith("exiting"):
            ends = frozenset({self._event(int(what.split()[1]))})
            known = self.knowledge.ended_itself(attempt, ends)
            self._knows(exits=known.exits, unstopped=known.unstopped)

    def _over(self) -> bool:
        return self.demon.jobs[self.id].is_over

    def look(self, *, settled: bool = False) -> Shown | None:
        """DescribeJobs, which takes a while sometimes."""
        slow = not settled and self.chance.randrange(3) == 0
        mark, began_ms = (self.monitor.mark() if slow else None), self.now_ms
        if slow:
            self._pass(self.chance.randint(0, 300))
        found = self._call("DescribeJobs", jobs=[self.id])["jobs"]
        if slow:
            self._pass(self.chance.randint(0, 300))
        if not found:
            return None
        told: Mapping[str, Any] = found[0]
        shown = Shown(
            Status(told["status"]), told.get("isCancelled"), told.get("isTerminated"), len(told.get("attempts") or ())
        )
        self._tell(f"shows {shown}{' and stays' if settled else ''}")
        self.monitor.saw(shown, settled=settled, since=mark, began_ms=began_ms, at_ms=self.now_ms)
        return shown

    def settle(self) -> None:
        """All the time is given that the bounds say, and the job is read again."""
        for _ in range(20):
            until_ms = self.monitor.waits_until_ms(self.now_ms)
            if until_ms <= self.now_ms:
                break
            self._pass(until_ms - self.now_ms + 1)
        if not self.failing:
            self.look(settled=True)

    # Doing.

    def _pass(self, ms: int) -> None:
        self.demon.advance(self.now_ms + ms)

    def wait(self) -> None:
        """Time passes: to the next thing that happens, or a little, or long."""
        next_ms = self.demon.next_ms
        how = self.chance.randrange(3)
        if how == 0 and next_ms is not None:
            self._pass(max(0, next_ms - self.now_ms))
        else:
            self._pass(self.chance.randint(0, 100 if how == 1 else 2500))

    def ask(self) -> None:
        """A cancel or terminate, which takes a while sometimes, and may be lost on the way back."""
        if self.demon.jobs[self.id].at.status not in STARTED and self.chance.randrange(2):
            return  # or few lives would go on
        at = self.demon.jobs[self.id].at
        request = self.choices.move(at, (Event.CANCEL, Event.TERMINATE))
        self._tell(f"calls {request}")
        self.monitor.called(request, at_ms=self.now_ms)
        if slow := self.chance.randrange(3) == 0:
            self._pass(self.chance.randint(0, 300))
        self._call(f"{request.title()}Job", jobId=self.id, reason="why")
        if slow:
            self._pass(self.chance.randint(0, 300))
        if self.chance.randrange(6) == 0:
            self._tell(f"loses {request}")
            self.monitor.lost(request, at_ms=self.now_ms)
        else:
            self._tell(f"answers {request}")
            self.monitor.answered(request, at_ms=self.now_ms)

    def release(self) -> None:
        """An attempt that waits is let go: the monitor knows it first."""
        attempt = self.began[-1] if self.began else 0
        if not attempt or attempt in self.told or not self.demon.waits(self.id, attempt):
            return
        self.told.add(attempt)
        code = self.chance.choice(CODES)
        self._tell(f"releases attempt {attempt} with {code}")
        self._knows(exits=self.knowledge.released(attempt, frozenset({self._event(code)})).exits)
        self.demon.release(self.id, attempt, code)

    def make_room(self) -> None:
        """What fills the queue is let go."""
        if self.held and not self.knowledge.capacity and self.demon.waits(self.holder, 1):
            self._tell("makes room")
            self._knows(capacity=True)
            self.demon.release(self.holder, 1, 0)

    def let_dependency_end(self) -> None:
        """What the job waits for is let go, or seen to have ended."""
        if self.dependency is None:
            return
        ended = self.demon.jobs[self.dependency]
        if self.dependency_code is None and self.demon.waits(self.dependency, 1):
            self.dependency_code = self.chance.choice((0, 0, 1))
            met = Event.DEPENDENCY_FAILED if self.dependency_code else Event.DEPENDENCIES_MET
            self._tell(f"lets the dependency end with {self.dependency_code}")
            self._knows(dependencies=self.knowledge.dependencies | {met})
            self.demon.release(self.dependency, 1, self.dependency_code)
        elif ended.is_over and not self.knowledge.dependencies_due and self.freely.bounds.lag == 0:
            how = Event.DEPENDENCIES_MET if ended.status is Status.SUCCEEDED else Event.DEPENDENCY_FAILED
            self._tell(f"sees the dependency {ended.status}")
            self._knows(dependencies=frozenset({how}) & DEPENDENCY_EVENTS, dependencies_due=True)


ACTIONS: tuple[Callable[[Watch], object], ...] = (
    *[Watch.wait] * 6,
    *[Watch.ask] * 3,
    *[Watch.look] * 5,
    *[Watch.release] * 3,
    Watch.make_room,
    *[Watch.let_dependency_end] * 2,
    Watch.settle,
)
