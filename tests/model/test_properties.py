"""What is true of every life: it holds for the table, and each property is seen to fail on a table changed to break it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest

from batchproof.model.event import REQUESTS, Event
from batchproof.model.explore import Graph, explore
from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.machine import Configuration, Lifecycle
from batchproof.model.memory import (
    Assignment,
    attempts_left,
    chosen,
    counted,
    no_retry,
    removal_accepted,
    retry_overridden,
    shown_cancelled,
    shown_terminated,
    stop_accepted,
    stopping,
    timed_out,
)
from batchproof.model.promises import PROMISES, PROPERTIES
from batchproof.model.properties import ALWAYS, DOCUMENTED, EVENTUALLY, POSSIBLE, SOMETIMES, broken
from batchproof.model.properties.past import Moment, beginning, with_past
from batchproof.model.properties.proving import Finding
from batchproof.model.readings import DEFAULT, Valuation, valuation, valuations
from batchproof.model.status import (
    BEFORE_STARTING,
    FAILED,
    PENDING,
    RUNNABLE,
    RUNNING,
    STARTING,
    SUBMITTED,
    SUCCEEDED,
    Status,
)

from .changed_table import Table, changed, doing, forgetting, leading_to, not_doing, row, unless, without

ALL = (*ALWAYS, *POSSIBLE, *SOMETIMES, *EVENTUALLY)


def _exits(m: Move) -> bool:
    return m.event.startswith("exit_")


# One attempt too many, and only one: else attempts would be counted for ever.
ONE_MORE = (
    *without(lambda m: m.event == Event.EXIT_RETRY and ~attempts_left in m.guard),
    Move(RUNNING, Event.EXIT_RETRY, RUNNABLE, (~attempts_left, ~retry_overridden), (no_retry,), ("RETRY-28",)),
)

# For each property a table that breaks it. Others may break with it.
BREAKING: dict[str, Table] = {
    # after inputs
    "CancelJob drops what has not reached STARTING: it ends FAILED and never runs": forgetting(
        removal_accepted, row(RUNNABLE, Event.CHOOSE)
    ),
    "CancelJob lets STARTING and RUNNING finish: no signal, no start given up": doing(
        stopping, row(RUNNING, Event.CANCEL)
    ),
    "a job that was cancelled while it ran succeeds by its own exit code 0": leading_to(
        FAILED, row(RUNNING, Event.EXIT_ZERO, SUCCEEDED)
    ),
    "CancelJob overrides the retry strategy of what has started": not_doing(no_retry, row(RUNNING, Event.CANCEL)),
    "where CancelJob does not override the retry strategy, a failed attempt is tried again as usual": doing(
        no_retry, row(RUNNING, Event.CANCEL)
    ),
    "TerminateJob drops what has not reached STARTING: it ends FAILED and never runs": forgetting(
        removal_accepted, row(RUNNABLE, Event.CHOOSE)
    ),
    "what TerminateJob stopped ends FAILED": leading_to(SUCCEEDED, row(RUNNING, Event.EXIT_ZERO)),
    "TerminateJob overrides the retry strategy": not_doing(no_retry, row(RUNNING, Event.TERMINATE)),
    "nothing leaves SUBMITTED for RUNNABLE before its dependencies are met, and nothing else waits in PENDING": (
        leading_to(RUNNABLE, row(SUBMITTED, Event.EVALUATE))
    ),
    "dependencies that are met lead from PENDING to RUNNABLE, and change nothing before": leading_to(
        RUNNABLE, row(SUBMITTED, Event.DEPENDENCIES_MET)
    ),
    "each event leads where its name says": leading_to(RUNNING, row(RUNNABLE, Event.PLACE)),
    "what only asks, decides or signals changes no status": leading_to(FAILED, row(RUNNING, Event.STOP)),
    "a failed attempt is tried again exactly while attempts are left and nothing overrides the strategy": leading_to(
        FAILED, row(STARTING, Event.HOST_LOST)
    ),
    "exit code 0 means SUCCEEDED, but for a job that TerminateJob stopped": leading_to(
        SUCCEEDED, row(RUNNING, Event.EXIT_ZERO)
    ),
    "as many attempts are counted as were placed": not_doing(counted, row(RUNNABLE, Event.PLACE)),
    "isCancelled is shown from the accepted request on, and never without one": not_doing(
        shown_cancelled, row(STARTING, Event.CANCEL)
    ),
    "isTerminated is shown from the accepted request on, and never without one": doing(
        shown_terminated, row(STARTING, Event.CANCEL)
    ),
    # possible
    **{rule.says: without(row(event=rule.event)) for rule in POSSIBLE},
    # always
    "no status changes but by a documented edge": leading_to(SUCCEEDED, row(STARTING, Event.START)),
    "nothing follows SUCCEEDED or FAILED": (*MOVES, Move(FAILED, Event.HOST_LOST, RUNNABLE, (attempts_left,), (), ())),
    "nothing is placed while a dependency has not succeeded": leading_to(RUNNABLE, row(SUBMITTED, Event.EVALUATE)),
    "after a cancel or terminate was accepted before STARTING no placement begins": forgetting(
        removal_accepted, row(RUNNABLE, Event.CHOOSE)
    ),
    "only a placement that was under way wins against an accepted removal": forgetting(
        chosen, row(RUNNABLE, Event.PLACE)
    ),
    "CancelJob alone never stops what runs": doing(stopping, row(RUNNING, Event.CANCEL)),
    "an accepted request changes no status": leading_to(FAILED, row(RUNNING, Event.CANCEL)),
    "no retry after a terminate, a timeout or an overriding cancel": forgetting(
        retry_overridden, row(RUNNING, Event.EXIT_RETRY, RUNNABLE)
    ),
    "after a terminate the attempt under way is the last": not_doing(no_retry, row(RUNNING, Event.TERMINATE)),
    "an attempt that an EXIT entry matched is the last": changed(
        row(RUNNING, Event.EXIT_FINAL), lambda m: replace(m, destination=RUNNABLE, guard=(attempts_left,))
    ),
    "there are never more attempts than the strategy allows": ONE_MORE,
    "attempts are counted without gaps, and never back": doing(counted, row(STARTING, Event.START)),
    "a job back in RUNNABLE has an attempt left": ONE_MORE,
    "FAILED is not shown while the strategy would try again": leading_to(
        FAILED, row(RUNNING, Event.EXIT_RETRY, RUNNABLE)
    ),
    "SUCCEEDED means that a process exited 0": leading_to(SUCCEEDED, row(RUNNING, Event.EXIT_FINAL)),
    "a flag that was shown stays": doing(
        Assignment("is_cancelled", False, "cancel forgotten"), row(STARTING, Event.START)
    ),
    # sometimes
    **{f"a job goes from {a} to {b}": without(row(a, None, b)) for a, b in DOCUMENTED},
    "a failed attempt is tried again": without(row(RUNNING, Event.EXIT_RETRY, RUNNABLE)),
    "a failed start is tried again": without(row(STARTING, None, RUNNABLE)),
    "a cancelled job is still PENDING": without(row(SUBMITTED, Event.CANCEL), row(PENDING, Event.CANCEL)),
    "a cancel loses against a placement": unless(removal_accepted, row(RUNNABLE, Event.PLACE)),
    "a cancelled job that runs succeeds": leading_to(FAILED, row(RUNNING, Event.EXIT_ZERO)),
    "a terminated job succeeds before the stop reaches it": unless(stop_accepted, row(RUNNING, Event.EXIT_ZERO)),
    "a job fails without an attempt": without(lambda m: m.source in BEFORE_STARTING and m.destination is FAILED),
    "a job is cancelled while it waits for its second attempt": without(row(RUNNABLE, Event.CANCEL)),
    "the last attempt succeeds": unless(~attempts_left, row(RUNNING, Event.EXIT_ZERO)),
    # eventually
    "SUBMITTED is left": without(row(SUBMITTED, Event.EVALUATE, PENDING)),
    "a cancel accepted in RUNNABLE leads to FAILED, or lost against a placement": without(row(RUNNABLE, Event.REMOVE)),
    "a cancel accepted in PENDING leads to FAILED once the dependencies have ended": without(
        row(PENDING, Event.DEPENDENCIES_MET), row(PENDING, Event.DEPENDENCY_FAILED)
    ),
    "a terminate accepted before STARTING ends the job": unless(stop_accepted, row(event=Event.REMOVE)),
    "a terminate accepted in STARTING or RUNNING ends the job when its process ends": unless(stop_accepted, _exits),
    "a job whose processes end is finished, if capacity comes": without(row(STARTING, Event.START)),
    "a timed-out attempt ends the job when its process ends": unless(timed_out, _exits),
}

# The readings of a property that says nothing under the defaults.
UNDER = dict.fromkeys(
    (
        "where CancelJob does not override the retry strategy, a failed attempt is tried again as usual",
        "only a cancel that came too late, and overrides nothing, is forgotten",
    ),
    valuation({"cancel_overrides_retry": "no"}),
)


def _named(findings: Iterable[Finding]) -> set[str]:
    return {finding.says.removeprefix("never: ").removeprefix("not eventually: ") for finding in findings}


def _graph(table: Table, attempts: int = 2) -> Graph:
    return explore(attempts, lifecycle=Lifecycle(table))


@cache
def _breaking(says: str) -> tuple[Lifecycle, Graph[Configuration], list[Finding]]:
    """The machine that breaks this property, its lives and what is found wrong with them."""
    assert says in BREAKING, "no table breaks this property: write one"
    lifecycle = Lifecycle(BREAKING[says])
    graph = explore(2, UNDER.get(says, DEFAULT), lifecycle)
    return lifecycle, graph, broken(graph)


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_every_property_holds_under_every_reading(attempts):
    assert {readings: broken(explore(attempts, readings)) for readings in valuations()} == {
        readings: [] for readings in valuations()
    }


def test_every_property_holds_for_ten_attempts():
    """The most that AWS allows (RETRY-01)."""
    assert broken(explore(10, DEFAULT)) == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.says)
def test_each_property_is_broken_by_the_table_changed_to_break_it(rule):
    """A check that has never failed is not known to check anything."""
    _, _, findings = _breaking(rule.says)
    assert rule.says in _named(findings)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.says)
def test_a_property_cites_what_exists(rule):
    assert rule.rules
    assert set(rule.rules) <= set(PROMISES) | set(PROPERTIES)
    assert getattr(rule, "fair", frozenset()) <= set(Event)


def test_no_two_properties_have_one_name():
    assert len({rule.says for rule in ALL}) == len(ALL)


def _moments(lifecycle: Lifecycle, events: Iterable[Event], *, waits: bool, readings: Valuation) -> list[Moment]:
    """What a life with these events passes through on this machine, as far as it allows them."""
    at = lifecycle.submitted(2, waits=waits, readings=readings)
    life = [beginning(at, waits=waits)]
    for event in events:
        after = lifecycle.attempt(at, event)
        if after is None:
            return life
        life.append(life[-1].after(event, after))
        at = after
    return life


@pytest.mark.parametrize("rule", ALWAYS, ids=lambda rule: rule.says)
def test_a_finding_shows_a_shortest_life_that_breaks_the_property(rule):
    """Taken by a machine that runs the wrong table: the last step breaks it, and no shorter life does."""
    lifecycle, graph, findings = _breaking(rule.says)
    finding = next(finding for finding in findings if finding.says == rule.says)
    endings = []
    for waits in (False, True):
        life = _moments(lifecycle, finding.life, waits=waits, readings=graph.readings)
        if len(life) == len(finding.life) + 1 and not rule.kept(life[-2], finding.life[-1], life[-1]):
            endings.append(f"{life[-2].status} -> {life[-1].status}")
    assert finding.where in endings
    lives = with_past(graph)
    assert all(
        len(lives.prefixes[edge.source]) + 1 >= len(finding.life)
        for edge in lives.edges
        if not rule.kept(lives.configurations[edge.source], edge.event, lives.configurations[edge.destination])
    )


@pytest.mark.parametrize("rule", [rule for rule in POSSIBLE if rule.event not in REQUESTS], ids=lambda rule: rule.says)
def test_an_event_that_comes_where_it_should_not_is_found_too(rule):
    """The other half of each: with the row gone it cannot come where it should; here it comes in every status."""
    everywhere = (*MOVES, *(Move(status, rule.event, status, (), (), ()) for status in Status))
    assert rule.says in _named(broken(_graph(everywhere)))


@pytest.mark.parametrize("rule", EVENTUALLY, ids=lambda rule: rule.says)
def test_a_life_that_gets_stuck_passes_through_what_the_property_starts_from(rule):
    lifecycle, graph, findings = _breaking(rule.says)
    finding = next(finding for finding in findings if finding.says == f"not eventually: {rule.says}")
    shown = []
    for waits in (False, True):
        life = _moments(lifecycle, finding.life, waits=waits, readings=graph.readings)
        whole = len(life) == len(finding.life) + 1
        started = next((i for i, at in enumerate(life) if rule.when(at)), None)
        shown.append(whole and started is not None and not any(map(rule.goal, life[started:])) and life[-1].status)
    assert finding.where.removeprefix("stays in ") in shown


def test_a_life_that_goes_round_short_of_the_goal_is_found():
    """Also where the goal lies on the same round: the way to it may be passed by for ever, unless it must be taken."""
    table = (
        *without(row(SUBMITTED, Event.EVALUATE, RUNNABLE)),
        Move(SUBMITTED, Event.CHOOSE, RUNNABLE, (), (), ()),  # a way out that nobody has to take
        Move(RUNNABLE, Event.HOST_LOST, SUBMITTED, (), (), ()),  # and a way back
    )
    assert "SUBMITTED is left" in _named(broken(_graph(table)))


def test_an_event_that_comes_and_goes_need_not_be_taken():
    """Weak fairness: what is not possible all the time may be missed each time."""
    table = (
        *without(row(RUNNABLE, Event.REMOVE)),
        *(replace(m, guard=(*m.guard, chosen)) for m in MOVES if row(RUNNABLE, Event.REMOVE)(m)),
        Move(RUNNABLE, Event.GIVE_UP, RUNNABLE, (~chosen,), (Assignment("chosen", True, "comes"),), ()),
        Move(RUNNABLE, Event.LOSE_CANCEL, RUNNABLE, (chosen,), (Assignment("chosen", False, "goes"),), ()),
    )
    assert "a cancel accepted in RUNNABLE leads to FAILED, or lost against a placement" in _named(broken(_graph(table)))


def test_what_needs_a_second_attempt_is_not_asked_of_one():
    """With one attempt nothing is tried again, and that is right."""
    once = without(row(RUNNING, None, RUNNABLE), row(STARTING, None, RUNNABLE))
    assert broken(_graph(once, attempts=1)) == []
    assert _named(broken(_graph(once, attempts=2))) >= {
        "a failed attempt is tried again",
        "a failed start is tried again",
    }
