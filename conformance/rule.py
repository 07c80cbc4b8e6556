"""A rule: its id, what it promises, where that is written, what it needs, and the check, kept together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..model.promises import PROMISES, PROPERTIES, Promise, Property
from .target import Power

if TYPE_CHECKING:
    from .scenario import Scenario


class Outcome(StrEnum):
    """What a check of one rule against one service can come to."""

    CONFORMS = "CONFORMS"
    DIVERGES = "DIVERGES"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_SUPPORTED = "NOT_SUPPORTED"


class Broken(Exception):
    """The service did something that the rule rules out. Both texts are for the person whose service it is."""

    def __init__(self, expected: str, observed: str) -> None:
        super().__init__(f"expected {expected}, observed {observed}")
        self.expected, self.observed = expected, observed


class Unclear(Exception):
    """The evidence does not suffice: neither a pass nor a failure."""


class Absent(Exception):
    """The service has no such operation."""


class Interrupted(BaseException):
    """The person at the keyboard has had enough: no verdict at all."""


Check = Callable[["Scenario"], None]


@dataclass(frozen=True)
class Rule:
    """
    One checkable promise.

    says    the promise as the check tests it, in one sentence
    needs   the powers without which it cannot be checked
    theme   states, cancel, terminate, bulk, arrays, retry or smoke: the folder's file it stands in
    """

    id: str
    says: str
    needs: frozenset[Power]
    theme: str
    check: Check

    @property
    def promise(self) -> Promise | Property | None:
        """The rule as the documents give it; None for the kit's own SMOKE rules."""
        return PROMISES.get(self.id) or PROPERTIES.get(self.id)

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of `model.sources`, where the promise is written."""
        return self.promise.sources if isinstance(self.promise, Promise) else ()


_RULES: dict[str, Rule] = {}


def rule(id: str, says: str, needs: tuple[Power, ...] = ()) -> Callable[[Check], Check]:
    """Register a check under the id of its promise."""

    def register(check: Check) -> Check:
        assert id not in _RULES, f"{id} has two checks"
        assert id in PROMISES or id in PROPERTIES or id.startswith("SMOKE-"), f"{id} is not a promise of model.promises"
        theme = check.__module__.rpartition(".")[2]
        _RULES[id] = Rule(id, says, frozenset(needs), theme, check)
        return check

    return register


def rules(patterns: tuple[str, ...] = ()) -> Mapping[str, Rule]:
    """
    The registered rules whose id fits one of the patterns (all without patterns), in the order of their themes.

    >>> list(rules(("CANCEL-07",)))
    ['CANCEL-07']
    """
    from . import rules as themes  # the themes register their rules on import

    found = {id: found for theme in themes.THEMES for id, found in _RULES.items() if found.theme == theme}
    if not patterns:
        return found
    return {id: r for id, r in found.items() if any(fnmatchcase(id, pattern.upper()) for pattern in patterns)}
