"""What the long runs measured, one line a run, and the table that docs/law.md shows of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from law.playing import SINGLE, SIX, TOGETHER, Service, counted
from outcomes import told

from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.report.report import Report

MEASURED = Path(__file__).with_name("measured.jsonl")
KEY = ("service", "server", "gate", "declared")


def measured(
    report: Report, service: Service, *, gate: bool, declared: bool, server: str = "", named: Sequence[str] = ()
) -> dict[str, Any]:
    """One run as a line; of a wrong server only what came of the rules that name its fault."""
    counts = {outcome.value: number for outcome, number in sorted(counted(report).items())}
    line: dict[str, Any] = {"service": service.name, "server": server, "gate": gate, "declared": declared}
    if not server:
        return {**line, "counts": counts, "unclear": sorted(told(report, Outcome.INCONCLUSIVE))}
    return {**line, "named": {id: report.verdicts[id].value for id in sorted(named)}}


def lines() -> list[dict[str, Any]]:
    """The last line of each run, in the order of the table."""
    found = {tuple(line[k] for k in KEY): line for line in map(json.loads, MEASURED.read_text().splitlines())}
    order = [service.name for service in (*SINGLE, *TOGETHER)]
    known = [line for line in found.values() if line["service"] in order and line["server"] in ("", *SIX)]
    return sorted(
        known,
        key=lambda line: (
            ("", *SIX).index(line["server"]),
            order.index(line["service"]),
            not line["gate"],
            line["declared"],
        ),
    )


def table() -> str:
    """Modes by verdict counts, in Markdown."""
    every = lines()
    rows = [
        "| behind | with the gate | ... and what is so declared | without the gate |",
        "| --- | --- | --- | --- |",
    ]
    for service in (*SINGLE, *TOGETHER):
        mine = {(line["gate"], line["declared"]): line for line in every if _is(line, service.name, "")}
        cells = [_counts(mine.get(key)) for key in ((True, False), (True, True), (False, False))]
        rows.append(f"| `{service.name}` | {' | '.join(cells)} |")
    rows += ["", f"| behind | {' | '.join(SIX)} |", f"| --- |{' --- |' * len(SIX)}"]
    for service in SINGLE:
        cells = [_named(next((line for line in every if _is(line, service.name, server)), None)) for server in SIX]
        rows.append(f"| `{service.name}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def _is(line: dict[str, Any], service: str, server: str) -> bool:
    return line["service"] == service and line["server"] == server


def _counts(line: dict[str, Any] | None) -> str:
    if line is None:
        return ""
    counts = line["counts"]
    words = [str(counts.get(Outcome.CONFORMS.value, 0))]
    words += [f"{n} {short}" for outcome, short in SHORT.items() if (n := counts.get(outcome.value))]
    return ", ".join(words)


SHORT = {Outcome.DIVERGES: "diverge", Outcome.INCONCLUSIVE: "unclear", Outcome.NOT_SUPPORTED: "not supported"}


def _named(line: dict[str, Any] | None) -> str:
    """How many of the rules that name the fault came to what."""
    if line is None:
        return ""
    verdicts = list(line["named"].values())
    told = {"DIVERGES": "found by {}", "INCONCLUSIVE": "unclear in {}", "CONFORMS": "hidden from {}"}
    return ", ".join(text.format(verdicts.count(value)) for value, text in told.items() if verdicts.count(value))
