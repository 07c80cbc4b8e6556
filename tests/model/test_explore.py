"""What exploring finds: how much there is, how to get there, and that the machine agrees with every step of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from batchproof.model.event import Event, Kind, of_kind
from batchproof.model.explore import Edge, Graph, components, explore, first
from batchproof.model.lifecycle import MOVES
from batchproof.model.machine import LIFECYCLE, Lifecycle
from batchproof.model.readings import valuation, valuations
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, STARTING, SUBMITTED, SUCCEEDED, Status

# configurations, edges, configurations with each status in the order of Status
COUNTS = {
    1: (89, 409, (8, 4, 8, 11, 18, 10, 30)),
    2: (158, 734, (8, 4, 16, 22, 36, 20, 52)),
    3: (227, 1059, (8, 4, 24, 33, 54, 30, 74)),
    10: (710, 3334, (8, 4, 80, 110, 180, 100, 228)),
}


@pytest.fixture(scope="module", params=[1, 2, 3], ids="{} attempts".format)
def graph(request) -> Graph:
    return explore(request.param)


@pytest.mark.parametrize("attempts", COUNTS)
def test_there_are_as_many_configurations_and_edges_as_were_counted(attempts):
    """
    Pinned, so that no change of the table goes by unseen. A second engine must count the same.

    When this fails and no row was meant to change, a row changed all the same: look for it. When a row was meant to
    change, see in `batchproof explore` that the difference is the one you meant, then write the new numbers here,
    run `make pictures`, and say in the commit which row made the difference.
    """
    found = explore(attempts)
    each = tuple(sum(at.status is status for at in found.configurations) for status in Status)
    assert (len(found.configurations), len(found.edges), each) == COUNTS[attempts]


def test_each_further_attempt_adds_the_same():
    """From the second on: what a job remembers of earlier attempts is only how many there were."""
    sizes = [(len(g.configurations), len(g.edges)) for g in map(explore, range(1, 11))]
    assert {(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(sizes)} == {(69, 325)}


def test_a_prefix_leads_where_it_says_when_the_machine_takes_it(graph):
    """Step by step, on a machine of its own, from the kind of submission that allows it."""
    lifecycle = Lifecycle()
    for number, prefix in enumerate(graph.prefixes):
        ends = set()
        for waits in (False, True):
            at = lifecycle.submitted(graph.attempts, waits=waits)
            for event in prefix:
                at = at and lifecycle.attempt(at, event)
            ends.add(at)
        assert graph.configurations[number] in ends, f"{prefix} does not lead to configuration {number}"


def test_no_prefix_is_longer_than_it_must_be(graph):
    """One step from any configuration leads at most one further."""
    for edge in graph.edges:
        assert len(graph.prefixes[edge.destination]) <= len(graph.prefixes[edge.source]) + 1
    assert [number for number, prefix in enumerate(graph.prefixes) if not prefix] == list(graph.initial)


def test_every_edge_is_a_step_of_the_machine_and_every_step_an_edge(graph):
    lifecycle = Lifecycle()
    steps = [
        Edge(number, event, graph.index[after])
        for number, at in enumerate(graph.configurations)
        for event in Event
        if (after := lifecycle.attempt(at, event)) is not None
    ]
    assert steps == sorted(graph.edges, key=lambda edge: edge.source)
    assert len(set(graph.edges)) == len(graph.edges)


def test_no_configuration_is_found_twice(graph):
    assert len(set(graph.configurations)) == len(graph.configurations) == len(graph.index)


def test_every_configuration_can_be_reached_and_can_end(graph):
    """From anywhere a job can still fail; SUCCEEDED needs no more than that nothing has been stopped or removed."""
    starts = graph.reachable[graph.initial[0]] | graph.reachable[graph.initial[1]]
    assert starts == (1 << len(graph.configurations)) - 1
    ends = sum(1 << i for i, at in enumerate(graph.configurations) if at.status.terminal)
    assert all(reach & ends for reach in graph.reachable)


def test_reachable_is_what_walking_finds(graph):
    """Compared with a plain search from every configuration."""
    for start in range(len(graph.configurations)):
        seen, queue = {start}, [start]
        while queue:
            for _, after in graph.successors[queue.pop()]:
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
        assert graph.reachable[start] == sum(1 << i for i in seen)


def test_shortest_keeps_to_the_events_that_it_was_given():
    """Purposes are steered with it: into RUNNING without a request, a fault or a timeout."""
    graph = explore(2)
    quiet = of_kind(Kind.SERVICE)
    found = graph.shortest(quiet)
    assert all(set(prefix) <= quiet for prefix in found.values())
    running = [prefix for number, prefix in found.items() if graph.configurations[number].status is RUNNING]
    assert running == [("evaluate", "choose", "place", "start")]
    assert {graph.configurations[number].status for number in found} == {
        *(SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING),
    }


def test_a_life_passes_through_what_its_events_lead_to():
    life = explore(2).life(["evaluate", "dependencies_met", "choose", "cancel", "place", "start"], waits=True)
    assert [at.status for at in life] == [SUBMITTED, PENDING, RUNNABLE, RUNNABLE, RUNNABLE, STARTING, RUNNING]
    assert life[-1].memory.removal_accepted, "the cancel came too late"
    with pytest.raises(KeyError):
        explore(2).life(["place"])


def test_readings_and_attempts_are_kept_with_the_graph():
    readings = valuation({"pending_cancel": "at_once"})
    found = explore(3, readings)
    assert (found.attempts, found.readings) == (3, readings)
    assert {at.memory.pending_cancel for at in found.configurations} == {"at_once"}
    assert {at.memory.attempts for at in found.configurations} == {3}


def test_no_life_goes_round():
    """Every component is one configuration: each real step spends something, so each life comes to an end."""
    for readings in valuations():
        assert all(len(component) == 1 for component in components(explore(2, readings)))


def test_a_life_that_goes_round_is_one_component():
    """A table whose attempts are never counted goes round for ever: RUNNABLE, STARTING, RUNNING, RUNNABLE."""
    uncounted = [replace(m, effect=m.effect[:1]) if m.event == "place" else m for m in MOVES]
    graph = explore(2, lifecycle=Lifecycle(uncounted))
    round_trip = max(components(graph), key=len)
    assert {graph.configurations[i].status for i in round_trip} >= {RUNNABLE, STARTING, RUNNING}


def test_components_are_those_that_can_follow_each_other(graph):
    """By the definition, over the bit sets of `reachable`, on a table that goes round."""
    uncounted = [replace(m, effect=m.effect[:1]) if m.event == "place" else m for m in MOVES]
    found = explore(graph.attempts, lifecycle=Lifecycle(uncounted))
    parts = components(found)
    assert sorted(i for part in parts for i in part) == list(range(len(found.configurations)))
    for part in parts:
        for i in part:
            mates = {
                j for j in range(len(found.reachable)) if found.reachable[i] >> j & 1 and found.reachable[j] >> i & 1
            }
            assert part == mates


def test_first_is_the_first_in_the_order_of_discovery():
    graph = explore(1)
    at = first(graph, lambda c: c.status is SUCCEEDED)
    assert at is not None
    assert all(c.status is not SUCCEEDED for c in graph.configurations[:at])
    assert first(graph, lambda c: c.memory.attempt > 1) is None
    assert first(graph, lambda c: c == LIFECYCLE.submitted(1)) == 0


def test_a_changed_row_changes_what_is_found():
    """Nothing is computed from the table's text: what the machine does is what counts."""
    changed = [replace(m, destination=FAILED) if m.event == "start" else m for m in MOVES]
    found = explore(1, lifecycle=Lifecycle(changed))
    assert RUNNING not in {at.status for at in found.configurations}
    assert len(found.configurations) < COUNTS[1][0]
