"""One run against one target, from its start to its report: `check` on the command line, `run_conformance` in a test."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from .asked import SERVICE, Asked, asked
from .depth import DEPTHS
from .judging.coverage import Coverage, covered
from .judging.evidence import Evidence, Readings, inferred
from .judging.follower import Terms
from .judging.history import Variant
from .judging.outcome import Outcome
from .judging.verdict import Result, contradictions, throughout, together
from .power import Power
from .register import rules
from .report.findings import Count, Kept
from .report.jsonfile import JsonFile
from .report.news import Hear, RuleBegan, RuleEnded, RunBegan, RunEnded, TargetReady, in_turn, nobody
from .report.report import Report
from .rules.rule import Rule
from .searching.campaign import run
from .searching.case import Case, written
from .searching.found import cases
from .steps.made import Made, state_folder
from .steps.opening import opened
from .steps.recorder import Recorder, header
from .steps.stage import Profile, Stage
from .steps.world import Unprovided
from .targets.child import DidNotStart
from .targets.known import variants
from .targets.target import Target
from .timing.clock import REAL


def run_conformance(target: str = "endpoint", *, hear: Hear = nobody, **given: Any) -> Report:
    """
    Check a service and report.

    The keyword arguments are the fields of `Asked`: run_conformance(endpoint_url="http://127.0.0.1:4566", grace_s=5).
    `hear` is told how the run goes on.

    Raises ValueError for arguments that make no sense, DidNotStart when the target does not start and Unprovided
    when it does not let the kit create its queue.
    """
    return check(asked(target, **given), hear)


# What `help` and editors show: the fields of `Asked`, which are written down there alone.
run_conformance.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        inspect.Parameter("target", inspect.Parameter.POSITIONAL_OR_KEYWORD, default="endpoint", annotation="str"),
        *(
            inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=each.type)
            for each in fields(Asked)
            if each.name != "target"
        ),
        inspect.Parameter("hear", inspect.Parameter.KEYWORD_ONLY, default=nobody, annotation="Hear"),
    ],
    return_annotation="Report",
)


@dataclass(frozen=True)
class Instead:
    """
    What is done after SMOKE instead of checking rules: a case is played.

    rule      under which its verdict stands
    path      the file that has it
    variant   in which variant of the target; empty: in all
    """

    rule: Rule
    case: Case
    path: Path | None = None
    variant: str = ""


def check(wanted: Asked, hear: Hear = nobody, *, instead: Instead | None = None) -> Report:
    """The same, for what `asked` has made of a caller's words."""
    chosen, required = _found(wanted.rule) or rules(), _found(wanted.require)
    if instead:
        chosen = {instead.rule.id: instead.rule}
    smoke = {id: found for id, found in rules().items() if found.theme == "smoke"}
    files: list[JsonFile] = []
    if wanted.report:
        wanted.report.mkdir(parents=True, exist_ok=True)
        files.append(JsonFile(wanted.report))
    hear = in_turn(hear)
    began_s = REAL.now_s()
    whole = _Whole(
        wanted,
        Recorder(header(wanted.url or wanted.target, seed=wanted.seed, asked=wanted.as_data()), _history(wanted)),
        Count(rules=len({**smoke, **chosen})),
        smoke,
        chosen,
        hear,
        until_s=began_s + wanted.limit_s if wanted.limit_s else None,
    )
    try:
        for each in variants(wanted):
            with each() as service:
                if instead is None or instead.variant in ("", service.variant):
                    _examine(service, whole)
            if whole.stopped:
                break
    finally:
        whole.recorder.close()
    whole.troubles += [trouble for trouble in (whole.recorder.trouble,) if trouble]
    kept = (
        _kept(whole) if instead is None else [Kept(_as_read(case, instead.case), instead.path) for case in whole.cases]
    )
    whole.count.seconds = round(REAL.now_s() - began_s, 1)
    report = Report(
        target=wanted.url or wanted.target,
        variants=whole.variants,
        readings=_readings(whole),
        results=whole.results,
        count=whole.count,
        asked=wanted,
        terms=whole.terms,
        slow_ms=whole.slow_ms,
        notes=whole.notes,
        coverage=whole.coverage,
        cases=kept,
        required=frozenset(required),
        chosen=frozenset(chosen),
        powers=whole.powers,
        seed=wanted.seed,
        stopped=whole.stopped,
        troubles=whole.troubles,
    )
    # Files first: whatever goes wrong with a terminal, they are there.
    for number, listener in enumerate(files):
        try:
            listener.hear(RunEnded(report))
        except OSError as trouble:
            report.troubles.append(f"{files[number].path} could not be written: {trouble.strerror}")
    hear(RunEnded(report))
    return report


def _as_read(found: Case, case: Case) -> Case:
    """What was found, by the steps that were played."""
    return replace(found, steps=case.steps, begins=case.begins, shortened=case.shortened)


def _kept(whole: _Whole) -> list[Kept]:
    """What random histories found, each as a file where there is a folder for it."""
    kept: list[Kept] = []
    for case in whole.cases:
        path = None
        if whole.asked.report:
            try:
                path = written(case, whole.asked.report)
            except OSError as trouble:
                whole.troubles.append(f"the case {case.name} could not be written: {trouble.strerror}")
        kept.append(Kept(case, path))
    return kept


def _found(patterns: tuple[str, ...]) -> Mapping[str, Rule]:
    for pattern in patterns:
        if not rules((pattern,)):
            raise ValueError(f"no rule is called {pattern}: `batchproof rules` lists them")
    return rules(patterns) if patterns else {}


def _history(wanted: Asked) -> Path | None:
    return wanted.history or (wanted.report / "history.jsonl" if wanted.report else None)


@dataclass
class _Whole:
    """What comes together over the variants of a run."""

    asked: Asked
    recorder: Recorder
    count: Count
    smoke: Mapping[str, Rule]
    chosen: Mapping[str, Rule]
    hear: Hear
    until_s: float | None = None
    stopped: str = ""
    troubles: list[str] = field(default_factory=list)
    required: dict[str, str] = field(default_factory=dict)
    variants: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    terms: dict[str, Terms] = field(default_factory=dict)
    slow_ms: dict[str, int] = field(default_factory=dict)
    powers: dict[str, frozenset[Power]] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


def _examine(target: Target, whole: _Whole) -> None:
    """One variant: provide its world, try SMOKE, then everything else."""
    wanted, number = whole.asked, len({**whole.smoke, **whole.chosen})
    terms = Terms(
        target.assumptions, dict(target.must_read if wanted.readings is None else wanted.readings), target.bounds
    )
    whole.required |= terms.readings
    whole.variants.append(target.variant)
    whole.notes += [f"{target.title}: {note}" for note in target.notes]
    whole.terms[target.title] = terms
    whole.powers[target.title] = target.powers
    described = _described(target, terms)
    whole.recorder.variant(described, target.clock)
    made = Made(_list_of_made(target, wanted))
    if len(whole.variants) == 1:
        whole.hear(RunBegan(wanted, number, str(made.path or "")))
    deep, fewer = DEPTHS[wanted.depth], (target.fewer,) if target.fewer and not wanted.histories else ()
    for most, why in fewer:
        whole.notes.append(f"{target.title}: {most} random histories instead of {deep}: {why}")
    profile = Profile(
        histories=wanted.histories or min([deep, *(most for most, _ in fewer)]),
        seed=wanted.seed,
        shrink=wanted.shrink == SERVICE if wanted.shrink else target.shrinks,
    )
    results: list[Result] = []
    try:
        with opened(target, terms, whole.recorder, made, profile) as stage:
            whole.hear(TargetReady(target.title, target.variant, number))
            try:
                results = _everything(_tried(stage, whole), stage, described, whole)
            finally:
                _count(stage, whole)
    finally:
        if made.path and made.left and not target.disposable:
            whole.notes.append(f"{target.title}: {len(made.left)} things may be left there: {made.path} lists them")
        made.close(keep=wanted.report is not None)
        whole.count.jobs += made.jobs
        whole.count.calls = whole.recorder.calls
        whole.results += results
        whole.evidence += [item for result in results for item in result.evidence]
        whole.count.scenarios += sum(result.outcome is not Outcome.NOT_SUPPORTED for result in results)


def _tried(stage: Stage, whole: _Whole) -> list[Result]:
    """SMOKE, and then the rest; what puts the clock forward at a service of its own meanwhile, or else last of all."""
    results, whole.stopped = _run(whole.smoke.values(), stage, whole)
    if whole.stopped or any(result.stops for result in results):
        return results
    rest = [found for id, found in whole.chosen.items() if id not in whole.smoke]
    clocked = [rule for rule in rest if Power.CLOCK in rule.needs & stage.target.powers]
    rest = [rule for rule in rest if rule not in clocked]
    if clocked and stage.target.another is not None:
        with stage.target.clock.pool(1, "beside") as pool:
            aside = pool.submit(_tried_beside, clocked, stage, whole)
            more, whole.stopped = _run(rest, stage, whole)
            try:
                pool.wait([aside])
            except KeyboardInterrupt:
                whole.stopped = "interrupted"
                stage.interrupt()
            others, stopped = aside.result()
            whole.stopped = whole.stopped or stopped
            return [*results, *more, *others]
    for some in (rest, clocked):
        if not whole.stopped:
            more, whole.stopped = _run(some, stage, whole)
            results += more
    return results


def _tried_beside(clocked: Iterable[Rule], stage: Stage, whole: _Whole) -> tuple[list[Result], str]:
    """
    Rules that put the clock forward, at another service of the same kind, while the rest goes on at the first.

    Where that one does not come about they are INCONCLUSIVE, and what was seen at the first stays.
    """
    with ExitStack() as stack:
        try:
            assert stage.target.another is not None
            other = stack.enter_context(stage.target.another())
            there = opened(other, stage.terms, stage.recorder, stage.world.made, stage.profile)
            stage.beside = stack.enter_context(there)
        except (DidNotStart, Unprovided) as trouble:
            why = f"a second service, whose clock is put forward, did not come about: {trouble}"
            return [Result(rule.id, stage.target.variant, Outcome.INCONCLUSIVE, why=why) for rule in clocked], ""
        if stage.interrupted.is_set():
            stage.interrupt()
        try:
            return _run(clocked, stage.beside, whole)
        finally:
            _count(stage.beside, whole)


def _run(some: Iterable[Rule], stage: Stage, whole: _Whole) -> tuple[list[Result], str]:
    """These rules at a stage; whoever listens hears of each."""
    return run(
        some,
        stage,
        began=lambda rule: whole.hear(RuleBegan(rule.id, stage.target.variant)),
        ended=lambda result: whole.hear(RuleEnded(result)),
        until_s=whole.until_s,
    )


def _count(stage: Stage, whole: _Whole) -> None:
    """What was done and met at a stage counts for its target, also where another of its kind stood beside it."""
    whole.count.histories.join(stage.tally)
    whole.count.processes += sum(stage.processes)
    title = stage.target.title
    whole.slow_ms[title] = max(stage.slow_ms, whole.slow_ms.get(title, 0))


def _everything(results: list[Result], stage: Stage, where: Variant, whole: _Whole) -> list[Result]:
    """What all scenarios of a variant come to together, how much of the model they met, and what is kept of them."""
    scenarios = whole.recorder.scenarios(stage.bounds)
    everywhere = throughout(scenarios, stage.terms, variant=where.variant)
    whole.coverage[where.title] = covered(scenarios, stage.terms)
    drawn = [seen for _, seen in scenarios if seen.steps is not None]
    profile, name = stage.profile, stage.target.name
    whole.cases += cases(drawn, stage.terms, where, name, profile.seed, asked=profile.shrink)
    return together(results, everywhere)


def _described(target: Target, terms: Terms) -> Variant:
    return Variant(
        title=target.title,
        variant=target.variant,
        powers=tuple(sorted(power.option for power in target.powers)),
        assumptions=terms.assumptions,
        readings=dict(terms.readings),
        bounds=terms.bounds,
        bounds_s=target.bounds_s,
        notes=target.notes,
    )


def _list_of_made(target: Target, wanted: Asked) -> Path | None:
    """Where to list what is made: with the report; else, where it could outlive the run, in the user's state folder."""
    if wanted.report:
        return wanted.report / "made.jsonl"
    if target.disposable:
        return None
    return state_folder() / f"made-{datetime.now().astimezone():%Y%m%dT%H%M%S.%f}.jsonl"


def _readings(whole: _Whole) -> Readings:
    """What all jobs of the run say together; where two exclude each other, a divergence of the reading's rule."""
    found = inferred(whole.evidence, whole.required)
    whole.results += contradictions(found, whole.variants[-1])
    return found
