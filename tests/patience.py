"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(condition: Callable[[], Any], within_s: float = 20.0) -> Any:
    """What the condition gives once it is true; there is a bound, so that a fault is a failure and no standstill."""
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        if found := condition():
            return found
        time.sleep(0.005)
    raise AssertionError(f"not so within {within_s:g} s")
