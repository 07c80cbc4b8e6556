"""The real server, once for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from adversary.upstreams import serving


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The URL of `batchproof serve --quickstart`."""
    with serving("--quickstart", "--grace-s", "1") as url:
        yield url
