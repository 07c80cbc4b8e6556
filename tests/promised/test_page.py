"""docs/rules.md shows every promise, and how it is checked."""

from __future__ import annotations

from pathlib import Path

from generated import held

from batchproof.conformance.promised.page import TITLES, tables
from batchproof.model.promises import PROMISES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_has_what_the_register_says(request):
    """`make pages` writes it anew."""
    held(PAGE, "promises", tables(), rewrite=request.config.getoption("--rewrite"), how="`make pages`")


def test_every_promise_has_its_row_and_every_theme_its_title():
    for id, promise in PROMISES.items():
        assert tables().count(f"\n| {id} | {promise.modality.value} | ") == 1
    assert TITLES.keys() == {promise.theme for promise in PROMISES.values()}


def test_no_text_leaves_its_cell():
    heads = tuple(f"| {id} |" for id in PROMISES)
    rows = [line.replace("\\|", "") for line in tables().splitlines() if line.startswith(heads)]
    assert len(rows) == len(PROMISES)
    assert {row.count("|") for row in rows} == {5}
