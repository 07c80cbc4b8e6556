"""How each promise is checked: by a rule, by laws of every read, by the monitor, or not, and then why.

Derived from what is registered, so that a promise whose rule is written here becomes a checked one by itself. A monitor
explains whole lives, and most of what its rows rest on is never named by a verdict: only what one can name counts as checked
by it. `tests/promised` holds each such claim against the wrong servers: one of them has to break it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from ...model.lifecycle import MOVES, Move
from ...model.promises import PROMISES, Modality
from ...model.reads import LAWS
from ...model.status import RUNNING, STARTING
from ..judging.blame import NAMED
from ..judging.claim import BREAKS, THROUGHOUT
from ..register import rules
from .unchecked import REASONS, Why


class Kind(StrEnum):
    """What can be said of a promise. The value is how a page calls it."""

    CHECKED = "checked"
    NOT_YET = Why.NOT_YET
    UNTESTABLE = Why.UNTESTABLE
    OUT_OF_SCOPE = Why.OUT_OF_SCOPE
    OPEN = "binds nobody"


FROM_OUTSIDE = frozenset({Kind.CHECKED, Kind.NOT_YET})
"""What a check could be written for, by whoever only calls a service."""

_OPEN: Mapping[Modality, str] = {
    Modality.MAY: "allowed, and not required",
    Modality.UNSPECIFIED: "no page says what happens",
    Modality.CONFLICTING: "documents disagree, and each of them is allowed",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """
    How one promise is checked.

    ways   all of the ways in which it is, in words; none where it is not
    why    what is to be said where it is not; a check that nobody has written needs no reason

    >>> print(answers()["CANCEL-33"])
    out of scope: shows in CloudTrail alone, and the kit has no power that brings it records
    """

    id: str
    kind: Kind
    ways: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        return "; ".join(self.ways) or ": ".join(filter(None, (self.kind.value, self.why)))


@cache
def answers() -> Mapping[str, Answer]:
    """One answer for each promise, in the order of the model."""
    return MappingProxyType({id: _answer(id) for id in PROMISES})


def unchecked() -> list[Answer]:
    """The promises that nothing checks, by how binding they are: each MUST first."""
    order = list(Modality)
    found = [answer for answer in answers().values() if answer.kind is not Kind.CHECKED]
    return sorted(found, key=lambda answer: order.index(PROMISES[answer.id].modality))


def only_by_the_monitor() -> frozenset[str]:
    """The promises that a verdict about a life can name, and that have no rule."""
    return NAMED - rules().keys()


_ABOUT = {"CANCEL-06": STARTING, "CANCEL-07": RUNNING}
"""One line of the table says it of both statuses, but each of these speaks of one."""


def rows_of(id: str) -> list[Move]:
    """The rows of the table that a promise is about."""
    return [move for move in MOVES if id in move.rules and _ABOUT.get(id, move.source) is move.source]


def _answer(id: str) -> Answer:
    if ways := tuple(_ways(id)):
        return Answer(id, Kind.CHECKED, ways)
    if id in REASONS:
        kind, why = REASONS[id]
        return Answer(id, Kind(kind.value), why=why)
    modality = PROMISES[id].modality
    if modality in _OPEN:
        allowed = f"; the monitor allows it ({_counted(rows, 'row')})" if (rows := len(rows_of(id))) else ""
        return Answer(id, Kind.OPEN, why=f"{_OPEN[modality]}{allowed}")
    return Answer(id, Kind.NOT_YET)


def _ways(id: str) -> Iterator[str]:
    rule = rules().get(id)
    if rule is not None:
        needs = ", ".join(sorted(power.option for power in rule.needs))
        yield f"a rule ({needs})" if needs else "a rule"
    if named := [other for other, ids in BREAKS.items() if id in ids]:
        yield f"named by {' and '.join(named)}"
    laws = sum(law.rule == id for law in LAWS)
    if laws:
        yield f"{_counted(laws, 'law')} of every read"
    if len(THROUGHOUT.get(id, ())) > (laws > 0):  # the laws of one id are one claim
        yield "every job of a run"
    if (rows := len(rows_of(id))) and (rule is not None or id in NAMED):
        yield f"the monitor ({_counted(rows, 'row')})"
    elif id in NAMED:
        yield "named by the monitor"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
