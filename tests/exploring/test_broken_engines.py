"""Each thing that the exploration holds is seen to fail, on an engine that is broken on purpose."""

from __future__ import annotations

import pytest
from exploring import broken_engines
from exploring.broken_engines import making

from batchproof.model.lifecycle import MOVES
from batchproof.model.machine import Lifecycle
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.exploring import form
from batchproof.reference_impl.exploring.oracle import Broken
from batchproof.reference_impl.exploring.search import explored
from batchproof.reference_impl.exploring.system import System
from batchproof.reference_impl.exploring.world import World, engine, job
from batchproof.reference_impl.exploring.worlds import SMALL, both

QUEUE, AHEAD, BREAKS, TIMEOUT, _, DEPENDENCY, *_ = SMALL
LOSABLE = World("a host that is lost", (job("a"),), (("lose_host", "a"),))
NARROW = World("two jobs for one place", (job("a"), job("b")))

FOUND = {
    "ForgetsAnExit": (QUEUE, "a shows SUCCEEDED, and that is not kept"),
    "ForgetsACancel": (QUEUE, "a shows FAILED, and that is not kept"),
    "AcknowledgesACancelFirst": (QUEUE, "a shows RUNNABLE and stays, which no life explains"),
    "AcknowledgesASubmissionFirst": (QUEUE, "SubmitJob was acknowledged, and the job is not there"),
    "SpawnsFirst": (QUEUE, "a: attempt 1 is begun a second time, as run 1"),
    "RunsTwice": (QUEUE, "a: attempt 1 is begun a second time, as run 2"),
    "LosesACancelBetweenAttempts": (QUEUE, "a shows STARTING isCancelled with 1 attempt, which no life explains"),
    "StopsNothingAfterAReload": (QUEUE, "a was to be stopped in run 1, and has got no signal"),
    "TimesNothingAfterAReload": (TIMEOUT, "a has a timeout in run 1, and nobody waits for it"),
    "StartsNothingAfterAReload": (QUEUE, "a shows STARTING in run 1, and nothing runs"),
    "StopsAtACancel": (QUEUE, "a shows SIGTERM in attempt 1, which no life explains"),
    "IgnoresATerminateInTheQueue": (QUEUE, "a shows RUNNABLE and stays, which no life explains"),
    "ForgetsWhoWaits": (DEPENDENCY, "b shows PENDING and stays, which no life explains"),
    "LeavesWhatIsLost": (LOSABLE, "run 1 of a goes on, and its job does not know of it"),
    "PlacesBeyondTheRoom": (NARROW, "there is room for 1, and these run"),
}
"""Of each broken engine a world in which it shows, and what is said of it; a reload is not compared here."""


@pytest.mark.parametrize("name", FOUND)
def test_a_broken_engine_is_found_out(name):
    """The promise itself catches it, without a look at what is inside the engine."""
    world, says = FOUND[name]
    with pytest.raises(Broken, match=says) as found:
        explored(world, making(getattr(broken_engines, name)), reloads=False)
    assert found.value.__notes__[0].splitlines()[:2] == ["moves:", "  submit"]


def test_every_broken_engine_is_tried():
    made = {name for name, one in vars(broken_engines).items() if isinstance(one, type) and Engine in one.__mro__[1:]}
    assert made == FOUND.keys()


@pytest.mark.parametrize("name", ["RunsTwice", "PlacesBeyondTheRoom"])
def test_what_a_reload_would_change_is_found(name):
    """It is found where it comes about, not only where it does harm."""
    with pytest.raises(Broken, match="a reload would be seen"):
        explored(QUEUE, making(getattr(broken_engines, name)))


def test_a_wrong_table_is_found():
    """The monitor judges by the specification, whatever table the engine runs."""
    wrong = [move for move in MOVES if move.label != "remove [removal accepted]"]
    assert len(wrong) < len(MOVES)
    with pytest.raises(Broken, match="which no life explains"):
        explored(World("full", (job("a"),), both("a"), room=False), table=Lifecycle(wrong))


def test_a_fault_of_the_engine_is_told_with_the_way_there():
    class Fails(Engine):
        def handle(self, given, *, now_ms):
            if self.ledger.jobs:
                raise LookupError("a fault")
            return super().handle(given, now_ms=now_ms)

    with pytest.raises(LookupError, match="a fault") as found:
        explored(QUEUE, making(Fails))
    assert found.value.__notes__[0].splitlines()[1] == "  submit"


def test_moves_of_a_copy_leave_the_original_alone():
    """Otherwise states would leak into each other, and the search would see what cannot be."""
    system = System(BREAKS, Lifecycle(), engine)
    seen = system.form()
    for _ in range(12):
        after = form.copied(system)
        assert after.form() == system.form()
        move = list(after.moves())[-1]
        after.make(move)
        assert system.form() == seen
        system, seen = after, after.form()
