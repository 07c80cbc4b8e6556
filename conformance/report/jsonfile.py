"""The report as data, for machines: everything that the terminal shows, and the whole histories."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ...model.sources import find
from ..outcome import Outcome
from ..rules import rules
from ..run import Report
from .terminal import again


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON types. `format` changes when a member changes its meaning."""
    return {
        "format": 2,
        "target": report.target,
        "variants": report.variants,
        "exit_status": report.exit_status,
        "profile": asdict(report.profile),
        "deadlines_s": report.deadlines_s,
        "notes": report.notes,
        "count": asdict(report.count),
        "exercised": report.exercised,
        "readings": {
            name: {
                "seen": sorted(values) if name in report.readings.decided else None,
                "required": report.readings.required.get(name),
                "mixed": [item.job for item in report.readings.mixed.get(name, ())],
            }
            for name, values in report.readings.values.items()
        },
        "rules": [_rule(report, id, verdict) for id, verdict in report.verdicts.items()],
    }


def _rule(report: Report, id: str, verdict: Outcome) -> dict[str, Any]:
    rule = rules()[id]
    return {
        "id": id,
        "theme": rule.theme,
        "says": rule.says,
        "verdict": verdict.value,
        "sources": [{**asdict(cited), "url": find(cited.page).url} for cited in rule.sources],
        "again": again(report, report.of(id)),
        "results": [
            {
                "variant": result.variant,
                "outcome": result.outcome.value,
                "expected": result.expected,
                "observed": result.observed,
                "allowed": list(result.allowed),
                "calls": list(result.calls),
                "history": list(result.history),
                "excuses": list(result.excuses),
                "why": result.why,
                "seconds": result.seconds,
            }
            for result in report.results
            if result.rule == id
        ],
    }
