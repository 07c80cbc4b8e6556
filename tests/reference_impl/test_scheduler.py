"""Which job goes next: pure, so each rule is one call."""

from __future__ import annotations

from batchproof.reference_impl.deciding.records import Queue
from batchproof.reference_impl.deciding.scheduling.scheduler import Head, Placement, Room, Waiting, next_placement


def waiting(
    job_id: str,
    *,
    priority: int = 1,
    environments=("ce",),
    mcpus: int = 1000,
    ordinal: int = 0,
    multinode: bool = False,
) -> Waiting:
    queue = Queue(f"queue of {job_id}", "r", "q", True, priority, tuple(environments), {})
    return Waiting(queue, Head(job_id, (True, ordinal)), mcpus, multinode=multinode)


def test_queues_that_share_an_environment_go_by_priority():
    heads = [waiting("low", priority=1), waiting("high", priority=2)]
    assert next_placement(heads, {"ce": Room(1000)}) == Placement("high", "ce")


def test_queues_of_the_same_priority_go_by_submission():
    heads = [waiting("later", ordinal=2), waiting("sooner", ordinal=1)]
    assert next_placement(heads, {"ce": Room(1000)}) == Placement("sooner", "ce")


def test_environments_are_tried_in_their_order_and_full_or_disabled_ones_passed_over():
    rooms = {"full": Room(1000, used_mcpus=1), "off": Room(None, enabled=False), "third": Room(1000)}
    assert next_placement([waiting("a", environments=("full", "off", "third"))], rooms) == Placement("a", "third")


def test_a_large_job_of_high_priority_is_not_starved_by_small_ones():
    heads = [waiting("large", priority=2, mcpus=2000), waiting("small", priority=1)]
    assert next_placement(heads, {"ce": Room(2000, used_mcpus=1000)}) is None


def test_a_job_that_never_fits_holds_back_nobody_of_another_queue():
    heads = [waiting("giant", priority=2, mcpus=9000), waiting("small", priority=1)]
    assert next_placement(heads, {"ce": Room(2000)}) == Placement("small", "ce")


def test_fractions_of_a_vcpu_share_one():
    room = Room(1000, used_mcpus=750)
    assert next_placement([waiting("a", mcpus=250)], {"ce": room}) == Placement("a", "ce")
    assert next_placement([waiting("a", mcpus=251)], {"ce": room}) is None


def test_a_multinode_job_passes_over_an_environment_that_takes_none_and_holds_it_back_from_nobody():
    """MNP-10: however much room a Spot environment has, it is none for such a job."""
    rooms = {"spot": Room(None, multinode=False), "ec2": Room(2000, used_mcpus=1000)}
    nodes = waiting("nodes", priority=2, environments=("spot", "ec2"), mcpus=2000, multinode=True)
    assert next_placement([nodes], rooms) is None
    assert next_placement([nodes, waiting("small", environments=("spot",))], rooms) == Placement("small", "spot")
    rooms["ec2"].used_mcpus = 0
    assert next_placement([nodes], rooms) == Placement("nodes", "ec2")
