"""How many of the binding promises a run exercised: a pass says nothing of what was never tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...model.elements import Met
from ...model.lifecycle import MOVES
from ...model.promises import PROMISES, Modality
from ..judging.coverage import Total
from ..judging.outcome import Outcome
from ..judging.verdict import Result
from .checked import FROM_OUTSIDE, Kind, answers, only_by_the_monitor, rows_of


@dataclass(frozen=True, slots=True)
class Share:
    """
    Of the MUST promises of one theme, or of all.

    exercised      something was held against the service for it in this run, with a verdict
    from_outside   a check of it is written, or could be
    not_yet        those of them for which none is written
    all            how many there are
    """

    exercised: int
    from_outside: int
    not_yet: int
    all: int

    def as_data(self) -> dict[str, int]:
        """As JSON types."""
        names = ("exercised", "from_outside", "not_yet", "all")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Exercised:
    """
    The promises that a run exercised.

    ids       of any modality
    lacking   the powers by their options that its rules would have needed, and that no variant of the target has
    """

    ids: frozenset[str]
    lacking: tuple[str, ...] = ()

    def of(self, theme: str = "") -> Share:
        """How many of a theme's MUST promises; without a theme of all."""
        must = [
            answers()[id]
            for id, promise in PROMISES.items()
            if promise.modality is Modality.MUST and theme in ("", promise.theme)
        ]
        return Share(
            exercised=sum(answer.id in self.ids for answer in must),
            from_outside=sum(answer.kind in FROM_OUTSIDE for answer in must),
            not_yet=sum(answer.kind is Kind.NOT_YET for answer in must),
            all=len(must),
        )

    def themes(self) -> dict[str, Share]:
        """The same by theme, for those that have a MUST that shows from outside."""
        names = dict.fromkeys(promise.theme for promise in PROMISES.values())
        return {name: share for name in names if (share := self.of(name)).from_outside}

    def __str__(self) -> str:
        share = self.of()
        told = (
            f"{share.exercised} of {share.from_outside} MUST promises exercised here; of {share.all} in all "
            f"{share.all - share.from_outside} are out of reach, {share.not_yet} not checked yet"
        )
        return f"{told}; powers lacking: {', '.join(self.lacking)}" if self.lacking else told

    def by_theme(self) -> str:
        """The same by theme, in one line."""
        return ", ".join(f"{name} {share.exercised}/{share.from_outside}" for name, share in self.themes().items())

    def as_data(self) -> dict[str, Any]:
        """All of it as JSON types."""
        return {
            **self.of().as_data(),
            "themes": {name: share.as_data() for name, share in self.themes().items()},
            "ids": [id for id in PROMISES if id in self.ids],
            "powers_lacking": list(self.lacking),
        }


def exercised(results: Iterable[Result], met: Total, lacking: Iterable[str] = ()) -> Exercised:
    """
    What these results come to.

    A promise counts where a point of its rule, or one that names it, was held against the record and the rule came to
    CONFORMS or DIVERGES. What only the monitor checks counts where some job surely went through a row of it (`met`).
    """
    judged = {id for each in results if each.outcome in (Outcome.CONFORMS, Outcome.DIVERGES) for id in each.judged}
    passed = {move for move, how in zip(MOVES, met.rows, strict=True) if how is Met.SURELY}
    watched = {id for id in only_by_the_monitor() if not passed.isdisjoint(rows_of(id))}
    return Exercised(frozenset(judged | watched) & PROMISES.keys(), tuple(sorted(lacking)))
