"""One run against one target, from its start to its report: `check` on the command line, `run_conformance` in a test."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from .asked import Asked, asked
from .judging.coverage import Coverage, covered
from .judging.evidence import Evidence, Readings, inferred
from .judging.follower import Terms
from .judging.history import Variant
from .judging.outcome import Outcome
from .judging.verdict import Result, contradictions, throughout, together
from .power import Power
from .register import rules
from .report.findings import Count
from .report.jsonfile import JsonFile
from .report.news import Hear, RuleBegan, RuleEnded, RunBegan, RunEnded, TargetReady, in_turn, nobody
from .report.report import Report
from .rules.rule import Rule
from .searching.campaign import run
from .steps.calls import Calls
from .steps.made import Made, state_folder
from .steps.recorder import Recorder, header
from .steps.stage import Profile, Stage
from .steps.watcher import Watcher
from .steps.wire import Wire
from .steps.world import provide
from .targets.known import variants
from .targets.target import Target


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


def check(wanted: Asked, hear: Hear = nobody) -> Report:
    """The same, for what `asked` has made of a caller's words."""
    chosen, required = _found(wanted.rule) or rules(), _found(wanted.require)
    smoke = {id: found for id, found in rules().items() if found.theme == "smoke"}
    files: list[JsonFile] = []
    if wanted.report:
        wanted.report.mkdir(parents=True, exist_ok=True)
        files.append(JsonFile(wanted.report))
    hear = in_turn(hear)
    began_s = time.monotonic()
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
        for variant in variants(wanted):
            with variant() as service:
                _examine(service, whole)
            if whole.stopped:
                break
    finally:
        whole.recorder.close()
    whole.troubles += [trouble for trouble in (whole.recorder.trouble,) if trouble]
    whole.count.seconds = round(time.monotonic() - began_s, 1)
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
        required=frozenset(required),
        chosen=frozenset(chosen),
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
    coverage: dict[str, Coverage] = field(default_factory=dict)
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
    whole.recorder.variant(_described(target, terms))
    made = Made(_list_of_made(target, wanted))
    if len(whole.variants) == 1:
        whole.hear(RunBegan(wanted, number, str(made.path or "")))
    results: list[Result] = []
    try:
        with _staged(target, whole, terms, made) as stage:
            whole.hear(TargetReady(target.title, target.variant, number))
            results = _tried(whole, stage, terms, made)
            scenarios = whole.recorder.scenarios(stage.bounds)
            everywhere = throughout(scenarios, terms, variant=target.variant)
            whole.coverage[target.title] = covered(scenarios, terms)
            results = together(results, everywhere)
    finally:
        if made.path and made.left and not target.disposable:
            whole.notes.append(f"{target.title}: {len(made.left)} things may be left there: {made.path} lists them")
        made.close(keep=wanted.report is not None)
        whole.count.jobs += made.jobs
        whole.count.calls = whole.recorder.calls
        whole.results += results
        whole.evidence += [item for result in results for item in result.evidence]
        whole.count.scenarios += sum(result.outcome is not Outcome.NOT_SUPPORTED for result in results)


@contextmanager
def _staged(target: Target, whole: _Whole, terms: Terms, made: Made) -> Iterator[Stage]:
    """A service with all that its scenarios share, which is cleaned up at the end."""
    wanted, interrupted = whole.asked, threading.Event()
    wire = Wire(target.client(), whole.recorder, target.calls_per_s, target.controls)
    made.at(target.endpoint_url, target.client().meta.region_name, target.queue)
    calls = partial(Calls, wire, made, patience_s=target.patience_s, interrupted=interrupted)
    world = provide(target, made, calls("set-up"), calls("clean-up", closing=True))
    watcher = Watcher(wire, target.poll_s)
    stage = Stage(
        target=target,
        world=world,
        watcher=watcher,
        wire=wire,
        recorder=whole.recorder,
        terms=terms,
        profile=Profile(histories=wanted.histories or target.histories, seed=wanted.seed, shrink=target.shrinks),
        interrupted=interrupted,
    )
    try:
        yield stage
    finally:
        watcher.close()
        if not target.disposable:
            world.close()
        whole.count.histories.join(stage.tally)
        whole.count.processes += sum(stage.processes)
        whole.slow_ms[target.title] = max(stage.slow_ms, whole.slow_ms.get(target.title, 0))


def _tried(whole: _Whole, stage: Stage, terms: Terms, made: Made) -> list[Result]:
    """SMOKE, and then everything else; what puts the clock forward at a service of its own, or last of all."""
    examine = partial(
        run,
        began=lambda rule: whole.hear(RuleBegan(rule.id, stage.target.variant)),
        ended=lambda result: whole.hear(RuleEnded(result)),
        until_s=whole.until_s,
    )
    results, whole.stopped = examine(whole.smoke.values(), stage)
    if whole.stopped or any(result.stops for result in results):
        return results
    rest = [found for id, found in whole.chosen.items() if id not in whole.smoke]
    clocked = [rule for rule in rest if Power.CLOCK in rule.needs & stage.target.powers]
    rest = [rule for rule in rest if rule not in clocked]
    if clocked and stage.target.another is not None:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="clock") as pool:
            clocks = pool.submit(_tried_aside, clocked, whole, stage, terms, made, examine)
            more, whole.stopped = examine(rest, stage)
            try:
                wait([clocks])
            except KeyboardInterrupt:
                whole.stopped = "interrupted"
                stage.interrupt()
            return [*results, *more, *clocks.result()]
    for rules_ in (rest, clocked):
        if not whole.stopped:
            more, whole.stopped = examine(rules_, stage)
            results = [*results, *more]
    return results


def _tried_aside(
    clocked: Iterable[Rule], whole: _Whole, stage: Stage, terms: Terms, made: Made, examine: Callable
) -> list[Result]:
    """Rules that put the clock forward, at another service of the same kind, while the rest goes on at the first."""
    assert stage.target.another is not None
    with stage.target.another() as other, _staged(other, whole, terms, made) as stage.beside:
        if stage.interrupted.is_set():
            stage.interrupt()
        return examine(clocked, stage.beside)[0]


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
