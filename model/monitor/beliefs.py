"""What is believed about one job: where it may be, under each reading of the documents, and what that depends on."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from ..knowledge import Knowledge
from .automaton import Belief


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Why no life explains what was seen.

    `saw` is the observation that nothing explained, `allowed` what would have been: one line for each possibility,
    most common statuses first.
    """

    saw: str
    allowed: tuple[str, ...]


@dataclass(eq=False, slots=True)
class State:
    """
    All beliefs about a job, and what they depend on.

    beliefs     one for each reading in `Inference.valuations`, in that order; None for those that are asleep
    in_flight   calls that were not answered yet: cancels, terminates
    asked       whether any was ever accepted, or may have been: a cancel, a terminate
    lost        whether one was made whose fate is unknown: it may take effect at any time
    ever        where reads may go back: for each reading the configurations in which the job may ever have been
    next        the states that this one led to, by what was seen
    closed, calm   what may have come of it unseen, and whether nothing is due in it, once somebody has asked
    """

    beliefs: tuple[Belief | None, ...]
    knowledge: Knowledge
    in_flight: tuple[int, int] = (0, 0)
    asked: tuple[bool, bool] = (False, False)
    lost: tuple[bool, bool] = (False, False)
    ever: tuple[int, ...] = ()
    verdict: Verdict | None = None
    next: dict[Hashable, State] = field(default_factory=dict)
    closed: State | None = None
    calm: bool | None = None

    @property
    def may_show(self) -> tuple[bool, bool]:
        """Whether a flag may show though its request changed nothing: one was accepted, or is under way, or was lost."""
        (cancels, terminates), (cancel, terminate) = self.in_flight, self.asked
        return cancel or cancels > 0, terminate or terminates > 0

    @property
    def key(self) -> Hashable:
        return self.beliefs, self.knowledge, self.in_flight, self.asked, self.lost, self.ever
