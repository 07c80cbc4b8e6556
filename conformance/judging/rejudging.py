"""A whole record, judged as its run judged it: by the same claims, and on the terms that it says itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .history import History
from .verdict import Result, concluded, folded, throughout, together


def rejudged(history: History, required: Mapping[str, str] | None = None, given_up: Iterable[str] = ()) -> list[Result]:
    """
    One result for each rule and variant that scenarios of the record were played for, in the order of the record.

    required   readings to require besides those that the run required
    given_up   assumptions that the run made, and that are not made now
    """
    found: list[Result] = []
    for section in history.sections:
        terms = section.terms
        terms = replace(
            terms,
            assumptions=terms.assumptions.without(*given_up),
            readings={**terms.readings, **(required or {})},
        )
        variant = section.variant.variant
        by_rule: dict[str, list[Result]] = {}
        scenarios = list(section.scenarios())
        for rule, seen in scenarios:
            by_rule.setdefault(rule, []).append(concluded(rule, seen, terms, variant=variant))
        everywhere = throughout(scenarios, terms, variant=variant)
        found += together((folded(results) for results in by_rule.values()), everywhere)
    return found
