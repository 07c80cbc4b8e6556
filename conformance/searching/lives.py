"""Whole lives: random histories, each begun in a chosen configuration of the specification."""

from __future__ import annotations

from ..judging.seen import Seen
from ..rules.rule import search
from ..steps.stage import Stage
from . import stateful


@search("S2", "Every random history of one job is one that some life of the table explains.")
def every_history_is_explained(stage: Stage) -> list[Seen]:
    return stateful.explore_lives(stage, "S2")
