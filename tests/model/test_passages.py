"""What all lives met that explain a history, and what some of them met: held against all of them, one by one."""

from __future__ import annotations

import random
from functools import reduce
from operator import and_, or_

import pytest

from batchproof.model.elements import ROWS, SHARED, Elements
from batchproof.model.event import Event
from batchproof.model.explore import explore
from batchproof.model.knowledge import Knowledge
from batchproof.model.lifecycle import MOVES
from batchproof.model.monitor import Monitor, Shown
from batchproof.model.monitor.automaton import Reads, bits
from batchproof.model.monitor.passages import LOST
from batchproof.model.readings import valuation, valuations
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, STARTING, SUBMITTED, Status

from .lives import Life, lives

DEPENDS = frozenset({"dependencies_met", "dependency_failed"})


def passed(history: list[tuple], *, attempts: int, reads: Reads, readings: tuple, waits: bool, knowledge: Knowledge):
    """What the kit says: surely met, possibly met."""
    monitor = Monitor(
        attempts=attempts,
        waits=waits,
        knowledge=knowledge,
        fresh_reads=reads is Reads.FRESH,
        monotone_reads=reads is not Reads.UNORDERED,
        readings=dict(readings),
    )
    (passages,) = monitor.inference.passages
    now = passages.begun(monitor.state)
    for what, about, *_ in history:
        before = monitor.state
        called, request, shown = 0, "", None
        if what == "saw":
            monitor.saw(about)
            shown = about.status
        else:
            getattr(monitor, what)(about)
            called, request = {"called": 1, "answered": 0, "refused": -1, "lost": LOST}[what], about
        after = passages.step(now, before, monitor.state, called=called, request=request, shown=shown)
        assert (after is None) is (monitor.verdict is not None)
        if after is None:
            return None
        now = after
    return now.surely, now.possibly


def invented(chance: random.Random) -> tuple[list[tuple], bool]:
    """A history of a life that there is, or nearly: reads of what the machine did, with requests in between."""
    graph = explore(2)
    waits = chance.random() < 0.3
    at = next(i for i in graph.initial if graph.configurations[i].memory.waits is waits)
    been, history, asked = [at], [], set[str]()
    for _ in range(chance.randint(2, 7)):
        if chance.random() < 0.3 and len(asked) < 2:
            request = chance.choice(sorted({"cancel", "terminate"} - asked))
            asked.add(request)
            history += [("called", request)]
            at = dict(graph.successors[at])[Event(request)]
            been.append(at)
            history += [("answered", request)] if chance.random() < 0.8 else []
        else:
            steps = [after for event, after in graph.successors[at] if event not in ("cancel", "terminate")]
            for _ in range(chance.randint(0, 3)):
                if steps:
                    at = chance.choice(steps)
                    been.append(at)
                    steps = [after for event, after in graph.successors[at] if event not in ("cancel", "terminate")]
            status, memory = graph.configurations[at if chance.random() < 0.8 else chance.choice(been)]
            shown = Shown(status, memory.is_cancelled or None, memory.is_terminated or None)
            history.append(("saw", shown, frozenset(asked)))
    return history, waits


@pytest.mark.parametrize("reads", Reads)
@pytest.mark.parametrize("seed", range(40))
def test_what_is_called_surely_met_every_life_met_and_what_is_called_not_met_no_life_met(reads, seed):
    """For reads that are fresh exactly so; where reads may be old `possibly` may say too little, and never too much."""
    chance = random.Random(seed)
    history, waits = invented(chance)
    attempts, readings = chance.choice((1, 2)), chance.choice(list(valuations()))
    knowledge = Knowledge(dependencies=DEPENDS)
    graph = explore(attempts, readings)
    every = lives(graph, Elements(graph), knowledge, reads, history, waits=waits)
    told = passed(history, attempts=attempts, reads=reads, readings=readings, waits=waits, knowledge=knowledge)
    if not every:  # the monitor may explain more where reads are old, never less
        assert told is None or reads is not Reads.FRESH
        return
    assert told is not None
    surely, possibly = reduce(and_, (life.met for life in every)), reduce(or_, (life.met for life in every))
    if reads is Reads.FRESH:
        assert told == (surely, possibly)
    else:
        assert told[0] & ~surely == 0
        assert possibly & ~told[1] == 0


def test_the_lives_that_this_is_held_against_are_many_and_end_differently():
    """An enumeration that found one life only would prove every word right."""
    graph = explore(1)
    history = [("saw", Shown(RUNNABLE), frozenset()), ("called", "cancel"), ("answered", "cancel"),
               ("saw", Shown(FAILED), frozenset({"cancel"}))]  # fmt: skip
    found: list[Life] = lives(graph, Elements(graph), Knowledge(), Reads.FRESH, history, waits=False)
    assert len(found) > 10
    assert {graph.configurations[life.been[-2]].status for life in found} == {RUNNABLE, RUNNING, FAILED}


def rows(met: int) -> set[tuple[Status, str, Status]]:
    return {(MOVES[bit].source, MOVES[bit].event.value, MOVES[bit].destination) for bit in bits(met & ROWS)}


def told(history: list[tuple], reads: Reads, **given) -> tuple[set, set]:
    waits, knowledge = given.pop("waits", False), Knowledge(**given)
    found = passed(history, attempts=1, reads=reads, readings=valuation(), waits=waits, knowledge=knowledge)
    assert found is not None
    return rows(found[0]), rows(found[1])


@pytest.mark.parametrize("reads", Reads)
def test_a_status_that_was_shown_was_passed_also_where_reads_are_old(reads):
    """A cancelled job that shows RUNNABLE may be FAILED already, but was not removed before anybody looked at it."""
    asked = frozenset({"cancel"})
    history = [("called", "cancel"), ("answered", "cancel"), ("saw", Shown(RUNNABLE), asked)]
    surely, possibly = told(history, reads)
    assert (SUBMITTED, "evaluate", RUNNABLE) in surely
    assert (SUBMITTED, "evaluate", PENDING) not in possibly
    assert ((RUNNABLE, "remove", FAILED) in possibly) is (reads is not Reads.FRESH)
    assert (SUBMITTED, "remove", FAILED) not in surely


def test_what_nobody_saw_is_surely_met_where_no_way_leads_past_it():
    surely, possibly = told([("saw", Shown(Status.SUCCEEDED), frozenset())], Reads.FRESH)
    assert (RUNNABLE, "place", STARTING) in surely
    assert (RUNNING, "exit_zero", Status.SUCCEEDED) in surely
    assert possibly == surely


def test_of_two_rows_that_may_have_been_it_neither_is_sure():
    """A failed job may have ended with its strategy's EXIT or without: both are possible, and neither is sure."""
    surely, possibly = told([("saw", Shown(FAILED), frozenset())], Reads.FRESH)
    ends = {(RUNNING, "exit_retry", FAILED), (RUNNING, "exit_final", FAILED)}
    assert not surely & ends
    assert ends <= possibly


def test_a_lost_request_may_have_been_met_also_where_it_changed_nothing():
    history = [("saw", Shown(Status.SUCCEEDED), frozenset()), ("called", "cancel"), ("lost", "cancel"),
               ("saw", Shown(Status.SUCCEEDED), frozenset({"cancel"}))]  # fmt: skip
    surely, possibly = told(history, Reads.FRESH)
    row = (Status.SUCCEEDED, "cancel", Status.SUCCEEDED)
    assert row in possibly - surely


def test_a_lost_request_may_act_long_afterwards():
    nothing = frozenset[str]()
    history = [("saw", Shown(SUBMITTED), nothing), ("called", "cancel"), ("lost", "cancel"),
               ("saw", Shown(SUBMITTED), nothing), ("saw", Shown(RUNNING), nothing)]  # fmt: skip
    surely, possibly = told(history, Reads.FRESH)
    assert (RUNNING, "cancel", RUNNING) in possibly - surely


def test_readings_tell_a_life_without_requests_alike():
    """So one automaton speaks for all of them until a request is made, and what it passed can be said in their words."""
    speaker = Elements(explore(2, valuation()))
    for other in valuations():
        graph = explore(2, other)
        there = Elements(graph)
        left, seen = list(speaker.graph.initial), set[int]()
        while left:
            at = left.pop()
            if at in seen:
                continue
            seen.add(at)
            configuration = speaker.graph.configurations[at]
            twin = graph.index[configuration._replace(memory=configuration.memory._replace(**dict(other)))]
            assert speaker.translated(speaker.arrived(at), there) == there.arrived(twin)
            for event, after in speaker.graph.successors[at]:
                if event not in ("cancel", "terminate"):
                    assert speaker.translated(speaker.taken(at, event), there) == there.taken(twin, event)
                    left.append(after)


def test_every_row_of_the_table_is_met_under_some_reading():
    found = 0
    for readings in valuations():
        found |= Elements(explore(2, readings)).possible()
    assert found & SHARED & ROWS == ROWS
