"""What random histories really did, counted: a name says nothing of how random they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What came of one step.

    name    what a person calls it      kind   it without names and times
    jobs    the jobs that it was about
    at      the status in which each of them was seen last when it was taken
    effect  whether it did something: its call was made of a job that had not ended, its release reached an attempt
    begins  whether it is the step by which the history has come to where it begins
    request whether it is a cancel or a terminate
    """

    name: str
    kind: str
    jobs: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    effect: bool = True
    begins: bool = False
    request: bool = False


@dataclass
class Tally:
    """
    What some histories did.

    wanted      how many were to be played               histories   how many were
    begun       how many were to begin in a chosen place, by the step that waits for it
    arrived     how many of those came there
    taken       steps by their names                          effective   those of them that had an effect
    pairs       two requests of one job, one after the other: (request, its status then, request, its status then)
    shapes      histories as sequences of step, status at that moment and kind of argument
    """

    wanted: int = 0
    histories: int = 0
    begun: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    effective: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    shapes: set[tuple[tuple[str, tuple[str, ...]], ...]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.wanted + self.histories > 0

    @property
    def distinct(self) -> int:
        """How many shapes there are."""
        return len(self.shapes)

    def add(self, steps: Iterable[Taken]) -> None:
        """One more history."""
        steps = list(steps)
        self.histories += 1
        self.shapes.add(tuple((step.kind, step.at) for step in steps))
        last: dict[str, tuple[str, str]] = {}
        for step in steps:
            self.taken[step.name] += 1
            self.effective[step.name] += step.effect
            if step.begins:
                self.begun[step.kind] += 1
                self.arrived[step.kind] += step.effect
            if step.request:
                for job, at in zip(step.jobs, step.at, strict=True):
                    if job in last:
                        self.pairs[(*last[job], step.name.partition(" ")[0], at)] += 1
                    last[job] = step.name.partition(" ")[0], at

    def as_data(self) -> dict[str, Any]:
        """The same as JSON types."""
        steps = {name: {"taken": number, "with_effect": self.effective[name]} for name, number in self.taken.items()}
        begun = {place: {"begun": number, "arrived": self.arrived[place]} for place, number in self.begun.items()}
        return {
            "wanted": self.wanted,
            "played": self.histories,
            "distinct": self.distinct,
            "begun": begun,
            "steps": steps,
        }

    def join(self, other: Tally) -> None:
        """The histories of another one as well."""
        self.wanted += other.wanted
        self.histories += other.histories
        self.begun += other.begun
        self.arrived += other.arrived
        self.taken += other.taken
        self.effective += other.effective
        self.pairs += other.pairs
        self.shapes |= other.shapes
