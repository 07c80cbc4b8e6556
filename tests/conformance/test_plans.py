"""Where random histories begin."""

from __future__ import annotations

from batchproof.conformance.power import LOCAL, Power
from batchproof.conformance.searching.stateful import EXIT_CODES, plans


def test_a_local_target_is_brought_to_every_interesting_place():
    """A second attempt, a cancel in each waiting status, a terminate after a cancel: random steps rarely get there."""
    events = {plan.events for plan in plans(LOCAL)}
    assert ("start", "exit_retry", "start") in events
    assert any(e[:1] == ("cancel",) for e in events)
    assert any("cancel" in e and "terminate" in e for e in events)
    assert any(plan.queue_full for plan in plans(LOCAL))
    assert any(plan.waits and "dependencies_met" not in plan.events for plan in plans(LOCAL))


def test_nearest_places_come_first():
    """So that a failure is shrunk towards a short way."""
    lengths = [len(plan.events) for plan in plans(LOCAL)]
    assert lengths[0] == 0
    assert sum(lengths[:10]) <= sum(lengths[-10:])


def test_a_target_without_a_gate_is_asked_for_nothing_that_needs_one():
    """A plan that cannot be carried out would only cost time."""
    for plan in plans(frozenset({Power.FRESH_READS})):
        assert not set(plan.events) & set(EXIT_CODES)
        assert not plan.queue_full
        assert not plan.waits
