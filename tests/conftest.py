"""What all tests share: one option, and that no time of a machine under load makes one fail."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("batchproof", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("batchproof")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="store in tests/scenarios/*.txt what the engine did, instead of comparing",
    )
