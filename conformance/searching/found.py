"""What random histories found: of each fault the shortest history that shows it, as a case, from the record alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import msgspec

from ..judging.follower import Terms
from ..judging.history import Variant
from ..judging.seen import Seen
from ..judging.verdict import Result, fault, faults
from .case import FORMAT, LUCK, RECORD, SERVICE, WHOLE, Case, versions
from .shortening import about
from .step import History, Step, on_the_way

Fault = tuple[str, ...]
"""What is broken: the rule, and the promises that this speaks against."""


@dataclass(frozen=True)
class Found:
    """
    A fault, and a history that showed it.

    begun    its steps, up to the last that was begun
    result   what it came to
    shown, played   in how many of how many times that it was played
    """

    scenario: str
    begun: History
    result: Result
    shown: int = 1
    played: int = 1

    @property
    def sure(self) -> bool:
        """Whether it was shown again each time."""
        return self.shown == self.played > 1


def histories(records: Iterable[Seen], terms: Terms, *, variant: str = "") -> dict[Fault, list[Found]]:
    """
    Of each fault all histories that showed it, the best first.

    That is one that showed it each time again; of these one that asks nothing of a job on its way, for what was shown by
    luck five times is not shown on another machine; of these the shortest.
    """
    played: Counter[bytes] = Counter()
    found: dict[tuple[Fault, bytes], list[Found]] = {}
    for record in records:
        if record.steps is None:
            continue
        played[bytes(record.steps)] += 1
        for result in faults(record, terms, variant=variant):
            found.setdefault((fault(result), result.plan), []).append(Found(record.scenario, _begun(record), result))
    by_fault: dict[Fault, list[Found]] = {}
    for (what, plan), times in found.items():
        whole = max(times, key=lambda each: len(each.begun.steps))  # that one may have come further by luck
        by_fault.setdefault(what, []).append(replace(whole, shown=len(times), played=played[plan]))
    return {what: sorted(each, key=_order) for what, each in by_fault.items()}


def _order(found: Found) -> tuple[bool, int, int, int]:
    steps = found.begun.steps
    return not found.sure, on_the_way(steps), len(steps), len(found.result.happenings)


def cases(records: Iterable[Seen], terms: Terms, where: Variant, target: str, seed: int, *, asked: bool) -> list[Case]:
    """
    Of each fault the best history as a case.

    where, target   where that was played
    asked           whether the service was asked again to make it shorter; else the record alone has to do
    """
    records = list(records)
    seen = {record.scenario: record for record in records}
    made = []
    for each, *_ in histories(records, terms, variant=where.variant).values():
        history, shortened = each.begun, SERVICE
        if not (asked and each.sure):
            history = _about(history, each.result, seen[each.scenario])
            shortened = LUCK if asked else RECORD if len(history.steps) < len(each.begun.steps) else WHOLE
        made.append(
            Case(
                format=FORMAT,
                rule=each.result.rule,
                broken=each.result.breaks,
                expected=each.result.expected,
                observed=each.result.observed,
                steps=history.steps,
                begins=history.begins,
                shortened=shortened,
                shown=each.shown,
                played=each.played,
                scenario=each.scenario,
                target=target,
                variant=where.variant,
                powers=where.powers,
                assumptions=tuple(terms.assumptions.made),
                readings=dict(terms.readings),
                bounds_ms=asdict(terms.bounds) if terms.bounds else {},
                seed=seed,
                versions=versions(),
            )
        )
    return made


def _begun(record: Seen) -> History:
    """What was done: nothing was begun after something was found."""
    assert record.steps is not None
    history = msgspec.json.decode(record.steps, type=History)
    return _cut(history, history.steps[: len(record.begun)])


def _about(history: History, result: Result, record: Seen) -> History:
    """What has to do with the job that the result is about, where it is about one."""
    labels = {happening.job for happening in result.happenings}
    roles = {job.submitted.role for label, job in record.jobs.items() if label in labels}
    return _cut(history, about(history.steps, roles.pop())) if len(roles) == 1 else history


def _cut(history: History, steps: tuple[Step, ...]) -> History:
    begins = sum(step in steps for step in history.steps[: history.begins])
    return History(steps, begins)
