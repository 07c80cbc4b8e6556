"""The table of moves: what it says is unambiguous, complete against what AWS documents, and nothing in it is dead."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache

import pytest

from batchproof.model.event import Event, Kind
from batchproof.model.explore import Graph, explore
from batchproof.model.lifecycle import MOVES, SAME, Move, moves
from batchproof.model.machine import Lifecycle
from batchproof.model.memory import Memory, Other, fresh
from batchproof.model.promises import PROMISES
from batchproof.model.properties import DOCUMENTED
from batchproof.model.readings import DEFAULT, READINGS, valuations
from batchproof.model.status import (
    BEFORE_STARTING,
    FAILED,
    PENDING,
    RUNNABLE,
    RUNNING,
    STARTED,
    STARTING,
    SUBMITTED,
    SUCCEEDED,
    TERMINAL,
    Status,
)

ALL_READINGS = list(valuations())

# The changes of status that AWS's pages name, with the events that cause each change. Written by hand from AWS's text, not derived.
CAUSES = {
    (SUBMITTED, PENDING): {"evaluate"},
    (SUBMITTED, RUNNABLE): {"evaluate"},
    (PENDING, RUNNABLE): {"dependencies_met"},
    (RUNNABLE, STARTING): {"place"},
    (STARTING, RUNNING): {"start"},
    (RUNNING, SUCCEEDED): {"exit_zero"},
    (RUNNING, RUNNABLE): {"exit_retry", "host_lost"},
    (RUNNING, FAILED): {"exit_zero", "exit_zero_overruled", "exit_retry", "exit_final", "host_lost", "fault_final"},
    (STARTING, RUNNABLE): {"start_failed", "host_lost"},
    (STARTING, FAILED): {"start_failed", "host_lost", "fault_final", "abort_start"},
    (SUBMITTED, FAILED): {"remove", "dependency_failed", "give_up"},
    (PENDING, FAILED): {"remove", "dependency_failed", "give_up"},
    (RUNNABLE, FAILED): {"remove", "give_up"},
}


@cache
def graph(readings=DEFAULT, attempts: int = 2) -> Graph:
    return explore(attempts, readings)


def _name(move: Move) -> str:
    return f"{move.source} {move.label} -> {move.destination}"


@pytest.mark.parametrize("readings", ALL_READINGS, ids=lambda r: " ".join(value for _, value in r))
def test_at_most_one_row_applies_wherever_a_life_can_be(readings):
    """
    In every reachable configuration, under each reading: so the order of rows means nothing.

    And a step is possible exactly where one row applies, so nothing but the rows decides.
    """
    rows = defaultdict(list)
    for move in MOVES:
        rows[move.source, move.event].append(move)
    found = graph(readings)
    for number, at in enumerate(found.configurations):
        for event in Event:
            applying = [m for m in rows[at.status, event] if all(atom.holds(at.memory) for atom in m.guard)]
            assert len(applying) <= 1, f"{at}: {[_name(m) for m in applying]}"
            led = dict(found.successors[number]).get(event)
            assert (led is not None) == bool(applying)
            if led is not None:
                memory = at.memory
                for change in applying[0].effect:
                    memory = change.applied(memory)
                assert found.configurations[led] == (applying[0].destination, memory)


@pytest.mark.parametrize("seed", range(3))
def test_shuffling_the_rows_changes_nothing(seed):
    """The whole graph is equal: configurations, edges, and the order in which they are found."""
    shuffled = list(MOVES)
    random.Random(seed).shuffle(shuffled)
    lifecycle = Lifecycle(shuffled)
    for readings in ALL_READINGS[seed::3]:
        assert explore(2, readings, lifecycle) == graph(readings)


def test_every_event_is_used():
    assert {move.event for move in MOVES} == set(Event)


def test_every_row_is_taken_by_some_life_under_some_reading():
    """A row that no life takes is a promise that nothing keeps: dead text."""
    taken = set[Move]()
    for readings in ALL_READINGS:
        found = graph(readings)
        for edge in found.edges:
            at = found.configurations[edge.source]
            taken |= {
                m
                for m in MOVES
                if (m.source, m.event) == (at.status, edge.event) and all(atom.holds(at.memory) for atom in m.guard)
            }
    assert [_name(move) for move in MOVES if move not in taken] == []


@pytest.mark.parametrize("edge", CAUSES, ids=lambda edge: f"{edge[0]}-{edge[1]}")
def test_every_documented_change_of_status_has_its_documented_causes(edge):
    assert {m.event for m in MOVES if (m.source, m.destination) == edge} == CAUSES[edge]


def test_no_row_changes_the_status_in_another_way_than_aws_documents():
    """The table, the properties and this file each say it once: a change must be made in three places."""
    changes = {(m.source, m.destination) for m in MOVES if m.source is not m.destination}
    assert changes == set(CAUSES) == DOCUMENTED


@pytest.mark.parametrize("request_", ["cancel", "terminate"])
def test_a_request_is_answered_in_every_status_and_changes_none(request_):
    """The API answers in every status (CANCEL-08, CANCEL-09, TERM-05, TERM-16); the work comes later."""
    for readings in ALL_READINGS:
        found = graph(readings)
        for number, at in enumerate(found.configurations):
            after = found.configurations[dict(found.successors[number])[request_]]
            assert after.status is at.status
            if at.status.terminal:
                assert after == at


def test_nothing_leaves_a_terminal_status():
    """Rows there are only for requests, which do nothing (ST-10)."""
    rows = [move for move in MOVES if move.source in TERMINAL]
    assert {move.event.kind for move in rows} == {Kind.REQUEST}
    assert all(move.source is move.destination and not move.effect and not move.guard for move in rows)


def test_a_repeated_request_has_no_further_effect():
    """CANCEL-23 and TERM-18."""
    for readings in ALL_READINGS:
        found = graph(readings)
        for number in range(len(found.configurations)):
            for request in ("cancel", "terminate"):
                once = dict(found.successors[number])[request]
                assert dict(found.successors[once])[request] == once


def test_cancel_then_terminate_of_a_running_job_stops_it():
    """TERM-28: the cancel did nothing, and both flags may be shown."""
    life = graph().life(["evaluate", "choose", "place", "start", "cancel", "terminate", "stop"])
    assert life[5].memory.stop_accepted is False
    assert life[-1].memory.stop_sent
    assert life[-1].memory.is_cancelled
    assert life[-1].memory.is_terminated


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_a_row_cites_rules_that_exist(move):
    assert move.rules
    assert set(move.rules) <= set(PROMISES)


@pytest.mark.parametrize("move", MOVES, ids=_name)
def test_a_row_reads_and_writes_what_a_job_remembers(move):
    """And it never writes a reading: a service keeps its answers."""
    memory = fresh()
    readings = {reading.name for reading in READINGS}
    for atom in move.guard:
        assert atom.field in Memory._fields
        assert not isinstance(atom.value, Other) or atom.value.field in Memory._fields
        if atom.field in readings:
            assert atom.value in next(r.values for r in READINGS if r.name == atom.field)
    for change in move.effect:
        assert change.field in Memory._fields
        assert change.field not in {*readings, "attempts"}
        assert type(getattr(change.applied(memory), change.field)) is type(getattr(memory, change.field))


def test_no_row_stands_twice():
    assert len(MOVES) == len(set(MOVES))


def test_every_reading_is_asked_by_some_guard_and_remembered_with_its_default():
    asked = {atom.field for move in MOVES for atom in move.guard}
    for reading in READINGS:
        assert reading.name in asked
        assert getattr(fresh(), reading.name) == reading.default


def test_every_reading_makes_a_difference():
    """Each pair of readings allows different lives, so that seeing enough of them can tell the two apart."""
    steps = {
        readings: {
            (a.status, a.memory[:11], edge.event, b.status, b.memory[:11])
            for edge in graph(readings).edges
            for a, b in [
                (graph(readings).configurations[edge.source], graph(readings).configurations[edge.destination])
            ]
        }
        for readings in ALL_READINGS
    }
    assert len({frozenset(found) for found in steps.values()}) == len(ALL_READINGS)


def test_readings_never_change_during_a_life():
    for readings in ALL_READINGS:
        assert {at.memory[11:] for at in graph(readings).configurations} == {tuple(value for _, value in readings)}


def test_only_what_a_working_service_owes_is_urgent():
    """Requests, faults, timeouts (TO-05) and placements (ST-05) are never owed, and neither is a race's other end."""
    owed = {event for event in Event if event.urgent}
    assert owed == {
        *("evaluate", "place", "start", "remove", "stop", "dependencies_met", "dependency_failed"),
        *("exit_zero", "exit_retry", "exit_final"),
    }


def test_a_line_of_the_table_is_one_row_for_each_source():
    assert [m.source for m in moves(STARTED, Event.CANCEL, SAME, (), (), "CANCEL-06 CANCEL-07")] == list(STARTED)
    assert [m.destination for m in moves(STARTED, Event.CANCEL, SAME, (), (), "CANCEL-06")] == list(STARTED)
    assert moves(PENDING, Event.GIVE_UP, FAILED, (), (), "ST-13 ST-14")[0].rules == ("ST-13", "ST-14")


def test_a_label_is_readable():
    """It is what a person sees in a picture: words and no Python."""
    for move in MOVES:
        assert re.fullmatch(r"\w+( \[[^\[\]]+\])?( / .+)?", move.label), move.label
        assert not re.search(r"[A-Z]\w+\(|lambda|<", move.label)


def test_the_groups_of_statuses_are_all_statuses():
    assert {*BEFORE_STARTING, *STARTED, *TERMINAL} == set(Status)
    assert len(BEFORE_STARTING) + len(STARTED) + len(TERMINAL) == len(Status)
