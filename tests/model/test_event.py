"""The events of the table: their names are what recorded histories hold, and what they say of themselves is used."""

from __future__ import annotations

import pickle

import msgspec
import pytest

from batchproof.model.event import DEPENDENCY_EVENTS, EXITS, FAULTS, REQUESTS, STEERED, Comes, Event, Kind
from batchproof.model.machine import LIFECYCLE


def test_a_misspelt_event_is_refused_wherever_it_is_written():
    """As a member when the module is imported, as text when it is asked for."""
    with pytest.raises(AttributeError, match="EXPLODE"):
        Event.EXPLODE  # noqa: B018
    with pytest.raises(ValueError, match="'explode' is not a valid Event"):
        LIFECYCLE.attempt(LIFECYCLE.submitted(), "explode")


def test_an_event_is_its_name():
    """So that a history that was recorded as text is judged as one that was not."""
    submitted = LIFECYCLE.submitted()
    for event in Event:
        assert event == event.value == event.name.lower() == str(event)
        assert msgspec.json.encode(event).decode() == f'"{event.value}"'
        assert pickle.loads(pickle.dumps(event)) is event
        assert LIFECYCLE.attempt(submitted, event.value) is LIFECYCLE.attempt(submitted, event)


def test_each_event_is_made_by_somebody_and_says_what_happens():
    assert {event.kind for event in Event} == set(Kind)
    assert {event.comes for event in Event} == set(Comes)
    assert len({event.says for event in Event}) == len(Event)
    assert not REQUESTS & EXITS | EXITS & DEPENDENCY_EVENTS | DEPENDENCY_EVENTS & FAULTS | FAULTS & REQUESTS


def test_what_is_steered_breaks_nothing_waits_for_no_clock_and_is_no_choice_of_the_service():
    """Written down a second time on purpose: where random histories begin follows from it."""
    assert set(Event) - STEERED == {
        *("start_failed", "host_lost", "fault_final", "give_up"),
        "time_out",
        *("abort_start", "lose_cancel", "exit_zero_overruled"),
    }


def test_what_a_service_may_do_is_never_owed():
    assert not [event for event in Event if event.urgent and event.comes is not Comes.SOON]
    assert {event for event in Event if event.comes is Comes.PERHAPS} <= set(Event) - STEERED
