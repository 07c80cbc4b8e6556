"""The demon can do all that the table can: otherwise what it never does would hide false alarms."""

from __future__ import annotations

import random

import pytest

from batchproof.conformance.demon.choices import Choices
from batchproof.model.explore import explore
from batchproof.model.readings import READINGS, valuation

from .steering import Steered

TRIES = 12  # for one move: where chance decides how a process ends, the first try may end otherwise

OTHERS = {reading.name: list(reading.values)[-1] for reading in READINGS}


@pytest.mark.parametrize("readings", [valuation(), valuation(OTHERS)], ids=["defaults", "the last of each"])
@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_every_configuration_and_edge_is_met(attempts, readings):
    """All moves of jobs with one to three attempts, also those that no prompt service ever makes."""
    graph, choices = explore(attempts, readings), Choices(random.Random(attempts))
    missed = [
        (graph.configurations[edge.source], edge.event)
        for edge in graph.edges
        if (graph.configurations[edge.source], edge.event) not in choices.taken
        and not any(Steered(choices, graph, edge).run() for _ in range(TRIES))
    ]
    assert missed == []
    assert set(graph.configurations) <= {at for at, _ in choices.taken}
