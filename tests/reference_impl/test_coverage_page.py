"""docs/coverage.md is true: it names the operations that are not served, and rules that exist."""

from __future__ import annotations

import re
from pathlib import Path

from batchproof.model.promises import PROMISES
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.logs import LOG_HANDLERS
from batchproof.reference_impl.operations import HANDLERS

PAGE = (Path(__file__).parents[2] / "docs" / "coverage.md").read_text("utf-8")


def cells(column: int) -> list[str]:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| [A-Z]", line)]
    return [row[column] for row in rows]


def test_the_page_names_every_operation_that_is_not_served_and_no_other():
    named = [cell for cell in cells(0) if re.fullmatch(r"[A-Z][A-Za-z]+", cell)]
    assert named == sorted(set(wire.operations()) - set(HANDLERS))
    assert set(HANDLERS) <= set(wire.operations())


def test_the_page_names_the_operations_of_cloudwatch_logs():
    for target in LOG_HANDLERS:
        assert target.removeprefix("Logs_20140328.") in PAGE


def test_its_rules_exist():
    rules = re.findall(r"\b[A-Z]+-\d\d\b", " ".join(cells(0)))
    assert len(rules) == len(set(rules)) > 15
    assert set(rules) <= set(PROMISES)
