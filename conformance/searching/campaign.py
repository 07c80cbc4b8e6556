"""Runs many scenarios at once: wall time is that of the longest, not the sum of all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace

from ..judging.outcome import Interrupted, Outcome
from ..judging.verdict import Result, concluded, folded
from ..power import Power
from ..rules.rule import Rule
from ..steps.scenario import Scenario
from ..steps.stage import Stage
from ..timing.clock import REAL

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
    """One rule on one variant: its scenarios, its verdict. Never raises for what a service does, nor when the run ends."""
    variant, clock = stage.target.variant, stage.target.clock
    began_s = clock.now_s()
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
        if clock.now_s() - began_s > stage.target.patience_s:
            break  # it was waited for in vain: the next time would be as long
    if not results:
        results.append(Result(rule.id, variant, Outcome.INCONCLUSIVE, why=STOPPED))
    return replace(folded(results), seconds=round(clock.now_s() - began_s, 3))


STOPPED = "the run was stopped before it came to that"


def _played(rule: Rule, stage: Stage, label: str) -> Result:
    assert rule.check is not None
    scenario = Scenario(stage, label)
    try:
        try:
            scenario.play(rule.id, rule.check)
        except Interrupted:
            pass  # the record says so, and what was seen until then is judged
        except Exception:  # a failure of the kit is never one of the service
            log.exception("the check of %s failed", rule.id)
        return concluded(rule.id, scenario.seen(), stage.terms, variant=stage.target.variant)
    finally:
        scenario.close()


def run(
    rules: Iterable[Rule],
    stage: Stage,
    *,
    began: Callable[[Rule], None],
    ended: Callable[[Result], None],
    until_s: float | None = None,
) -> tuple[list[Result], str]:
    """
    Every rule on one variant, in waves; `began` and `ended` are told of each, from several threads.

    until_s   the time of the real clock at which to stop

    Returns what came of them, and why the run was stopped before it was over: what was seen by then is judged.
    """
    clock = stage.target.clock
    with clock.pool(stage.target.at_once, "scenario") as pool:
        futures = [pool.submit(_examined, rule, stage, began) for rule in rules]
        stopped = ""
        try:
            left_s = None if until_s is None else max(0.0, until_s - REAL.now_s())
            for future in pool.as_completed(futures, timeout=left_s):
                ended(future.result())
        except KeyboardInterrupt:
            stopped = "interrupted"
        except TimeoutError:
            stopped = "the limit of its time"
        except BaseException:
            _stop(futures, stage)
            raise
        if stopped:
            _stop(futures, stage)
        pool.wait(futures)
        return [future.result() for future in futures if not future.cancelled()], stopped


def _stop(futures: Iterable[Future], stage: Stage) -> None:
    for future in futures:
        future.cancel()
    stage.interrupt()  # whoever waits stops waiting, and ends his jobs


def _examined(rule: Rule, stage: Stage, began: Callable[[Rule], None]) -> Result:
    began(rule)
    return examined(rule, stage)
