"""A rule: its id, what it promises, where that is written, what it needs, and the check, kept together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.promises import PROMISES, PROPERTIES, Promise, Property
from ..model.sources import Cited
from .target import Power

if TYPE_CHECKING:
    from .scenario import Scenario


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
    def sources(self) -> tuple[Cited, ...]:
        """Where the promise is written."""
        return self.promise.sources if isinstance(self.promise, Promise) else ()


REGISTERED: dict[str, Rule] = {}
"""Every rule by its id, as its theme's file registered it; `conformance.rules.rules` reads it in order."""


def rule(id: str, says: str, needs: tuple[Power, ...] = ()) -> Callable[[Check], Check]:
    """Register a check under the id of its promise."""

    def register(check: Check) -> Check:
        assert id not in REGISTERED, f"{id} has two checks"
        assert id in PROMISES or id in PROPERTIES or id.startswith("SMOKE-"), f"{id} is not a promise of model.promises"
        theme = check.__module__.rpartition(".")[2]
        REGISTERED[id] = Rule(id, says, frozenset(needs), theme, check)
        return check

    return register
