"""What a check can come to: the four outcomes, and the ways in which a scenario ends early."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a check of one rule against one service can come to."""

    CONFORMS = "CONFORMS"
    DIVERGES = "DIVERGES"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_SUPPORTED = "NOT_SUPPORTED"


class Refusal(Exception):
    """The service judged a request, and refused it. The text has its status, code and message."""


class Unclear(Exception):
    """The evidence does not suffice: neither a pass nor a failure."""


class Absent(Exception):
    """The service has no such operation."""


class Interrupted(BaseException):
    """The person at the keyboard has had enough: no verdict at all."""
