"""A rule: its id, what it promises, where that is written, what it needs, and what is done for it, kept together.

What it claims of the record of that is registered under the same id, in `judging/claims`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from ...model.promises import PROMISES, PROPERTIES, Promise, Property
from ...model.sources import Cited
from ..judging import claims  # noqa: F401 - they register themselves
from ..judging.claim import CLAIMS
from ..judging.seen import Seen
from ..power import Power
from ..steps.scenario import Scenario
from ..steps.stage import Stage

Check = Callable[[Scenario], None]
"""What is done for a rule: in one scenario."""

Search = Callable[[Stage], list[Seen]]
"""What is done for a rule that is met in many scenarios, which it returns as they were recorded."""


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
    check: Check | None = None
    search: Search | None = None

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
        bound: Any = partial(check, request=of) if of else check
        _register(Rule(id, says, frozenset(needs), of or check.__module__.rpartition(".")[2], check=bound))
        return check

    return register


def search(id: str, says: str, needs: tuple[Power, ...] = ()) -> Callable[[Search], Search]:
    """Register a search under the id of its promise."""

    def register(function: Search) -> Search:
        _register(Rule(id, says, frozenset(needs), function.__module__.rpartition(".")[2], search=function))
        return function

    return register


def _register(rule: Rule) -> None:
    id = rule.id
    assert id not in REGISTERED, f"{id} has two checks"
    assert id in PROMISES or id in PROPERTIES or id.startswith("SMOKE-"), f"{id} is not a promise of model.promises"
    assert id in CLAIMS, f"{id} claims nothing of the record: see judging/claims"
    REGISTERED[id] = rule
