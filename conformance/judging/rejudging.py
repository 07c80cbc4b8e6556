"""A whole record, judged as its run judged it: by the same claims, and on the terms that it says itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .coverage import Coverage, Total, covered
from .evidence import inferred
from .follower import Terms
from .history import History, Section
from .outcome import Outcome
from .verdict import Result, concluded, contradictions, folded, throughout, together


def rejudged(history: History, required: Mapping[str, str] | None = None, given_up: Iterable[str] = ()) -> list[Result]:
    """
    One result for each rule and variant that scenarios of the record were played for, in the order of the record.

    required   readings to require besides those that the run required
    given_up   assumptions that the run made, and that are not made now
    """
    found: list[Result] = []
    given_up, wanted = tuple(given_up), dict[str, str]()
    for section in history.sections:
        terms = replace(section.terms, readings={**section.terms.readings, **(required or {})})
        results = _on(section, terms)
        if given_up:
            weaker = replace(terms, assumptions=terms.assumptions.without(*given_up))
            results = _less_sure(results, _on(section, weaker), given_up)
        found += results
        wanted |= terms.readings
    if not found:
        return []
    said = inferred((item for result in found for item in result.evidence), wanted)
    return found + contradictions(said, history.sections[-1].variant.variant)


def recovered(history: History, required: Mapping[str, str] | None = None, given_up: Iterable[str] = ()) -> Total:
    """How much of the model the jobs of a record met, on the same terms."""
    given_up, found = tuple(given_up), dict[str, Coverage]()
    for section in history.sections:
        assumptions = section.terms.assumptions.without(*given_up)
        terms = replace(section.terms, readings={**section.terms.readings, **(required or {})}, assumptions=assumptions)
        found[section.variant.title] = covered(section.scenarios(), terms)
    return Total(found)


def _on(section: Section, terms: Terms) -> list[Result]:
    variant = section.variant.variant
    by_rule: dict[str, list[Result]] = {}
    scenarios = list(section.scenarios())
    for rule, seen in scenarios:
        by_rule.setdefault(rule, []).append(concluded(rule, seen, terms, variant=variant))
    everywhere = throughout(scenarios, terms, variant=variant)
    return together((folded(results) for results in by_rule.values()), everywhere)


def _less_sure(before: Iterable[Result], results: Iterable[Result], given_up: tuple[str, ...]) -> list[Result]:
    """What is explained only because something was given up is no pass: it may be as well that it was so, and a fault."""
    broken = {result.rule: result for result in before if result.outcome is Outcome.DIVERGES}
    found = []
    for result in results:
        if result.outcome is Outcome.CONFORMS and (was := broken.get(result.rule)):
            why = f"expected {was.expected}, observed {was.observed}: a divergence but for {' and '.join(given_up)}"
            result = replace(result, outcome=Outcome.INCONCLUSIVE, why=why)
        found.append(result)
    return found
