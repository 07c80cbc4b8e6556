"""Every state of a small world is visited: no promise is broken in any, and how many there are is pinned."""

from __future__ import annotations

import pytest

from batchproof.model.readings import DEFAULT
from batchproof.reference_impl.exploring import reach
from batchproof.reference_impl.exploring.search import explored
from batchproof.reference_impl.exploring.worlds import LARGE, SMALL

COUNTS = {
    "a job, a full queue": (3818, 5046, 1114),
    "a job, two inputs at once": (5486, 7708, 1165),
    "a job, and what breaks": (11495, 15650, 4986),
    "a job with a timeout": (2347, 3171, 828),
    "a job that is refused late": (18, 19, 10),
    "a dependency": (15059, 21600, 5100),
    "a deleted queue": (2365, 2997, 834),
    "an array and its dependent": (8323, 11971, 2328),
    "a multi-node job": (15198, 22168, 4618),
    "two jobs for one place": (19594, 27226, 5648),
    "two jobs, two places": (156260, 223092, 34323),
    "a job, two inputs at once, two crashes": (55493, 95949, 8357),
    "a job of three attempts, two crashes": (16135, 24360, 4907),
    "a dependency, two inputs at once": (89610, 130701, 15341),
    "a dependency, two crashes": (4008, 6163, 1541),
    "what breaks, two crashes": (10054, 14640, 3625),
}
"""States, moves, and states at rest. Whoever changes the engine, the table or a world says here what that has changed."""


@pytest.mark.slow
@pytest.mark.parametrize("world", SMALL, ids=lambda world: world.name)
def test_no_promise_is_broken_in_any_state(world):
    """A count that has changed is looked at: fewer states mean that something does not happen any more."""
    found = explored(world)
    assert (found.states, found.moves, found.resting) == COUNTS[world.name]
    if (
        world.jobs[0].nodes is None
    ):  # a crash leads a job nowhere new: otherwise worlds without one could not say what is met
        assert reach.rows(found.steps) <= reach.met(DEFAULT)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("world", LARGE, ids=lambda world: world.name)
def test_no_promise_is_broken_in_any_state_of_a_larger_world(world):
    """The same, where it takes minutes."""
    found = explored(world)
    assert (found.states, found.moves, found.resting) == COUNTS[world.name]
