"""Everything that a run found, as data: whoever shows it, shows this."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..asked import Asked
from ..judging.coverage import Coverage, Total
from ..judging.evidence import Readings
from ..judging.follower import Terms
from ..judging.outcome import Outcome
from ..judging.tally import Tally
from ..judging.verdict import Result
from ..power import Power
from ..promised.exercised import Exercised, exercised
from ..register import rules
from ..searching.case import Case
from ..searching.step import numbered

THEMES_THAT_COUNT = ("cancel", "terminate", "retry")
"""A run that exercised no rule of one of these proves nothing about the founding question (exit status 2)."""


@dataclass
class Count:
    """What a run took, and what its random histories came to."""

    rules: int = 0
    scenarios: int = 0
    histories: Tally = field(default_factory=Tally)
    calls: int = 0
    jobs: int = 0
    processes: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Kept:
    """A history that broke something, and the file that has it, where there is one."""

    case: Case
    path: Path | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """What is done, in numbered lines."""
        return numbered(self.case.steps)


@dataclass
class Findings:
    """
    Everything that a run found. `results` holds one result a rule and variant.

    `exit_status` is 1 if anything diverges; else 3 if the kit itself or the machine failed; else 2 if anything is
    inconclusive, if SMOKE failed, if the run was stopped, or if not one rule of cancel, of terminate and of retry was
    exercised (of those that `--rule` asked for); else 0.

    stopped    why the run ended before it was over; then what was seen by then is judged
    powers     for each variant, by its title, what the kit could bring about there
    coverage   for each variant, by its title, how much of the model its jobs met
    cases      of each fault that random histories showed the shortest that did
    troubles   what went wrong with the kit or the machine, and says nothing about the service
    """

    target: str
    variants: list[str]
    results: list[Result]
    readings: Readings
    count: Count
    asked: Asked
    terms: dict[str, Terms] = field(default_factory=dict)
    slow_ms: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    required: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    powers: dict[str, frozenset[Power]] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    cases: list[Kept] = field(default_factory=list)
    seed: int = 0
    stopped: str = ""
    troubles: list[str] = field(default_factory=list)

    @property
    def verdicts(self) -> dict[str, Outcome]:
        """One verdict a rule: a divergence in any variant counts, else the best that any variant came to."""
        order = (Outcome.DIVERGES, Outcome.INCONCLUSIVE, Outcome.CONFORMS, Outcome.NOT_SUPPORTED)
        found: dict[str, Outcome] = {}
        for id in rules():  # in the order of the register, not in that in which threads were done
            outcomes = [result.outcome for result in self.results if result.rule == id]
            if outcomes:
                found[id] = min(outcomes, key=order.index)
        for name in self.required:  # --require
            if found.get(name) is Outcome.NOT_SUPPORTED:
                found[name] = Outcome.DIVERGES
        return found

    def deciding(self, rule: str) -> list[Result]:
        """The results that decided a rule's verdict: one for each variant that came to it."""
        results = [result for result in self.results if result.rule == rule]
        wanted = self.verdicts[rule]
        return [result for result in results if result.outcome is wanted] or results[:1]

    def of(self, rule: str) -> Result:
        """The first of them."""
        return self.deciding(rule)[0]

    @property
    def exercised(self) -> dict[str, int]:
        """For each theme that counts and was asked for, how many of its rules came to a verdict."""
        known, verdicts = rules(), self.verdicts
        asked = [theme for theme in THEMES_THAT_COUNT if any(known[id].theme == theme for id in self.chosen)]
        came = [known[id].theme for id, v in verdicts.items() if v in (Outcome.CONFORMS, Outcome.DIVERGES)]
        return {theme: came.count(theme) for theme in asked}

    @property
    def untried(self) -> int:
        """How many of the rules that were asked for were not tried, because SMOKE did not pass."""
        return len(self.chosen - set(self.verdicts))

    @property
    def met(self) -> Total:
        """How much of the model was met, by all variants together."""
        return Total(self.coverage)

    @property
    def promised(self) -> Exercised:
        """Which promises were exercised, by all variants together, and which powers its rules lacked in each of them."""
        needed = frozenset[Power]().union(*(rules()[id].needs for id in self.chosen))
        there = frozenset[Power]().union(*self.powers.values())
        return exercised(self.results, self.met, (power.option for power in needed - there))

    @property
    def smoke_failed(self) -> bool:
        """Whether the kit and the service did not even understand each other."""
        return any(
            verdict in (Outcome.DIVERGES, Outcome.INCONCLUSIVE)
            for id, verdict in self.verdicts.items()
            if id.startswith("SMOKE")
        )

    @property
    def exit_status(self) -> int:
        """0 conforms, 1 diverges, 2 inconclusive, 3 the kit itself or the machine failed."""
        verdicts = set(self.verdicts.values())
        if Outcome.DIVERGES in verdicts:
            return 1
        if self.troubles or any(result.failed for result in self.results):
            return 3
        unclear = Outcome.INCONCLUSIVE in verdicts or self.smoke_failed or bool(self.stopped)
        if unclear or not all(self.exercised.values()):
            return 2
        judged = {id for id, verdict in self.verdicts.items() if verdict is Outcome.CONFORMS}
        return 0 if judged & self.chosen or not self.chosen else 2

    @property
    def how_deep(self) -> str:
        """How many random histories there were to be, in the words of who asked, and why there were fewer."""
        told, tally = f"depth {self.asked.depth}", self.count.histories
        if self.asked.histories:
            told = f"as --histories {self.asked.histories} asked"
        if tally.histories < tally.wanted:
            told += f"; fewer, for the run ended before: {self.stopped}" if self.stopped else "; there are no more"
        return told

    def told_in(self, result: Result) -> Kept | None:
        """The case that has the history by which a result is told, where it was a random one."""
        fault = (result.rule, result.variant, *result.breaks)
        told = (kept for kept in self.cases if (kept.case.rule, kept.case.variant, *kept.case.broken) == fault)
        return next(told, None) if result.steps else None

    def besides(self, rule: str) -> list[Kept]:
        """Other cases of a rule than those by which its results are told."""
        told = [self.told_in(result) for result in self.deciding(rule)]
        return [kept for kept in self.cases if kept.case.rule == rule and kept not in told]

    def again(self, rule: str) -> str:
        """The command that shows what came of a rule again."""
        kept = self.told_in(self.of(rule))
        if kept and kept.path:
            return self.shown_by(kept)
        return self.asked.command(rule=self.of(rule).met_in or rule, seed=self.seed)

    def shown_by(self, kept: Kept) -> str:
        """The command that plays a case again; without a file of it the run that found it."""
        return self.asked.replaying(kept.path) if kept.path else self.asked.command(rule="S2", seed=self.seed)
