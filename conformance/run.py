"""One run against one target, from its start to its report: `check` on the command line, `run_conformance` in a test."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..model.readings import BY_NAME
from .judging.history import Assumptions, History
from .judging.outcome import Outcome
from .judging.verdict import Evidence, Readings, Result, inferred
from .power import Power
from .register import rules
from .rules.rule import Rule
from .searching.campaign import run
from .steps.stage import Profile, Stage
from .steps.watcher import Watcher
from .steps.world import provide
from .targets import Options, reference, variants
from .targets.target import Target

THEMES_THAT_COUNT = ("cancel", "terminate", "retry")
"""A run that exercised no rule of one of these proves nothing about the founding question (exit status 2)."""


@dataclass
class Count:
    """What a run took."""

    rules: int = 0
    scenarios: int = 0
    histories: int = 0
    calls: int = 0
    jobs: int = 0
    processes: int = 0
    seconds: float = 0.0


@dataclass
class Report:
    """
    Everything that a run found. `results` holds one result a rule and variant.

    `exit_status` is 1 if anything diverges; else 2 if anything is inconclusive, if SMOKE failed, or if not one rule of
    cancel, of terminate and of retry was exercised (of those that `--rule` asked for); else 0.
    """

    target: str
    variants: list[str]
    results: list[Result]
    readings: Readings
    count: Count
    profile: Profile
    deadlines_s: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    required: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    again: str = ""

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
    def smoke_failed(self) -> bool:
        """Whether the kit and the service did not even understand each other."""
        return any(
            verdict in (Outcome.DIVERGES, Outcome.INCONCLUSIVE)
            for id, verdict in self.verdicts.items()
            if id.startswith("SMOKE")
        )

    @property
    def exit_status(self) -> int:
        """0 conforms, 1 diverges, 2 inconclusive."""
        verdicts = set(self.verdicts.values())
        if Outcome.DIVERGES in verdicts:
            return 1
        if Outcome.INCONCLUSIVE in verdicts or self.smoke_failed or not all(self.exercised.values()):
            return 2
        return 0

    def text(self) -> str:
        """The report as plain text, for an assertion's message."""
        from .report.terminal import as_text

        return as_text(self)


@dataclass
class Listener:
    """Hears how a run goes on; the command line shows it."""

    began: Callable[[Target, int], None] = lambda _target, _rules: None
    result: Callable[[Result], None] = lambda _result: None


def run_conformance(
    target: str = "endpoint",
    *,
    endpoint_url: str | None = None,
    powers: Iterable[Power | str] | None = None,
    rule: Iterable[str] = (),
    require: Iterable[str] = (),
    readings: Mapping[str, str] | None = None,
    queue: str | None = None,
    job_definition: str | None = None,
    deadline_s: float | None = None,
    grace_s: float | None = None,
    seed: int = 0,
    histories: int | None = None,
    history: Path | None = None,
    serve: Iterable[str] = (),
    listener: Listener | None = None,
) -> Report:
    """
    Check a service and report.

    target, endpoint_url   a target by name, or any service by its URL
    powers      what the harness can do there (`Power`, by name; "none"); by default what the target's kind declares
    rule        patterns of rule ids to check, all by default; SMOKE is always checked
    require     patterns of rule ids that must be supported: NOT_SUPPORTED counts as a divergence
    readings    readings to require, by name
    deadline_s  how long something urgent may take before it is called missing
    grace_s     seconds between SIGTERM and SIGKILL at the service
    queue, job_definition   existing ones to use
    histories, seed   how many random histories to run, and from which seed they are drawn
    history     a file to write the history to
    serve       the reference only: further arguments for `batchproof serve`
    listener    hears how the run goes on

    Raises ValueError for arguments that make no sense, DidNotStart when the target does not start and Unprovided
    when it does not let the kit create its queue.
    """
    options = Options(
        url=endpoint_url,
        powers=None if powers is None else frozenset(as_power(power) for power in powers if power != "none"),
        queue=queue,
        definition=job_definition,
        deadline_s=deadline_s,
        grace_s=grace_s,
        serve=tuple(serve),
    )
    chosen = rules(tuple(rule))
    if not chosen:
        raise ValueError(f"no rule is called {' or '.join(rule)}: `batchproof rules` lists them")
    demanded = rules(tuple(require)) if require else {}
    for pattern in require:
        if not rules((pattern,)):
            raise ValueError(f"no rule is called {pattern}: `batchproof rules` lists them")
    smoke = {id: found for id, found in rules().items() if found.theme == "smoke"}
    began_s = time.monotonic()
    if readings is None and target == "reference":
        readings = reference.served(options)  # our own server has to keep to what it was told to serve
    whole = _Whole(History(history), dict(readings or {}), Count(rules=len({**smoke, **chosen})))
    listener = listener or Listener()
    try:
        for variant in variants(target, options):
            with variant() as service:
                _examine(service, smoke, chosen, whole, listener, seed, histories)
    finally:
        whole.history.close()
    whole.count.seconds = round(time.monotonic() - began_s, 1)
    readings_found = _readings(whole)
    required = frozenset(demanded)
    return Report(
        target=endpoint_url or target,
        variants=whole.variants,
        results=whole.results,
        readings=readings_found,
        count=whole.count,
        profile=whole.profile,
        deadlines_s=whole.deadlines_s,
        notes=whole.notes,
        required=required,
        chosen=frozenset(chosen),
    )


def as_power(power: Power | str) -> Power:
    """
    A power by its name, in any case.

    >>> as_power("gate")
    <Power.GATE: "jobs reach the kit's gate, so that the kit decides when and how they end">
    """
    if isinstance(power, Power):
        return power
    name = power.upper().replace("-", "_")
    if name not in Power.__members__:
        names = ", ".join(name.lower().replace("_", "-") for name in Power.__members__)
        raise ValueError(f"there is no power {power!r}: the powers are {names}")
    return Power[name]


@dataclass
class _Whole:
    """What comes together over the variants of a run."""

    history: History
    required: dict[str, str]
    count: Count
    variants: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    deadlines_s: dict[str, float] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    evidence: list[Evidence] = field(default_factory=list)


def _examine(
    target: Target,
    smoke: Mapping[str, Rule],
    chosen: Mapping[str, Rule],
    whole: _Whole,
    listener: Listener,
    seed: int,
    histories: int | None,
) -> None:
    """One variant: provide its world, try SMOKE, then everything else."""
    reference = target.name == "reference"
    whole.profile = Profile(
        histories=histories if histories is not None else (82 if reference else 12), seed=seed, shrink=reference
    )
    whole.variants.append(target.variant)
    whole.notes += [f"{target.title}: {note}" for note in target.notes]
    whole.deadlines_s[target.title] = target.deadline_s
    listener.began(target, len({**smoke, **chosen}))
    world = provide(target)
    watcher = Watcher(target.client(), target.poll_s)
    stage = Stage(
        target=target,
        world=world,
        watcher=watcher,
        history=whole.history,
        assumptions=Assumptions(fresh_reads=Power.FRESH_READS in target.powers),
        readings=whole.required,
        profile=whole.profile,
    )
    try:
        results = run(smoke.values(), stage, listener.result)
        if not any(result.outcome in (Outcome.DIVERGES, Outcome.INCONCLUSIVE) for result in results):
            rest = [found for id, found in chosen.items() if id not in smoke]
            results += run(rest, stage, listener.result)
    finally:
        watcher.close()
        with contextlib.suppress(Exception):
            if target.endpoint_url and target.name == target.endpoint_url:
                world.close()
    whole.results += results
    whole.evidence += [item for result in results for item in result.evidence]
    whole.count.scenarios += sum(result.outcome is not Outcome.NOT_SUPPORTED for result in results)
    whole.count.calls += next(stage.calls) - 1 + watcher.calls
    whole.count.histories += sum(stage.histories)
    whole.count.processes += sum(stage.processes)
    whole.count.jobs += next(stage.submitted) - 1


def _readings(whole: _Whole) -> Readings:
    """What all jobs of the run say together; where two exclude each other, a divergence of the reading's rule."""
    found = inferred(whole.evidence, whole.required)
    for name, (one, other) in found.mixed.items():
        whole.results.append(
            Result(
                BY_NAME[name].rules[0],
                whole.variants[-1],
                Outcome.DIVERGES,
                expected=f"one answer to {name} for all jobs: {' or '.join(BY_NAME[name].values)}",
                observed=f"{one.job} and {other.job} exclude each other",
                history=(*one.history, *other.history),
            )
        )
    return found
