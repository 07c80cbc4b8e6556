"""The machine: `transitions` runs the table, and nothing else decides."""

from __future__ import annotations

import ast
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from transitions import Machine
from transitions.extensions.markup import MarkupMachine

import batchproof.model
from batchproof.model.event import Event
from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.machine import LIFECYCLE, Configuration, Lifecycle, Refused, _as_transition
from batchproof.model.memory import fresh
from batchproof.model.readings import BY_NAME, valuation
from batchproof.model.status import FAILED, RUNNABLE, RUNNING, STARTING, SUBMITTED, SUCCEEDED, Status


def test_the_machine_has_the_events_of_the_table_and_no_other():
    """`to_SUCCEEDED` and its like, which `transitions` adds unasked, would be moves that no row allows."""
    machine = LIFECYCLE._machine
    assert isinstance(machine, Machine)
    assert set(machine.events) == {move.event for move in MOVES} == set(Event)
    assert set(machine.states) == set(Status.__members__)


def test_transitions_sees_the_rows_of_the_table_with_guards_and_effects_by_name():
    """What it says of itself, row by row: nothing about a guard or an effect is hidden in code that it cannot see."""
    seen = [
        (
            transition.source,
            event,
            transition.dest,
            {condition.func: condition.target for condition in transition.conditions},
            transition.after,
        )
        for event in Event
        for transition in LIFECYCLE._machine.get_transitions(event)
    ]
    told = [
        (
            move.source.name,
            move.event,
            move.destination.name,
            {atom.name: not atom.negated for atom in move.guard},
            [change.name for change in move.effect],
        )
        for event in Event
        for move in MOVES
        if move.event is event
    ]
    assert sorted(seen, key=str) == sorted(told, key=str)


def test_a_name_means_one_thing():
    """`transitions` looks guards and effects up by name, so two that differ must not share one."""
    atoms = {~atom if atom.negated else atom for move in MOVES for atom in move.guard}
    changes = {change for move in MOVES for change in move.effect}
    names = [*(atom.name for atom in atoms), *(change.name for change in changes)]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    assert not set(names) & {"status", "memory", "trigger", *Event}


def test_the_markup_of_transitions_reads_like_the_table():
    """Its own way of writing a machine down, which its drawings are made from."""
    markup = MarkupMachine(
        model=None,
        states=Status,
        initial=SUBMITTED,
        auto_transitions=False,
        transitions=[_as_transition(move) for move in MOVES],
    ).markup
    assert {
        "trigger": "exit_zero",
        "source": "RUNNING",
        "dest": "FAILED",
        "conditions": ["stop_sent", "stop_accepted", "exit_zero_after_terminate_is_FAILED"],
    } in markup["transitions"]
    assert {
        "trigger": "place",
        "source": "RUNNABLE",
        "dest": "STARTING",
        "conditions": ["chosen"],
        "after": ["clear_chosen", "count_attempt"],
    } in markup["transitions"]
    assert len(markup["transitions"]) == len(MOVES)


def test_one_module_imports_transitions():
    """So that there is one way for a status to change."""
    root = Path(batchproof.model.__file__).parents[1]
    importing = set()
    for folder in ("model", "reference_impl", "conformance", "diagrams", "cli", "simulation"):
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                importing |= {
                    path.relative_to(root).as_posix() for name in names if name.split(".")[0] == "transitions"
                }
    assert importing == {"model/machine.py"}


def test_a_step_is_triggered_in_transitions(monkeypatch):
    """Each answer comes from there once; afterwards it is remembered, since a step depends on nothing else."""
    lifecycle, triggered = Lifecycle(), []
    trigger = lifecycle._flyweight.trigger
    monkeypatch.setattr(lifecycle._flyweight, "trigger", lambda event: triggered.append(event) or trigger(event))
    for _ in range(3):
        assert lifecycle.step(lifecycle.submitted(), Event.EVALUATE).status is RUNNABLE
    assert triggered == [Event.EVALUATE]


def test_a_changed_row_changes_the_life():
    """Destination, guard and effect: whatever the row says is done, however wrong."""
    odd = Move(SUBMITTED, Event.EVALUATE, SUCCEEDED, (), (), ("ST-10",))
    lifecycle = Lifecycle([odd])
    assert lifecycle.step(lifecycle.submitted(), Event.EVALUATE) == Configuration(SUCCEEDED, fresh())
    assert {event for event, _ in lifecycle.successors(lifecycle.submitted())} == {Event.EVALUATE}


def test_effects_are_applied_in_the_order_of_the_row():
    row = next(move for move in MOVES if move.event == Event.PLACE)
    placed = LIFECYCLE.step(Configuration(RUNNABLE, fresh(2)._replace(chosen=True)), Event.PLACE)
    assert [change.field for change in row.effect] == ["chosen", "attempt"]
    assert (placed.status, placed.memory.chosen, placed.memory.attempt) == (STARTING, False, 1)


def test_a_refused_event_changes_nothing_and_says_what_and_where():
    submitted = LIFECYCLE.submitted()
    with pytest.raises(Refused, match="no row allows exit_zero in SUBMITTED"):
        LIFECYCLE.step(submitted, Event.EXIT_ZERO)
    assert LIFECYCLE.attempt(submitted, Event.EXIT_ZERO) is None
    assert LIFECYCLE.step(submitted, Event.EVALUATE).status is RUNNABLE


def test_an_event_that_does_not_exist_is_our_own_mistake():
    with pytest.raises(ValueError, match="'explode' is not a valid Event"):
        LIFECYCLE.attempt(LIFECYCLE.submitted(), "explode")


def test_a_submission_is_all_that_a_job_remembers_at_first():
    job = LIFECYCLE.submitted(3, waits=True, readings=valuation({"pending_cancel": "at_once"}))
    assert job.status is SUBMITTED
    assert job.memory == fresh(3, waits=True)._replace(pending_cancel="at_once")
    assert set(BY_NAME) <= set(job.memory._fields)


@pytest.mark.parametrize("attempts", [0, 11])
def test_a_job_has_one_to_ten_attempts(attempts):
    with pytest.raises(AssertionError):
        LIFECYCLE.submitted(attempts)


def test_jobs_in_many_threads_do_not_disturb_each_other():
    """One machine serves all jobs, so each life must come out as it does alone."""
    chance = random.Random(20261122)
    lives = [[chance.choice(list(Event)) for _ in range(40)] for _ in range(200)]

    def live(lifecycle: Lifecycle, events: list[str]) -> Configuration:
        at = lifecycle.submitted(10)
        for event in events:
            at = lifecycle.attempt(at, event) or at
        return at

    alone, shared = Lifecycle(), Lifecycle()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(partial(live, shared), lives)) == [live(alone, events) for events in lives]


def test_two_machines_share_nothing():
    """A wrong table next to the right one leaves it right."""
    wrong = Lifecycle(replace(m, destination=FAILED) if m.event == Event.START else m for m in MOVES)
    starting = Configuration(STARTING, fresh()._replace(attempt=1))
    assert wrong.step(starting, Event.START).status is FAILED
    assert LIFECYCLE.step(starting, Event.START).status is RUNNING
