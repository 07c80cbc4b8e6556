"""A rule: its id, what it promises, where that is written, what it needs, and the check, kept together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from ...model.promises import PROMISES, PROPERTIES, Promise, Property
from ...model.sources import Cited
from ..power import Power
from ..steps.scenario import Scenario

Check = Callable[[Scenario], None]


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
"""Every rule by its id, as its theme's file registered it; `conformance.register.rules` reads it in order."""

F = TypeVar("F", bound=Callable[..., None])


def rule(id: str, says: str, needs: tuple[Power, ...] = (), *, of: str = "") -> Callable[[F], F]:
    """
    Register a check under the id of its promise.

    A promise that holds for both requests is one function of the scenario and the request: `of` says which of them this
    rule is about, `cancel` or `terminate`, and the rule is one of that theme.
    """

    def register(check: F) -> F:
        assert id not in REGISTERED, f"{id} has two checks"
        assert id in PROMISES or id in PROPERTIES or id.startswith("SMOKE-"), f"{id} is not a promise of model.promises"
        bound: Any = partial(check, request=of) if of else check
        REGISTERED[id] = Rule(id, says, frozenset(needs), of or check.__module__.rpartition(".")[2], bound)
        return check

    return register
