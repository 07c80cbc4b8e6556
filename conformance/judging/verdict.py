"""What came of a rule: a verdict, with all that it rests on. Prose is made of it elsewhere (`telling`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import Raw

from ...model.readings import BY_NAME, valuations
from ...model.status import Status
from . import claims  # noqa: F401 - they register themselves
from .blame import blamed
from .claim import BREAKS, CLAIMS, THROUGHOUT, Point
from .evidence import Evidence, Readings, evidence
from .excuses import Excuse, breaking, excuses, shortened
from .follower import Terms, judged
from .happenings import OfJob
from .outcome import Outcome
from .seen import Exchange, Job, Seen

CALLS = 3
"""So many calls before a check failed are shown with it."""

MOST = 2 / 3
"""Where more of the scenarios of a rule than this came to nothing, the rest proves nothing."""

STOPPING = frozenset({"unclear", "absent", "failed", "stopped"})
"""Ways in which a scenario ends before it was over (`Left.how`)."""


@dataclass(frozen=True)
class Result:
    """
    What came of one rule on one variant of a target.

    expected, observed   for a divergence: both sides, in words
    allowed              what a read might have shown at the point of failure
    happenings           what led there
    calls                the last calls before a check failed
    excuses              what would excuse the service, each enough by itself; none: all of them together do not help
    by_life              no life of the table explains a job: there are excuses, or none helps
    breaks               the promises that this speaks against most plainly
    met_in               for what holds throughout a run: the rule whose scenario showed it, where that is another one
    why                  for INCONCLUSIVE and NOT_SUPPORTED: what was missing
    stops                the scenario did not come to its end, so nothing is known of the service
    failed               the kit itself failed
    plan, steps          what was to be done, where that was drawn, and what of it was begun
    judged               the promises for which anything was held against the record, whatever came of it
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
    by_life: bool = False
    breaks: tuple[str, ...] = ()
    met_in: str = ""
    why: str = ""
    stops: bool = False
    failed: bool = False
    seconds: float = 0.0
    plan: bytes = field(default=b"", repr=False)
    steps: tuple[Raw, ...] = field(default=(), repr=False)
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    judged: frozenset[str] = field(default=frozenset(), repr=False)


def concluded(rule: str, seen: Seen, terms: Terms, *, variant: str = "") -> Result:
    """What a scenario comes to for the rule that it was played for: the one judgement, live and from a file."""
    result = Result(rule, variant, Outcome.CONFORMS)
    points = [_held_against(point, terms) for point in CLAIMS[rule](seen)] if rule in CLAIMS else []
    broken = [point for point in points if not point.holds]
    odd = next((job for job in seen.jobs.values() if odd_status(job)), None)
    if (unexplained := violation(seen, terms)) is not None:
        result = replace(unexplained, rule=rule, variant=variant)
    elif (point := _sharp(broken, terms)) is not None:
        result = _broken(point, seen, rule, variant)
    elif odd is not None:
        result = replace(result, outcome=Outcome.INCONCLUSIVE, why=f"status {odd_status(odd)!r}: see ST-01", stops=True)
    elif seen.left is not None and seen.left.how in STOPPING:
        how = Outcome.NOT_SUPPORTED if seen.left.how == "absent" else Outcome.INCONCLUSIVE
        failed = seen.left.how == "failed"
        result = replace(result, outcome=how, why=seen.left.why, stops=True, failed=failed)
    elif broken:
        result = replace(result, outcome=Outcome.INCONCLUSIVE, why=_why(broken[0], terms))
    elif not points:
        why = "nothing came about that the rule speaks of" if seen.left else "the run ended before it came to that"
        result = replace(result, outcome=Outcome.INCONCLUSIVE, why=why)
    if rule.startswith("SMOKE-") and result.outcome is Outcome.DIVERGES:
        result = _never_held_against(result)
    assert all(BREAKS.get(rule, frozenset()).issuperset(point.breaks) for point in points), f"{rule} does not say so"
    judged = frozenset((*(rule for _ in points), *(id for point in points for id in point.breaks), *result.breaks))
    return replace(result, **_drawn(seen), evidence=tuple(_evidence(seen, points, terms)), judged=judged)


def throughout(scenarios: Iterable[tuple[str, Seen]], terms: Terms, *, variant: str = "") -> list[Result]:
    """
    What rules that speak of every job say of all scenarios together: the divergences, one for each rule.

    scenarios   each with the rule that it was played for

    Of several the one is told whose cause can be named; of those one of the rule's own scenario, and the shortest.
    """
    found: dict[str, list[Result]] = {}
    scenarios = list(scenarios)
    for played_for, seen in scenarios:
        for rule, claims_of_it in THROUGHOUT.items():
            broken = (point for of_it in claims_of_it for point in of_it(seen) if not point.holds)
            if point := _sharp(broken, terms):
                result = replace(_broken(point, seen, rule, variant), **_drawn(seen))
                found.setdefault(rule, []).append(replace(result, met_in="" if played_for == rule else played_for))
    plans = [bytes(seen.steps) for _, seen in scenarios if seen.steps]
    again = sure((result for results in found.values() for result in results), plans)

    def order(result: Result) -> tuple[object, ...]:
        unsure = (result.plan, fault(result)) not in again
        return not result.breaks, bool(result.met_in), unsure, *_length(result)

    return [min(results, key=order) for results in found.values()]


def together(results: Iterable[Result], everywhere: Iterable[Result]) -> list[Result]:
    """The results of the rules, each with what was found of it elsewhere; one that nobody asked about comes last."""
    found = {result.rule: result for result in results}
    for result in everywhere:
        mine = found.get(result.rule)
        if mine is None:
            found[result.rule] = result
        elif mine.outcome is not Outcome.DIVERGES or (result.breaks and not mine.breaks):
            judged = result.judged | _judged([mine])
            found[result.rule] = replace(result, seconds=mine.seconds, evidence=mine.evidence, judged=judged)
    return list(found.values())


def contradictions(found: Readings, variant: str) -> list[Result]:
    """Where two jobs of a run exclude each other's answers to a reading: a divergence of the reading's rule."""
    return [
        Result(
            BY_NAME[name].rules[0],
            variant,
            Outcome.DIVERGES,
            expected=f"one answer to {name} for all jobs: {' or '.join(BY_NAME[name].values)}",
            observed=f"{one.job} and {other.job} exclude each other",
            happenings=(*one.happenings, *other.happenings),
            judged=frozenset({BY_NAME[name].rules[0]}),
        )
        for name, (one, other) in found.mixed.items()
    ]


def _never_held_against(result: Result) -> Result:
    """
    A rule about whether kit and service understand each other at all has failed.

    Where no life explains a job they do understand each other: that is for another rule, and the rest can be tried.
    """
    why = f"expected {result.expected}, observed {result.observed}"
    if result.by_life:
        broken = " and ".join(result.breaks)
        why = f"no life explains it: {why}{f'; see {broken}' if broken else ''}"
    return replace(result, outcome=Outcome.INCONCLUSIVE, why=why, stops=not result.by_life)


def folded(results: Iterable[Result]) -> Result:
    """
    What several scenarios of one rule come to together: a divergence counts, with the shortest history; else a pass.

    Of drawn histories one that was played several times, and showed it each time, comes before a shorter one of luck.

    What came to nothing in one may have come about in another; but an operation that is absent in one is in all of them.
    """
    results = list(results)
    outcomes = (Outcome.DIVERGES, Outcome.CONFORMS, Outcome.INCONCLUSIVE, Outcome.NOT_SUPPORTED)
    diverging = [result for result in results if result.outcome is Outcome.DIVERGES]
    again = sure(diverging, [result.plan for result in results])

    def order(result: Result) -> tuple[object, ...]:
        return outcomes.index(result.outcome), (result.plan, fault(result)) not in again, *_length(result)

    best = min(results, key=order)
    unclear = [result for result in results if result.outcome is Outcome.INCONCLUSIVE]
    absent = [result for result in results if result.outcome is Outcome.NOT_SUPPORTED]
    if best.outcome is Outcome.INCONCLUSIVE:
        best = unclear[-1]
    elif best.outcome is Outcome.CONFORMS and absent:
        best = absent[0]
    elif best.outcome is Outcome.CONFORMS and len(unclear) > MOST * len(results):
        best = replace(unclear[0], why=f"{len(unclear)} of {len(results)} came to nothing: {unclear[0].why}")
    return replace(
        best, evidence=tuple(item for result in results for item in result.evidence), judged=_judged(results)
    )


def _judged(results: Iterable[Result]) -> frozenset[str]:
    """The promises that were held against the record where that came to a verdict."""
    decided = (result for result in results if result.outcome in (Outcome.CONFORMS, Outcome.DIVERGES))
    return frozenset(id for result in decided for id in result.judged)


def faults(seen: Seen, terms: Terms, *, variant: str = "") -> list[Result]:
    """All that a random history shows broken: a job that no life explains, and what holds of every job."""
    found = throughout([(LIVES, seen)], terms, variant=variant)
    if (unexplained := violation(seen, terms)) is not None:
        found.insert(0, replace(unexplained, rule=LIVES, variant=variant, **_drawn(seen)))
    return found


LIVES = "S2"
"""The rule of random histories."""


def _drawn(seen: Seen) -> dict[str, Any]:
    return {"plan": bytes(seen.steps or b""), "steps": seen.begun}


def sure(results: Iterable[Result], played: Iterable[bytes]) -> frozenset[tuple[bytes, tuple[str, ...]]]:
    """Of drawn histories those that showed the same each time that they were played, and that was more than once."""
    times, shown = Counter(played), Counter((result.plan, fault(result)) for result in results)
    return frozenset((plan, what) for (plan, what), number in shown.items() if plan and number == times[plan] > 1)


def fault(result: Result) -> tuple[str, ...]:
    """What two histories have in common that show the same: the rule, and the promises that this speaks against."""
    return (result.rule, *result.breaks)


def _length(result: Result) -> tuple[int, int]:
    """How much there is to read of a result: steps, where they were drawn, and what happened."""
    return len(result.steps), len(result.happenings)


def violation(seen: Seen, terms: Terms) -> Result | None:
    """The first job of a scenario that no life explains, as a result; None when all are explained."""
    for job in seen.jobs.values():
        monitor = judged(job.life, terms)
        if monitor is not None and (verdict := monitor.verdict) is not None:
            return Result(
                "",
                "",
                Outcome.DIVERGES,
                expected=" or ".join(verdict.allowed) or "no such answer",
                observed=verdict.saw,
                allowed=verdict.allowed,
                happenings=shortened(job.life, terms),
                excuses=excuses(job.life, terms),
                by_life=True,
                breaks=blamed(job.life[: breaking(job.life, terms)]),
            )
    return None


def odd_status(job: Job) -> str:
    """A status that is none of the seven; empty where it showed none."""
    return next((look.status for look in job.looks if look.status not in Status.__members__), "")


def _sharp(broken: Iterable[Point], terms: Terms) -> Point | None:
    """The first point that the service broke, whatever its jobs' lives may be and on what is taken for granted."""
    for point in broken:
        if not point.by_life and _is_sure(point, terms):
            return point
    return None


def _is_sure(point: Point, terms: Terms) -> bool:
    """Whether all that a point rests on is taken for granted: without it, it is no answer to a question either."""
    return all(getattr(terms.assumptions, name) for name in point.rests_on)


def _held_against(point: Point, terms: Terms) -> Point:
    """The point; where it shows another answer to a question than the one that is required, one that does not hold."""
    if point.reading is None or not point.holds:
        return point
    name, value = point.reading
    required = terms.readings.get(name, value)
    if required == value:
        return point
    expected, observed = f"the required reading {name}={required}", f"{name}={value}"
    return replace(point, holds=False, expected=expected, observed=observed)


def _broken(point: Point, seen: Seen, rule: str, variant: str) -> Result:
    jobs = [job for job in seen.cast if point.job in ("", job.label)]
    happenings = tuple(happening for job in jobs for happening in job.life)
    calls = tuple(call.exchange for call in seen.calls[-CALLS:])
    return Result(
        rule,
        variant,
        Outcome.DIVERGES,
        point.expected,
        point.observed,
        happenings=happenings,
        calls=calls,
        breaks=point.breaks,
        judged=frozenset({rule, *point.breaks}),
    )


def _why(point: Point, terms: Terms) -> str:
    missing = [name for name in point.rests_on if not getattr(terms.assumptions, name)]
    text = f"expected {point.expected}, observed {point.observed}"
    if missing:
        return (
            f"{text}: that would be a divergence if it were known that {' and '.join(KNOWN[name] for name in missing)}"
        )
    return f"{text}, which some life of the table explains"


KNOWN = {
    "fresh_reads": "reads are fresh",
    "monotone_reads": "reads never go back",
    "prompt_calls": "accepted calls take effect at once",
    "no_faults": "no host is lost",
    "capacity": "a full queue starts nothing",
    "deadline": "what is due comes within its bound",
}
"""What each assumption says, as the end of `if it were known that`."""


def _evidence(seen: Seen, points: Iterable[Point], terms: Terms) -> Iterable[Evidence]:
    for job in seen.cast:
        # Judged without what the caller required, so that the report can say what was seen and not only demanded.
        found = evidence(job.label, job.life, judged(job.life, replace(terms, readings={})))
        if found is not None:
            yield found
    for point in points:
        if point.reading and _is_sure(point, terms):
            life = seen.jobs[point.job].life if point.job in seen.jobs else []
            yield Evidence(point.job, frozenset(valuations(dict([point.reading]))), tuple(life))
