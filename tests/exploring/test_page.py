"""docs/reach.md shows what the exploration of the engine finds, and what it finds is sensible."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated import held

from batchproof.model.event import Event
from batchproof.model.explore import explore
from batchproof.model.readings import DEFAULT, valuation, valuations
from batchproof.model.status import SUBMITTED
from batchproof.reference_impl.exploring import reach

PAGE = Path(__file__).parents[2] / "docs" / "reach.md"


@pytest.mark.slow
def test_the_table_of_rows_is_what_the_exploration_finds(request):
    """The set of rows that no run can meet is computed, and never written by hand."""
    how = "pytest tests/exploring/test_page.py --rewrite"
    held(PAGE, "rows", reach.table(), rewrite=request.config.getoption("--rewrite"), how=how)


def test_a_reading_decides_which_rows_are_met():
    other = valuation({"exit_zero_after_terminate": "SUCCEEDED"})
    only = {move.label for move in reach.met(other) - reach.met(DEFAULT)}
    assert only == {
        "exit_zero [stop sent, terminate accepted, exit_zero_after_terminate is not FAILED]",
    }


def test_no_caller_finds_a_job_that_was_not_yet_evaluated():
    """SubmitJob is answered when its job has been looked at, so that no request reaches a job in SUBMITTED."""
    met = {(move.source, move.event) for move in reach.met(DEFAULT)}
    assert (SUBMITTED, Event.EVALUATE) in met
    assert (SUBMITTED, Event.CANCEL) not in met


def test_what_is_reached_is_in_the_graph_of_the_table():
    """Steps and edges are the same thing, found in two ways."""
    graph = explore(2)
    at = graph.configurations
    edges = {(at[edge.source], edge.event, at[edge.destination]) for edge in graph.edges}
    assert reach.steps(2, DEFAULT) < edges


@pytest.mark.soak
def test_a_third_attempt_meets_no_other_row():
    assert reach.rows(reach.steps(3, DEFAULT)) <= reach.met(DEFAULT)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_two_readings_together_meet_no_other_row():
    """So one other answer at a time says all, as the page does."""
    alone = frozenset().union(*(reach.met(chosen) for chosen in reach.ways().values()))
    assert frozenset().union(*(reach.met(chosen) for chosen in valuations())) == alone
