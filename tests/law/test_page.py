"""docs/law.md shows what was measured, and what was measured keeps the law."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated import held
from law.playing import SINGLE, SIX, TOGETHER
from law.record import lines, table

PAGE = Path(__file__).parents[2] / "docs" / "law.md"


def test_the_page_has_the_table(request):
    """`make soak SOAK=--rewrite` measures anew; `pytest tests/law/test_page.py --rewrite` writes the page."""
    how = "pytest tests/law/test_page.py --rewrite"
    held(PAGE, "table", table(), rewrite=request.config.getoption("--rewrite"), how=how)


def test_every_mode_was_measured():
    """With the gate and without, alone and together, the right server and the six wrong ones."""
    there = {(line["service"], line["server"], line["gate"], line["declared"]) for line in lines()}
    for service in SINGLE:
        assert {
            (service.name, "", gate, declared) for gate, declared in ((True, False), (True, True), (False, False))
        } <= there
        assert {(service.name, server, True, False) for server in SIX} <= there
    for service in TOGETHER:
        assert {(service.name, "", gate, False) for gate in (True, False)} <= there


@pytest.mark.parametrize("server", SIX)
def test_what_was_measured_finds_the_fault(server):
    found = [line for line in lines() if line["server"] == server and "DIVERGES" in line["named"].values()]
    assert len(found) >= len(SINGLE) / 2


def test_what_was_measured_accuses_nobody():
    accused = [line for line in lines() if not line["server"] and line["counts"].get("DIVERGES")]
    assert not accused
