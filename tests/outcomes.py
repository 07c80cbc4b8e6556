"""What a run came to, in the forms in which tests compare it."""

from __future__ import annotations

from pathlib import Path

from batchproof.conformance.judging.history import read
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.judging.rejudging import rejudged
from batchproof.conformance.judging.verdict import Result
from batchproof.conformance.report.report import Report


def told(report: Report, *outcomes: Outcome) -> dict[str, str]:
    """The rules that came to one of these outcomes, with what each saw."""
    found = {id: report.of(id) for id, verdict in report.verdicts.items() if verdict in outcomes}
    return {id: result.why or f"{result.expected}, but {result.observed}" for id, result in found.items()}


def live(report: Report) -> dict[tuple[str, str], object]:
    """Each verdict of a run, as far as something was played for it, and all that it is told with."""
    played = [result for result in report.results if not result.why.startswith("the target does not offer")]
    return {(result.variant, result.rule): _said(result) for result in played}


def from_file(folder: Path) -> dict[tuple[str, str], object]:
    """The same, of what the run wrote down there."""
    return {(result.variant, result.rule): _said(result) for result in rejudged(read(folder / "history.jsonl"))}


def _said(result: Result) -> object:
    return result.outcome, result.expected, result.observed, result.why, result.excuses, result.breaks, result.met_in
