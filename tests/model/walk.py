"""A random life of a job, and a monitor that sees of it what an observer sees.

A walk runs the machine itself. The world around the job (gate, queue, dependencies, timeout) is written here again,
without the monitor's `Knowledge`, which the walk only tells what an observer would know: before the world widens,
after it narrows. So a belief that forgets a possibility shows as a violation of a life that the table allows.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from batchproof.model.knowledge import DEPENDENCY_EVENTS, EXITS, FAULTS, Knowledge
from batchproof.model.machine import LIFECYCLE, Configuration, Lifecycle
from batchproof.model.monitor import Monitor, Shown
from batchproof.model.readings import READINGS, Valuation
from batchproof.model.status import (
    BEFORE_STARTING,
    PENDING,
    RUNNING,
    STARTED,
    STARTING,
)

ENDS = frozenset({"exit_zero", "exit_retry", "exit_final"})
RARE = frozenset({"lose_cancel", "abort_start", "start_failed", "exit_zero_overruled"})


@dataclass
class Call:
    """One request on its way: it may have taken effect, and it may have been answered, in either order."""

    request: str
    effective: bool = False
    answered: bool = False
    lost: bool = False


@dataclass
class Read:
    """One DescribeJobs on its way. `shown` is None until the service has looked the job up."""

    mark: object
    shown: Shown | None = None


class Walk:
    """
    One life of a job, and a monitor that sees of it what an observer sees. `kinds` says what the walk exercised.

    gate       None, where nothing holds an attempt; else how a held attempt takes a SIGTERM: `die`, `zero`, `ignore`
    late       the service answers requests before they take effect
    lagging    reads may show the past
    powerful   the observer can do all that helps to see: gate, fresh reads, prompt answers, no faults
    """

    def __init__(
        self,
        chance: random.Random,
        lifecycle: Lifecycle = LIFECYCLE,
        *,
        free_readings: int = 0,
        powerful: bool = False,
    ) -> None:
        self.chance, self.lifecycle = chance, lifecycle
        self.kinds: Counter[str] = Counter()
        self.story: list[str] = []
        self.attempts = chance.choice((1, 2, 2, 3))
        self.readings: Valuation = tuple((r.name, chance.choice(list(r.values))) for r in READINGS)
        self.lagging, self.late, self.waits = self.odds(3), self.odds(4), self.odds(3)
        self.gate = chance.choice((None, "die", "zero", "ignore"))
        self.exits_due = self.gate is not None or self.odds(2)
        self.faults = FAULTS if self.odds(4) else frozenset[str]()
        self.times_out = self.odds(4)
        self.full = self.odds(3)
        if powerful:
            self.lagging = self.late = self.times_out = False
            self.gate, self.exits_due, self.faults = "die", True, frozenset()
        self.own_ends = frozenset(chance.sample(sorted(ENDS), chance.randint(1, 3)))
        self.released: dict[int, str] = {}
        self.signalled: set[int] = set()
        self.outcomes: frozenset[str] = frozenset()  # of the dependencies, as far as they were let go
        self.dependency: str | None = None  # how they ended, once they have
        self.calls: list[Call] = []
        self.reads: list[Read] = []
        self.reports: list[tuple[str, int]] = []
        self.passed = [lifecycle.submitted(self.attempts, waits=self.waits, readings=self.readings)]
        self.view = 0
        fixed = dict(chance.sample(self.readings, len(READINGS) - free_readings))
        self.monitor = Monitor(
            attempts=self.attempts,
            waits=self.waits,
            knowledge=self._knowledge(),
            fresh_reads=not self.lagging,
            late_calls=self.late,
            readings=fixed,
        )
        self.kinds.update(
            name
            for name, on in (
                ("lagging reads", self.lagging),
                ("late calls", self.late),
                ("dependencies", self.waits),
                ("a gate", self.gate),
                ("no gate", not self.gate),
                ("faults", self.faults),
                ("timeout", self.times_out),
                ("full queue", self.full),
                ("free readings", free_readings),
            )
            if on
        )

    def _knowledge(self) -> Knowledge:
        ends = self.own_ends if self.gate is None else frozenset[str]()
        return Knowledge(
            later_exits=ends,
            stopped_exits=EXITS if self.gate is None else self._stopped(),
            exits_due=self.exits_due,
            dependencies=frozenset(),
            capacity=not self.full,
            may_time_out=self.times_out,
            faults=self.faults,
        )

    def _stopped(self) -> frozenset[str]:
        """How a held attempt may end after a SIGTERM, as its observer knows it."""
        return frozenset({"exit_retry", "exit_final"} | ({"exit_zero"} if self.gate == "zero" else set()))

    @property
    def at(self) -> Configuration:
        return self.passed[-1]

    def odds(self, of: int) -> bool:
        """True once in so many times."""
        return self.chance.randrange(of) == 0

    def run(self, steps: int) -> Walk:
        """Take at most so many steps: few when the job has ended, none when the monitor objects."""
        for _ in range(self.chance.choice((0, 0, 2, 4, 6))):
            self.move()  # most walks begin to look when the job is on its way
        while steps > 0 and self.monitor.verdict is None:
            steps -= 4 if self.at.status.terminal else 1
            self.chance.choice(ACTIONS)(self)
        return self

    def tell(self, kind: str, text: str = "") -> None:
        """Something happened."""
        self.kinds[kind] += 1
        self.story.append(f"{kind} {text}".strip())

    # What the job does.

    def can(self, happening: str) -> bool:
        """Whether the world lets this happen now, as far as the world has a say."""
        memory = self.at.memory
        if happening in EXITS:
            plain = "exit_zero" if happening == "exit_zero_overruled" else happening
            if self.gate == "zero" and memory.attempt in self.signalled:
                return plain == "exit_zero"  # its handler has run, whatever it had been told before
            if self.gate is None:
                return plain in self.own_ends or memory.stop_sent
            return plain == self.released.get(memory.attempt) or (memory.stop_sent and plain in self._stopped())
        if happening in DEPENDENCY_EVENTS:
            return happening == self.dependency if self.dependency else happening in self.outcomes
        if happening in FAULTS:
            return happening in self.faults
        return not (happening == "choose" and self.full) and not (happening == "time_out" and not self.times_out)

    def possible(self) -> list[tuple[str, Configuration]]:
        """What the service may do now without being asked."""
        return [(e, c) for e, c in self.lifecycle.successors(self.at) if e.kind.name != "REQUEST" and self.can(e)]

    def due(self) -> list[tuple[str, Configuration]]:
        """What of it a working service does not put off."""
        memory = self.at.memory
        ended = memory.stop_sent or (self.exits_due and (self.gate is None or memory.attempt in self.released))
        return [
            (e, c)
            for e, c in self.possible()
            if e.urgent
            and c != self.at
            and (ended if e in EXITS else self.dependency is not None if e in DEPENDENCY_EVENTS else True)
            # A terminate may act on a PENDING job at once or wait (TERM-04).
            and not (e == "remove" and self.at.status is PENDING and memory.stop_accepted)
        ]

    def move(self) -> None:
        """The service, the process, a dependency or a fault."""
        possible = self.possible()
        rare = [(e, c) for e, c in possible if e in RARE]
        usual = [(e, c) for e, c in possible if e not in FAULTS]
        if some := rare if rare and self.odds(2) else possible if self.odds(6) else usual:
            self.goes(*self.chance.choice(some))

    def goes(self, happening: str, after: Configuration) -> None:
        """The job takes one step."""
        before = self.at
        self.passed.append(after)
        self.tell(f"does {happening}", f"-> {after.status}")
        if self.gate is None:
            return
        if (before.status, after.status) == (STARTING, RUNNING):
            self.reports.append(("began", after.memory.attempt))
        if not before.memory.stop_sent and after.memory.stop_sent and after.status is RUNNING and not self.odds(4):
            self.signalled.add(after.memory.attempt)  # else it is killed, or ends, before its handler runs
            self.reports.append(("signalled", after.memory.attempt))

    # What is asked of it.

    def call(self) -> None:
        """A request sets out."""
        if len(self.calls) < 4 and (self.at.status not in BEFORE_STARTING or self.odds(3)):  # or few lives would go on
            call = Call(self.chance.choice(("cancel", "terminate")))
            self.calls.append(call)
            self.tell("calls", call.request)
            self.monitor.called(call.request)
            if self.odds(4):
                self.take_effect()

    def take_effect(self) -> None:
        """A request that is under way, or was lost, or (where calls are late) was answered, takes effect."""
        if waiting := [call for call in self.calls if not call.effective]:
            call = self.chance.choice(waiting)
            call.effective = True
            self.passed.append(self.lifecycle.step(self.at, call.request))
            kind = (
                "lost, yet takes effect" if call.lost else "answered, then takes effect" if call.answered else "effect"
            )
            self.tell(kind, f"{call.request} in {self.at.status}")

    def answer(self) -> None:
        """A request is answered, refused or lost."""
        if not (open_ := [call for call in self.calls if not call.answered and not call.lost]):
            return
        call = self.chance.choice(open_)
        if self.odds(5):
            call.lost = True
            self.tell("loses", call.request)
        elif call.effective or (self.late and self.odds(2)):
            call.answered = True
            self.tell("answers", call.request)
            self.monitor.answered(call.request)
        elif self.odds(4):
            self.calls.remove(call)
            self.tell("refuses", call.request)
            self.monitor.refused(call.request)

    # What is seen of it.

    def shown(self) -> Shown:
        """What the service shows of the view."""
        status, memory = self.passed[self.view if self.lagging else -1]
        # Also one that changed nothing may show in its flag, as long as it was not refused (CANCEL-16).
        accepted = {call.request for call in self.calls if call.effective or call.answered}
        cancelled = (memory.is_cancelled or "cancel" in accepted) and self.odds(2)
        terminated = (memory.is_terminated or "terminate" in accepted) and self.odds(2)
        return Shown(
            status,
            self.chance.choice((None, False)) if not cancelled else True,
            self.chance.choice((None, False)) if not terminated else True,
            self.chance.randint(0, min(memory.attempt + 1, memory.attempts)) if self.odds(2) else None,
        )

    def catch_up(self) -> None:
        """The view moves on, never back."""
        if self.lagging and self.view < len(self.passed) - 1:
            self.view = self.chance.randint(self.view + 1, len(self.passed) - 1)
            self.tell("view moves")

    def look(self) -> None:
        """A read that nothing overlaps, or a part of one that much may overlap."""
        read = self.chance.choice((None, None, *self.reads))
        if read is None and self.odds(2):
            shown = self.shown()
            if self.lagging and self.passed[self.view] != self.at:
                self.tell("shows the past")
            self.tell("shows", text=shown.status)
            self.monitor.saw(shown, since=self.monitor.mark() if self.odds(3) else None)
        elif read is None:
            self.reads.append(Read(self.monitor.mark()))
            self.tell("begins to read")
        elif read.shown is None:
            read.shown = self.shown()
            self.tell("looks up", text=read.shown.status)
        else:
            self.reads.remove(read)
            if self.passed[-1].status is not read.shown.status:
                self.tell("answers a read late")
            self.tell("read", text=read.shown.status)
            self.monitor.saw(read.shown, since=read.mark)

    def settle(self) -> None:
        """The service gets all the time that it needs, and the job is read again."""
        for _ in range(30):
            if due := self.due():
                self.goes(*self.chance.choice(due))
        if self.due():
            return  # only a wrong table goes round for ever
        self.view = len(self.passed) - 1
        if self.reports:
            return  # what the gate has to say is heard long before
        shown = self.shown()
        self.tell("settles", text=shown.status)
        self.kinds[f"settles in {shown.status}"] += 1
        self.monitor.saw(shown, settled=True)

    def report(self) -> None:
        """The gate hears of the job."""
        if self.reports:
            what, attempt = self.reports.pop(0)
            late = " after its end" if self.at.status not in STARTED else ""
            if what == "began":
                self.tell(f"reports that it began{late}", str(attempt))
                self.monitor.began(attempt)
            else:
                ends = frozenset({"exit_zero"}) if self.gate == "zero" else None
                self.tell(f"reports a SIGTERM{late}", str(attempt))
                self.monitor.signalled(attempt, ends)

    # What is known about the world.

    def release(self) -> None:
        """The observer lets an attempt end, and says how: first to the monitor, then to the process."""
        attempt = self.at.memory.attempt
        held = self.at.status is RUNNING and attempt not in self.released and attempt not in self.signalled
        if self.gate and held and ("began", attempt) not in self.reports:
            end = self.chance.choice(sorted(self.own_ends))
            self.tell("releases", f"{attempt} {end}")
            self.monitor.knows(exits=self.monitor.knowledge.released(attempt, frozenset({end})).exits)
            self.released[attempt] = end

    def make_room(self) -> None:
        """The queue gets room, which the observer knows before; or is filled, which it knows afterwards."""
        self.tell("makes room" if self.full else "fills the queue")
        if self.full:
            self.monitor.knows(capacity=True)
            self.full = False
        else:
            self.full = True
            self.monitor.knows(capacity=False)

    def let_dependencies_end(self) -> None:
        """What this job waits for may end, or is seen to have ended."""
        if not self.waits or self.dependency:
            return
        if not self.outcomes or self.odds(3):
            self.outcomes |= {self.chance.choice(sorted(DEPENDENCY_EVENTS))}
            self.tell("lets dependencies end", str(sorted(self.outcomes)))
            self.monitor.knows(dependencies=self.outcomes)
            return
        happened = [e for e in DEPENDENCY_EVENTS if any(line.startswith(f"does {e}") for line in self.story)]
        self.dependency = (happened or [self.chance.choice(sorted(self.outcomes))])[0]
        self.tell("sees the dependencies' end", self.dependency)
        self.monitor.knows(dependencies=frozenset({self.dependency}), dependencies_due=True)

    def explained(self) -> bool:
        """Whether the monitor still believes in this life, and in the readings under which it was lived."""
        return self.monitor.verdict is None and self.readings in self.monitor.readings

    def __str__(self) -> str:
        lines = (f"attempts {self.attempts}, readings {dict(self.readings)}, gate {self.gate}", *self.story)
        return "\n  ".join((*lines, f"=> {self.monitor.verdict}"))


ACTIONS: tuple[Callable[[Walk], None], ...] = (
    *[Walk.move] * 10,
    *[Walk.call] * 2,
    *[Walk.take_effect] * 3,
    *[Walk.answer] * 3,
    *[Walk.look] * 8,
    *[Walk.catch_up] * 2,
    *[Walk.report] * 5,
    *[Walk.release] * 2,
    Walk.settle,
    Walk.make_room,
    Walk.let_dependencies_end,
)
