"""What is true of every life: it holds for the table, and each property is seen to fail on a table changed to break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import pytest

from batchproof.model.event import Event
from batchproof.model.explore import Graph, explore
from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.machine import Lifecycle
from batchproof.model.memory import (
    Assignment,
    Atom,
    attempts_left,
    chosen,
    counted,
    no_retry,
    removal_accepted,
    retry_overridden,
    satisfied,
    shown_cancelled,
    shown_terminated,
    stop_accepted,
    stopping,
    timed_out,
)
from batchproof.model.promises import PROMISES, PROPERTIES
from batchproof.model.properties import ALWAYS, DOCUMENTED, EVENTUALLY, SOMETIMES, Finding, broken
from batchproof.model.readings import DEFAULT, valuations
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

ALL = (*ALWAYS, *SOMETIMES, *EVENTUALLY)

Table = tuple[Move, ...]
Rows = Callable[[Move], bool]


# Ways to change a table. `rows` says which rows.


def row(source: Status | None = None, event: str | None = None, destination: Status | None = None) -> Rows:
    return lambda m: source in (None, m.source) and event in (None, m.event) and destination in (None, m.destination)


def without(*each: Rows) -> Table:
    """The table without these rows."""
    return tuple(m for m in MOVES if not any(rows(m) for rows in each))


def changed(rows: Rows, change: Callable[[Move], Move]) -> Table:
    """The table with these rows changed; a change of nothing would be a mistake of the test."""
    table = tuple(change(m) if rows(m) else m for m in MOVES)
    assert table != MOVES
    return table


def leading_to(destination: Status, rows: Rows) -> Table:
    return changed(rows, lambda m: replace(m, destination=destination))


def unless(atom: Atom, rows: Rows) -> Table:
    """These rows ask also that `atom` does not hold."""
    return changed(rows, lambda m: replace(m, guard=(*m.guard, ~atom)))


def forgetting(atom: Atom, rows: Rows) -> Table:
    """These rows no longer ask for `atom`, and come before all others."""
    eased = [replace(m, guard=tuple(a for a in m.guard if a not in (atom, ~atom))) for m in MOVES if rows(m)]
    return (*eased, *(m for m in MOVES if not rows(m)))


def doing(effect: Assignment, rows: Rows) -> Table:
    return changed(rows, lambda m: replace(m, effect=(*m.effect, effect)))


def not_doing(effect: Assignment, rows: Rows) -> Table:
    return changed(rows, lambda m: replace(m, effect=tuple(e for e in m.effect if e != effect)))


def _exits(m: Move) -> bool:
    return m.event.startswith("exit_")


# One attempt too many, and only one: else attempts would be counted for ever.
ONE_MORE = (
    *without(lambda m: m.event == Event.EXIT_RETRY and ~attempts_left in m.guard),
    Move(RUNNING, Event.EXIT_RETRY, RUNNABLE, (~attempts_left, ~retry_overridden), (no_retry,), ("RETRY-28",)),
)

# For each property a table that breaks it. Others may break with it.
BREAKING: dict[str, Table] = {
    # always
    "no status changes but by a documented edge": leading_to(SUCCEEDED, row(STARTING, Event.START)),
    "nothing follows SUCCEEDED or FAILED": (*MOVES, Move(FAILED, Event.HOST_LOST, RUNNABLE, (attempts_left,), (), ())),
    "nothing is placed while a dependency has not succeeded": not_doing(
        satisfied, row(PENDING, Event.DEPENDENCIES_MET)
    ),
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
    "a terminate overrides the retry strategy at once": not_doing(no_retry, row(RUNNING, Event.TERMINATE)),
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
    "a failed attempt is tried again": without(row(RUNNING, None, RUNNABLE)),
    "a failed start is tried again": without(row(STARTING, None, RUNNABLE)),
    "a cancelled job is still PENDING": without(row(SUBMITTED, Event.CANCEL), row(PENDING, Event.CANCEL)),
    "a cancel loses against a placement": unless(removal_accepted, row(RUNNABLE, Event.PLACE)),
    "a cancelled job that runs succeeds": not_doing(shown_cancelled, row(event=Event.CANCEL)),
    "a terminated job succeeds before the stop reaches it": not_doing(shown_terminated, row(event=Event.TERMINATE)),
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


def _named(findings: Iterable[Finding]) -> set[str]:
    return {finding.says.removeprefix("never: ").removeprefix("not eventually: ") for finding in findings}


def _graph(table: Table, attempts: int = 2) -> Graph:
    return explore(attempts, lifecycle=Lifecycle(table))


@cache
def _breaking(says: str) -> tuple[Lifecycle, Graph, list[Finding]]:
    """The machine that breaks this property, its lives and what is found wrong with them."""
    assert says in BREAKING, "no table breaks this property: write one"
    lifecycle = Lifecycle(BREAKING[says])
    graph = explore(2, lifecycle=lifecycle)
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


@pytest.mark.parametrize("rule", ALWAYS, ids=lambda rule: rule.says)
def test_a_finding_shows_a_shortest_life_that_breaks_the_property(rule):
    """Taken by a machine that runs the wrong table: the last step breaks it, and no shorter life does."""
    lifecycle, graph, findings = _breaking(rule.says)
    finding = next(finding for finding in findings if finding.says == rule.says)
    endings = []
    for waits in (False, True):
        at = before = lifecycle.submitted(2, waits=waits)
        for event in finding.life:
            before, at = at, at and lifecycle.attempt(at, event)
        endings.append(
            at and before and not rule.kept(before, finding.life[-1], at) and f"{before.status} -> {at.status}"
        )
    assert finding.where in endings
    assert all(
        len(graph.prefixes[edge.source]) + 1 >= len(finding.life)
        for edge in graph.edges
        if not rule.kept(graph.configurations[edge.source], edge.event, graph.configurations[edge.destination])
    )


@pytest.mark.parametrize("rule", EVENTUALLY, ids=lambda rule: rule.says)
def test_a_life_that_gets_stuck_passes_through_what_the_property_starts_from(rule):
    lifecycle, _, findings = _breaking(rule.says)
    finding = next(finding for finding in findings if finding.says == f"not eventually: {rule.says}")
    shown = []
    for waits in (False, True):
        life = [lifecycle.submitted(2, waits=waits)]
        for event in finding.life:
            life += [after] if (after := lifecycle.attempt(life[-1], event)) else []
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
