"""The report as data, for machines: everything that the terminal shows, and the whole histories."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...model.sources import find
from ..judging.outcome import Outcome
from ..judging.telling import exchanged, excused, story
from ..register import rules
from .findings import Findings
from .news import News, RunEnded


class JsonFile:
    """A listener that writes `report.json` into a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "report.json"

    def hear(self, news: News) -> None:
        """Write it, before anybody is told that it is there."""
        if isinstance(news, RunEnded):
            self.path.write_text(json.dumps(as_data(news.report), indent=1) + "\n", encoding="utf-8")


def as_data(report: Findings) -> dict[str, Any]:
    """The report as JSON types. `format` changes when a member changes its meaning."""
    return {
        "format": 3,
        "target": report.target,
        "variants": report.variants,
        "exit_status": report.exit_status,
        "seed": report.seed,
        "depth": None if report.asked.histories else report.asked.depth,
        "taken_for_granted": {
            title: {"assumptions": terms.assumptions.made, "bounds_ms": asdict(terms.bounds) if terms.bounds else None}
            for title, terms in report.terms.items()
        },
        "notes": report.notes,
        "stopped": report.stopped,
        "troubles": report.troubles,
        "count": {**asdict(report.count), "histories": report.count.histories.as_data()},
        "exercised": report.exercised,
        "promises": report.promised.as_data(),
        "met": report.met.as_data(),
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


def _rule(report: Findings, id: str, verdict: Outcome) -> dict[str, Any]:
    rule = rules()[id]
    return {
        "id": id,
        "theme": rule.theme,
        "says": rule.says,
        "verdict": verdict.value,
        "sources": [{**asdict(cited), "url": find(cited.page).url} for cited in rule.sources],
        "again": report.again(id),
        "cases": [str(kept.path) for kept in report.cases if kept.case.rule == id and kept.path],
        "results": [
            {
                "variant": result.variant,
                "outcome": result.outcome.value,
                "expected": result.expected,
                "observed": result.observed,
                "allowed": list(result.allowed),
                "calls": [exchanged(*call) for call in result.calls],
                "history": list(story(result.happenings)),
                "excuses": [excused(excuse) for excuse in result.excuses],
                "breaks": list(result.breaks),
                "met_in": result.met_in,
                "steps": list(kept.steps) if (kept := report.told_in(result)) else [],
                "why": result.why,
                "seconds": result.seconds,
            }
            for result in report.results
            if result.rule == id
        ],
    }
