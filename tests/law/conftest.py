"""Where the long runs write what they measured, when asked to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from law.record import MEASURED


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[dict[str, Any]], None]:
    """Adds a line to what was measured, where `--rewrite` is given; several processes may do so at once."""

    def write(line: dict[str, Any]) -> None:
        if request.config.getoption("--rewrite"):
            with MEASURED.open("a") as file:
                file.write(json.dumps(line) + "\n")

    return write
