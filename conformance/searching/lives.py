"""Whole lives: random histories, each begun in a chosen configuration of the specification."""

from __future__ import annotations

from ..rules.rule import rule
from ..steps.scenario import Scenario
from . import stateful


@rule("S2", "Every random history of one job is one that some life of the table explains.")
def every_history_is_explained(batch: Scenario) -> None:
    stateful.explore_lives(batch)
