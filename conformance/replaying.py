"""Plays a case again: the same steps at a service, and whether they show what they showed when the case was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .asked import Asked
from .judging.seen import Seen
from .judging.verdict import LIVES, fault, faults
from .register import rules
from .report.news import Hear, nobody
from .report.report import Report
from .rules.rule import Rule
from .run import Instead, check
from .searching.case import Case
from .searching.lives import play
from .steps.stage import Stage


@dataclass
class Replayed:
    """
    What came of a case that was played `times` times.

    shown, others   how often it showed the same, and how often something else was broken instead
    report          the run: its verdicts, as those of a `check`
    """

    case: Case
    times: int
    shown: int
    others: int
    report: Report

    @property
    def exit_status(self) -> int:
        """1 when anything diverges, most often what the case is about; 0 when the service conforms; 2 when that is not known."""
        return self.report.exit_status

    @property
    def says(self) -> str:
        """What came of it, in a line."""
        if self.shown:
            broken = " and ".join(self.case.broken) or self.case.rule
            return f"shown again in {self.shown} of {self.times}: it speaks against {broken}"
        if self.others:
            return f"not shown again, but something else was broken in {self.others} of {self.times}"
        if self.exit_status == 0:
            return f"not shown again: {self.times} of {self.times} conform"
        return f"not shown again, and nothing is proved by that: {self._why}"

    @property
    def _why(self) -> str:
        result = next((result for result in self.report.results if result.rule == LIVES), None)
        if result is None:
            return self.report.stopped or "SMOKE did not pass, so it was not played"
        return result.why or self.report.stopped or "see above"


def replay(case: Case, wanted: Asked, *, times: int = 1, path: Path | None = None, hear: Hear = nobody) -> Replayed:
    """
    Play a case so many times, as many of them at once as the target takes, after SMOKE.

    path   the file that it was read from

    Raises what `run_conformance` raises; ValueError also where the target has not the variant in which it was found.
    """
    shown: list[bool] = []
    others: list[bool] = []

    def played(stage: Stage) -> list[Seen]:
        labels = [f"{LIVES}.{number}" for number in range(1, times + 1)]
        with stage.target.clock.pool(stage.target.wave, "replay") as wave:
            records = [record for record, _ in wave.map(lambda label: play(stage, label, case.history), labels)]
        for record in records:
            found = {fault(result) for result in faults(record, stage.terms)}
            shown.append((case.rule, *case.broken) in found)
            others.append(bool(found) and not shown[-1])
        return stage.recorder.in_order(records)

    rule = Rule(LIVES, rules()[LIVES].says, case.needs, "lives", search=played)
    variant = case.variant if wanted.target == case.target else ""
    report = check(wanted, hear, instead=Instead(rule, case, path, variant))
    if not report.variants:
        raise ValueError(f"{wanted.target} has no variant {variant} here, and the case was found in that one")
    return Replayed(case, times, sum(shown), sum(others), report)
