"""What all scenarios of one run share: the target and its world, the wire, the watcher, the recorder, how thorough to be."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..judging.assumptions import Assumptions
from ..targets.gate import Gate
from ..targets.target import Target
from .recorder import Recorder
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

    histories: int = 82
    steps: int = 6
    seed: int = 0
    shrink: bool = True


@dataclass
class Stage:
    """What all scenarios of one run share."""

    target: Target
    world: World
    watcher: Watcher
    wire: Wire
    recorder: Recorder
    assumptions: Assumptions
    readings: Mapping[str, str]
    profile: Profile = field(default_factory=Profile)
    submitted: itertools.count = field(default_factory=lambda: itertools.count(1))
    processes: list[int] = field(default_factory=list)
    histories: list[int] = field(default_factory=list)
    interrupted: threading.Event = field(default_factory=threading.Event)

    def interrupt(self) -> None:
        """Ctrl-C: whoever waits stops waiting, so that every scenario ends its jobs and then itself."""
        self.interrupted.set()
        self.watcher.wake()

    @property
    def gate(self) -> Gate | None:
        return self.target.gate
