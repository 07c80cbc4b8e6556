"""Runs many scenarios at once: wall time is that of the longest, not the sum of all."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

from ..judging.outcome import Outcome
from ..judging.verdict import Result, concluded, folded
from ..power import Power
from ..rules.rule import Rule
from ..steps.scenario import Scenario
from ..steps.stage import Stage

TRIES = 3
"""So often a rule is tried that comes to nothing: what did not come about may come about the next time."""

log = logging.getLogger(__name__)


def missing(rule: Rule, powers: frozenset[Power]) -> str:
    """
    What a target cannot do that a rule needs, in words; empty when it can all.

    >>> from batchproof.conformance.register import rules
    >>> missing(rules()["ST-01"], frozenset(Power))
    ''
    """
    return "; ".join(sorted(f"the target does not offer: {power.value}" for power in rule.needs - powers))


def examined(rule: Rule, stage: Stage) -> Result:
    """One rule on one variant: its scenario, its verdict. Never raises for what a service does."""
    variant, began_s = stage.target.variant, time.monotonic()
    lacks = missing(rule, stage.target.powers)
    if lacks:
        return Result(rule.id, variant, Outcome.NOT_SUPPORTED, why=lacks)
    results: list[Result] = []
    if rule.search is not None:
        results += [concluded(rule.id, seen, stage.terms, variant=variant) for seen in rule.search(stage)]
    for number in range(1, TRIES + 1 if rule.check else 0):
        results.append(_played(rule, stage, rule.id if number == 1 else f"{rule.id}+{number}"))
        if results[-1].outcome is not Outcome.INCONCLUSIVE or stage.interrupted.is_set():
            break
    return replace(folded(results), seconds=round(time.monotonic() - began_s, 3))


def _played(rule: Rule, stage: Stage, label: str) -> Result:
    assert rule.check is not None
    scenario = Scenario(stage, label)
    try:
        try:
            scenario.play(rule.id, rule.check)
        except Exception:  # a failure of the kit is never one of the service
            log.exception("the check of %s failed", rule.id)
        return concluded(rule.id, scenario.seen(), stage.terms, variant=stage.target.variant)
    finally:
        scenario.close()


def run(
    rules: Iterable[Rule], stage: Stage, *, began: Callable[[Rule], None], ended: Callable[[Result], None]
) -> list[Result]:
    """Every rule on one variant, in waves; `began` and `ended` are told of each, from several threads."""
    with ThreadPoolExecutor(max_workers=stage.target.at_once, thread_name_prefix="scenario") as pool:
        futures = [pool.submit(_examined, rule, stage, began) for rule in rules]
        results = []
        try:
            for future in as_completed(futures):
                results.append(future.result())
                ended(results[-1])
        except BaseException:
            for future in futures:
                future.cancel()
            stage.interrupt()  # the pool waits for its threads, which end their jobs first
            raise
        return results


def _examined(rule: Rule, stage: Stage, began: Callable[[Rule], None]) -> Result:
    began(rule)
    return examined(rule, stage)
