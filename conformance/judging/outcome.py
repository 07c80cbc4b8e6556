"""What a check can come to: the four outcomes, and the ways in which a check ends early."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a check of one rule against one service can come to."""

    CONFORMS = "CONFORMS"
    DIVERGES = "DIVERGES"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_SUPPORTED = "NOT_SUPPORTED"


class Broken(Exception):
    """The service did something that the rule rules out. Both texts are for the person whose service it is."""

    def __init__(self, expected: str, observed: str) -> None:
        super().__init__(f"expected {expected}, observed {observed}")
        self.expected, self.observed = expected, observed


class Unclear(Exception):
    """The evidence does not suffice: neither a pass nor a failure."""


class Absent(Exception):
    """The service has no such operation."""


class Interrupted(BaseException):
    """The person at the keyboard has had enough: no verdict at all."""
