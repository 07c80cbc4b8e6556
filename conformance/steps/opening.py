"""Opens a stage at a target, for whoever plays scenarios there, and takes back at its end what was made for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from ..judging.follower import Terms
from ..targets.target import Target
from .calls import Calls
from .made import Made
from .recorder import Recorder
from .stage import Profile, Stage
from .turn import Turn
from .watcher import Watcher
from .wire import Wire
from .world import provide


@contextmanager
def opened(target: Target, terms: Terms, recorder: Recorder, made: Made, profile: Profile) -> Iterator[Stage]:
    """
    A stage with a queue and a job definition of its own, or those that the target names.

    Raises Unprovided when the target does not let the kit create them.
    """
    clock = target.clock
    wire = Wire(target.client(), recorder, target.calls_per_s, clock, target.controls)
    made.at(target.endpoint_url, target.client().meta.region_name, target.queue)
    interrupted = clock.event("the run to be interrupted")
    calls = partial(Calls, wire, made, patience_s=target.patience_s, interrupted=interrupted, clock=clock)
    world = provide(target, made, calls("set-up"), calls("clean-up", closing=True))
    watcher = Watcher(wire, target.poll_s, clock, target.stirs)
    try:
        yield Stage(
            target=target,
            world=world,
            watcher=watcher,
            wire=wire,
            recorder=recorder,
            terms=terms,
            profile=profile,
            interrupted=interrupted,
            at_the_clock=Turn(clock, "its turn at the service's clock"),
        )
    finally:
        watcher.close()
        if not target.disposable:
            world.close()
