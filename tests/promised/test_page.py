"""docs/rules.md shows every promise, and how it is checked."""

from __future__ import annotations

from pathlib import Path

from batchproof.conformance.promised.page import TITLES, tables
from batchproof.model.promises import PROMISES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
BEGIN, END = "<!-- promises -->\n", "<!-- end of promises -->\n"


def test_the_page_has_what_the_register_says(request):
    """`make pages` writes it anew."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    shown, _, after = rest.partition(END)
    if request.config.getoption("--rewrite"):
        PAGE.write_text(f"{before}{BEGIN}\n{tables()}\n\n{END}{after}", "utf-8")
        return
    assert shown.strip() == tables(), "it is stale: `make pages` writes it anew"


def test_every_promise_has_its_row_and_every_theme_its_title():
    for id, promise in PROMISES.items():
        assert tables().count(f"\n| {id} | {promise.modality.value} | ") == 1
    assert TITLES.keys() == {promise.theme for promise in PROMISES.values()}


def test_no_text_leaves_its_cell():
    heads = tuple(f"| {id} |" for id in PROMISES)
    rows = [line.replace("\\|", "") for line in tables().splitlines() if line.startswith(heads)]
    assert len(rows) == len(PROMISES)
    assert {row.count("|") for row in rows} == {5}
