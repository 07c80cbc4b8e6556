"""What all scenarios of one run share: the target and its world, the wire, the watcher, the recorder, how thorough to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ...model.bounds import Bounds
from ...model.status import Status
from ..depth import DEPTHS, QUICK
from ..judging.follower import Terms
from ..judging.happenings import OfJob, Saw, Submitted
from ..judging.tally import Tally
from ..targets.gate import AnyGate
from ..targets.target import Target
from ..timing.clock import Event
from .calls import Calls
from .recorder import Recorder
from .turn import Turn
from .watcher import Watcher
from .wire import Wire
from .world import World


@dataclass(frozen=True, slots=True)
class Profile:
    """
    How thorough a run is.

    histories   random histories of the state machine      steps   random steps in each
    seed        of everything that is drawn                shrink  whether failures are made smaller on the service
    """

    histories: int = DEPTHS[QUICK]
    steps: int = 8
    seed: int = 0
    shrink: bool = True


@dataclass
class Stage:
    """
    What all scenarios of one run share.

    terms         what its verdicts rest on
    slow_ms       the longest that a canary of this service needed for one move so far
    at_the_clock  of whoever puts the service's clock forward: from before his jobs begin until he has seen what comes of it
    beside        the stage of another service of the same kind, of the same run
    """

    target: Target
    world: World
    watcher: Watcher
    wire: Wire
    recorder: Recorder
    terms: Terms
    interrupted: Event
    at_the_clock: Turn
    profile: Profile = field(default_factory=Profile)
    processes: list[int] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    slow_ms: int = 0
    beside: Stage | None = None

    @property
    def bounds(self) -> Bounds:
        """How long things may take at this service."""
        return self.terms.bounds or Bounds()

    @property
    def of_jobs(self) -> dict[str, Any]:
        """What every `Job` of this stage is made with, as its arguments."""
        clock = self.target.clock
        return {"recorder": self.recorder, "terms": self.terms, "interrupted": self.interrupted, "clock": clock}

    def calls(self, label: str) -> Calls:
        """Calls of the target on somebody's behalf."""
        patience_s = self.target.patience_s
        return Calls(
            self.wire,
            self.world.made,
            label,
            patience_s=patience_s,
            interrupted=self.interrupted,
            clock=self.target.clock,
        )

    def learn(self, life: Iterable[OfJob]) -> None:
        """
        What the life of a canary says about how slow the service is: the longest that it stayed where it had to move on.

        How long it waited for room says nothing (ST-05).
        """
        since_ms, before = 0, ""
        for happening in life:
            if isinstance(happening, Submitted):
                since_ms, before = happening.at_ms, Status.SUBMITTED
            elif isinstance(happening, Saw) and happening.status != before:
                if before not in ("", Status.RUNNABLE):
                    self.slow_ms = max(self.slow_ms, happening.at_ms - since_ms)
                since_ms, before = happening.at_ms, happening.status

    def interrupt(self) -> None:
        """Ctrl-C: whoever waits stops waiting, so that every scenario ends its jobs and then itself."""
        self.interrupted.set()
        self.watcher.wake()
        if self.beside is not None:
            self.beside.interrupt()

    @property
    def gate(self) -> AnyGate | None:
        return self.target.gate
