"""What lies behind a job is told by the events of its life, whatever the rows remember of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from batchproof.model.event import REQUESTS, Event
from batchproof.model.explore import components, explore
from batchproof.model.lifecycle import MOVES
from batchproof.model.machine import Lifecycle
from batchproof.model.properties import broken
from batchproof.model.properties.past import Past, with_past
from batchproof.model.readings import valuations
from batchproof.model.status import BEFORE_STARTING, RUNNABLE, RUNNING, STARTED, Status

from .changed_table import changed, row, without


def test_no_row_can_lose_what_was_asked():
    """Rows without any effect remember nothing, and every moment still knows of the requests that led to it."""
    forgetful = changed(lambda m: m.event in REQUESTS, lambda m: replace(m, effect=()))
    lives = with_past(explore(1, lifecycle=Lifecycle(forgetful)))
    for number, at in enumerate(lives.configurations):
        if not at.status.terminal:
            assert at.past.cancelled == (Event.CANCEL in lives.prefixes[number])
            assert at.past.stop_asked == (Event.TERMINATE in lives.prefixes[number])
            assert not at.memory.is_cancelled
            assert not at.memory.is_terminated


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("request_", sorted(REQUESTS))
def test_a_request_is_remembered_by_where_the_job_was_when_it_was_accepted(status, request_):
    past = Past(outstanding=False).after(status, request_, attempts=1)
    before = past.cancelled_before or past.terminated_before
    while_ = past.cancelled_while or past.terminated_while
    assert (before, while_) == (status in BEFORE_STARTING, status in STARTED)
    assert past.stop_asked == (request_ is Event.TERMINATE and not status.terminal)
    assert past.after(status, request_, attempts=1) == past


def test_a_cancel_that_was_lost_can_be_asked_for_again():
    """CANCEL-22: forgotten after a placement that won, and asked for anew before the next attempt."""
    past = Past(outstanding=False).after(RUNNABLE, Event.CANCEL, 2)
    assert past.to_leave
    past = past.after(RUNNING, Event.LOSE_CANCEL, 2)
    assert not past.to_leave
    assert past.after(RUNNABLE, Event.CANCEL, 2).to_leave
    assert past.after(RUNNABLE, Event.TERMINATE, 2).to_leave


def test_the_lives_are_the_same():
    """Every configuration, and every step of every one, is there again; nothing is added."""
    for readings in valuations():
        graph = explore(2, readings)
        lives = with_past(graph)
        here = [(at.status, at.memory) for at in lives.configurations]
        assert set(here) == set(graph.configurations)
        for number, steps in enumerate(lives.successors):
            plain = graph.successors[graph.index[graph.configurations[0]._make(here[number])]]
            assert [(event, here[to]) for event, to in steps] == [
                (event, graph.configurations[to]) for event, to in plain
            ]


def test_the_past_is_finite_also_where_lives_go_round():
    """A table whose attempts are never counted goes round for ever; the placements are counted up to one too many."""
    uncounted = changed(row(event=Event.PLACE), lambda m: replace(m, effect=m.effect[:1]))
    lives = with_past(explore(2, lifecycle=Lifecycle(uncounted)))
    assert {at.past.placements for at in lives.configurations} == {0, 1, 2, 3}
    assert max(map(len, components(lives))) > 1


def test_a_terminate_that_no_row_answers_is_missed_although_no_flag_is_set():
    """Over flags this passed every property: where nothing is accepted, nothing has to follow."""
    assert broken(explore(2, lifecycle=Lifecycle(without(row(RUNNING, Event.TERMINATE)))))
    assert len(without(row(RUNNING, Event.TERMINATE))) == len(MOVES) - 1
