"""What is drawn: every status, every change of status, and nothing that the table does not say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from batchproof.diagrams.drawing import VIEWS, Drawing, Phase, Style, cancel, lifecycle, retry, terminate
from batchproof.model.event import Event, Kind
from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.status import FAILED, PENDING, RUNNABLE, RUNNING, STARTING, SUCCEEDED, TERMINAL, Status

CHANGES = [move for move in MOVES if move.source is not move.destination]


def _between(drawing: Drawing, source: Status, destination: Status, style: Style | None = None) -> list[str]:
    return [
        word
        for edge in drawing.edges
        if (edge.source, edge.destination) == (source, destination) and style in (None, edge.style)
        for word in edge.words
    ]


def test_the_lifecycle_has_every_status():
    assert {node.name for node in lifecycle().nodes} == set(Status)


@pytest.mark.parametrize("move", CHANGES, ids=lambda move: f"{move.source}-{move.event}-{move.destination}")
def test_the_lifecycle_has_every_change_of_status(move):
    edges = [edge for edge in lifecycle().edges if move in edge.moves]
    assert len(edges) == 1
    assert (edges[0].source, edges[0].destination) == (move.source, move.destination)
    assert set(move.rules) <= set(edges[0].rules)


def test_the_lifecycle_has_nothing_else():
    drawn = [move for edge in lifecycle().edges for move in edge.moves]
    assert sorted(map(repr, drawn)) == sorted(map(repr, CHANGES))


def test_exactly_the_faults_are_dashed():
    for edge in lifecycle().edges:
        faults = {move.event.kind is Kind.FAULT for move in edge.moves}
        assert faults == {edge.style is Style.FAULT}


def test_every_edge_of_the_lifecycle_has_few_words_of_its_own():
    """A row without words would show its event's name and guard, which no newcomer reads at once."""
    for edge in lifecycle().edges:
        assert 1 <= len(edge.words) <= 3
        assert all(len(word) <= 30 and "[" not in word for word in edge.words)


def test_a_changed_table_changes_the_picture():
    """A row that nobody foresaw is drawn, by the name of its event."""
    odd = Move(SUCCEEDED, Event.HOST_LOST, PENDING, (), (), ("ST-10",))
    drawing = lifecycle((*MOVES, odd))
    assert _between(drawing, SUCCEEDED, PENDING) == ["host lost"]
    assert not _between(lifecycle(), SUCCEEDED, PENDING)


def test_a_missing_row_is_missing_in_the_picture():
    drawing = lifecycle(move for move in MOVES if move.event != Event.START)
    assert not _between(drawing, STARTING, RUNNING)


def test_cancel_touches_nothing_that_has_started():
    notes = {node.name: node.notes for node in cancel().nodes}
    for status in (STARTING, RUNNING):
        assert notes[status] == ("not touched, goes on", "retry overridden (reading)", "isCancelled")
    for status in TERMINAL:
        assert notes[status] == ("nothing changes",)


def test_cancel_removes_what_waits():
    for status in (Status.SUBMITTED, RUNNABLE):
        assert _between(cancel(), status, FAILED, Style.EFFECT) == ["removed"]
    assert _between(cancel(), PENDING, FAILED, Style.READING) == ["removed at once (reading)"]


def test_a_cancelled_job_is_retried_under_the_other_reading_only():
    assert _between(cancel(), RUNNING, RUNNABLE) == _between(cancel(), RUNNING, RUNNABLE, Style.READING) != []


def test_terminate_stops_what_has_started_and_nothing_is_retried():
    notes = {node.name: node.notes for node in terminate().nodes}
    for status in (STARTING, RUNNING):
        assert notes[status][0] == "SIGTERM, 30 s, SIGKILL"
        assert _between(terminate(), status, FAILED, Style.EFFECT)
    assert not _between(terminate(), RUNNING, RUNNABLE)


def test_what_cancel_is_drawn_to_do_is_what_its_rows_say():
    """The same view of a table in which CancelJob stops what runs, as a wrong service would."""
    stops = next(m for m in MOVES if m.event == Event.TERMINATE and m.source is RUNNING).effect
    wrong = tuple(replace(m, effect=stops) if m.event == Event.CANCEL and m.source is RUNNING else m for m in MOVES)
    notes = {node.name: node.notes for node in cancel(wrong).nodes}
    assert notes[RUNNING][0] == "SIGTERM, 30 s, SIGKILL"
    assert notes[STARTING][0] == "not touched, goes on"


def test_the_retry_picture_has_every_end_of_an_attempt():
    ends = [m for m in CHANGES if m.source in (STARTING, RUNNING) and m.event.kind in (Kind.PROCESS, Kind.FAULT)]
    drawn = {move for edge in retry().edges for move in edge.moves}
    assert drawn == set(ends)


def test_the_retry_picture_names_the_guards():
    words = {word for edge in retry().edges for word in edge.words}
    assert "attempts left, retry not overridden" in words
    assert "or no attempts left" in words
    assert any("EXIT" in note for node in retry().nodes if node.phase is Phase.EVENT for note in node.notes)


@pytest.mark.parametrize("name", VIEWS)
def test_no_edge_of_a_view_leads_nowhere(name):
    drawing = VIEWS[name]()
    names = {node.name for node in drawing.nodes}
    assert {end for edge in drawing.edges for end in (edge.source, edge.destination)} <= names
    assert drawing.name == name
