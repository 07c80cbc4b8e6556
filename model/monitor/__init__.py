"""Follows one job from outside, and says whether some life of the table explains everything that was seen."""

from .automaton import Shown
from .beliefs import Verdict
from .monitor import Monitor, possible_statuses

__all__ = ["Monitor", "Shown", "Verdict", "possible_statuses"]
