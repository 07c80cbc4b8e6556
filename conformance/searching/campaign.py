"""Runs many scenarios at once: wall time is that of the longest, not the sum of all."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from ..judging.outcome import Absent, Broken, Outcome, Unclear
from ..judging.verdict import Result, broken, violation
from ..power import Power
from ..rules.rule import Rule
from ..steps.scenario import Scenario
from ..steps.stage import Stage

AT_ONCE = 24
"""Scenarios at once: each is a thread that mostly waits."""

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
    scenario = Scenario(stage, rule.id)
    try:
        result = _checked(rule, scenario)
    finally:
        scenario.close()
    return replace(result, seconds=round(time.monotonic() - began_s, 3))


def _checked(rule: Rule, scenario: Scenario) -> Result:
    variant = scenario.target.variant
    came = partial(Result, rule.id, variant)
    result = came(Outcome.CONFORMS)
    try:
        rule.check(scenario)
    except Broken as error:
        result = _broken(error, rule, scenario)
    except Absent as error:
        result = came(Outcome.NOT_SUPPORTED, why=str(error))
    except Unclear as error:
        result = came(Outcome.INCONCLUSIVE, why=str(error))
    except ClientError as error:
        result = came(Outcome.INCONCLUSIVE, why=f"an unexpected refusal: {error}")
    except BotoCoreError as error:
        result = came(Outcome.INCONCLUSIVE, why=f"the service did not answer: {error}")
    except Exception as error:  # a failure of the kit is never one of the service
        log.exception("the check of %s failed", rule.id)
        result = came(Outcome.INCONCLUSIVE, why=f"the kit itself failed: {error!r}")
    if result.outcome is Outcome.CONFORMS:
        _look_once_more(scenario)
    if result.outcome is not Outcome.DIVERGES:
        # What no life explains is a divergence, whatever the check made of it.
        result = _unexplained(rule, scenario) or result
    trouble = next((job.trouble for job in scenario.jobs if job.trouble), None)
    if trouble:
        if rule.id == "ST-01":  # which is about nothing else
            result = _broken(trouble, rule, scenario)
        else:
            result = came(Outcome.INCONCLUSIVE, why=f"{trouble.observed}: see ST-01")
    if rule.theme == "smoke" and result.outcome is Outcome.DIVERGES:
        why = f"expected {result.expected}, observed {result.observed}"
        result = came(Outcome.INCONCLUSIVE, why=why, happenings=result.happenings, calls=result.calls)
    return replace(result, evidence=tuple(scenario.judged_readings()))


def _broken(error: Broken, rule: Rule, scenario: Scenario) -> Result:
    variant, calls = scenario.target.variant, scenario.calls.last
    return broken(error.expected, error.observed, scenario.lives(), calls, rule=rule.id, variant=variant)


def _unexplained(rule: Rule, scenario: Scenario) -> Result | None:
    stage = scenario.stage
    lives = {job.label: job.life() for job in scenario.jobs if job.monitor.verdict}
    return violation(lives, stage.assumptions, stage.readings, rule=rule.id, variant=scenario.target.variant)


def _look_once_more(scenario: Scenario) -> None:
    """A last read of every job, so that no verdict depends on when the watcher happened to look."""
    for job in scenario.jobs:
        with contextlib.suppress(ClientError, BotoCoreError, Absent, Unclear, Broken):
            scenario.read(job)


def run(
    rules: Iterable[Rule], stage: Stage, *, began: Callable[[Rule], None], ended: Callable[[Result], None]
) -> list[Result]:
    """Every rule on one variant, in waves; `began` and `ended` are told of each, from several threads."""
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="scenario") as pool:
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
