"""What came of a rule: a verdict, with all that it rests on. Prose is made of it elsewhere (`telling`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .assumptions import Assumptions
from .evidence import Evidence
from .excuses import Excuse, excuses, shortened
from .follower import judged
from .happenings import Failed, Got, OfJob, Sent
from .outcome import Outcome

Exchange = tuple[Sent, Got | Failed | None]
"""A request with its answer; None where none came before the run ended."""


@dataclass(frozen=True)
class Result:
    """
    What came of one rule on one variant of a target.

    expected, observed   for a divergence: both sides, in words
    allowed              what a read might have shown at the point of failure
    happenings           what led there
    calls                the last calls before a check failed
    excuses              what would excuse the service, each enough by itself
    why                  for INCONCLUSIVE and NOT_SUPPORTED: what was missing
    """

    rule: str
    variant: str
    outcome: Outcome
    expected: str = ""
    observed: str = ""
    allowed: tuple[str, ...] = ()
    happenings: tuple[OfJob, ...] = ()
    calls: tuple[Exchange, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    why: str = ""
    seconds: float = 0.0
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)


Lives = Mapping[str, list[OfJob]]
"""What happened to each job of a scenario, by its label."""


def violation(
    lives: Lives, assume: Assumptions, readings: Mapping[str, str], *, rule: str = "", variant: str = ""
) -> Result | None:
    """The first job of a scenario that no life explains, as a result; None when all are explained."""
    for happenings in lives.values():
        monitor = judged(happenings, assume, readings)
        if monitor is not None and (verdict := monitor.verdict) is not None:
            return Result(
                rule,
                variant,
                Outcome.DIVERGES,
                expected=" or ".join(verdict.allowed) or "no such answer",
                observed=verdict.saw,
                allowed=verdict.allowed,
                happenings=shortened(happenings, assume, readings),
                excuses=excuses(happenings, assume, readings),
            )
    return None


def broken(
    expected: str, observed: str, lives: Lives, calls: Iterable[Exchange], *, rule: str = "", variant: str = ""
) -> Result:
    """The result of a check that found the rule broken."""
    happenings = tuple(happening for life in lives.values() for happening in life)
    return Result(
        rule, variant, Outcome.DIVERGES, expected=expected, observed=observed, happenings=happenings, calls=tuple(calls)
    )
