"""A run meets every row of the table that the exploration of the engine can reach, whichever reading is served."""

from __future__ import annotations

import pytest

from batchproof.conformance import run_conformance
from batchproof.model.elements import Met
from batchproof.model.lifecycle import MOVES
from batchproof.model.readings import DEFAULT
from batchproof.reference_impl.exploring import reach

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


@pytest.mark.parametrize("name", reach.ways())
def test_every_row_that_can_be_met_is_met(name):
    """What a monitor cannot see happen it says was possibly met; a row of which it says neither was met by nobody."""
    served = reach.ways()[name]
    options = tuple(f"--reading={reading}={value}" for reading, value in served if dict(DEFAULT)[reading] != value)
    report = run_conformance("simulation", serve=options, histories=400, seed=1)
    assert report.exit_status == 0, report.text()
    rows = report.met.rows
    missed = [move.label for move, how in zip(MOVES, rows, strict=True) if how is Met.NOT and move in reach.met(served)]
    assert not missed
