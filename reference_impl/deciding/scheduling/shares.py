"""Fair share: which share identifier of a queue goes next (Q-07).

The share goes first that uses least for its weight: what its running jobs hold now, and, where the policy has a
`shareDecaySeconds`, what it held on average over about that time, older use counting less. AWS gives no formula for
the decay; this is an exponential one. A smaller weightFactor makes a share's use look smaller, so it gets more.
`computeReservation` is remembered and keeps nothing free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any, NamedTuple


class Distribution(NamedTuple):
    """A scheduling policy's fair share: weights by identifier, or by the beginning of one where it ends with `*`."""

    decay_ms: int = 0
    weights: Mapping[str, float] = {}

    def weight(self, share: str) -> float:
        """
        The weight of an identifier; 1.0 where the policy says nothing.

        >>> Distribution(0, {"team*": 0.5, "teamA": 0.25}).weight("teamA"), Distribution(0, {"team*": 0.5}).weight("teamB")
        (0.25, 0.5)
        """
        if share in self.weights:
            return self.weights[share]
        fitting = [name for name in self.weights if name.endswith("*") and share.startswith(name[:-1])]
        return self.weights[max(fitting, key=len)] if fitting else 1.0


def distribution(policy: Mapping[str, Any]) -> Distribution:
    """The fair share of a scheduling policy as it was created."""
    fair = policy.get("fairsharePolicy") or {}
    weights = {entry["shareIdentifier"]: entry.get("weightFactor", 1.0) for entry in fair.get("shareDistribution", ())}
    return Distribution(fair.get("shareDecaySeconds", 0) * 1000, weights)


@dataclass(slots=True)
class Usage:
    """What one share uses. `past` is a decayed sum of thousandths of a vCPU over milliseconds, as of `at_ms`."""

    running_mcpus: int = 0
    past: float = 0.0
    at_ms: int = 0

    def run(self, mcpus: int, now_ms: int, decay_ms: int) -> None:
        """From now on so much more is in use, or less."""
        self._pass(now_ms, decay_ms)
        self.running_mcpus += mcpus

    def load(self, now_ms: int, decay_ms: int) -> float:
        """What the share uses, now and on average of late."""
        self._pass(now_ms, decay_ms)
        return self.running_mcpus + (self.past / decay_ms if decay_ms else 0.0)

    def _pass(self, now_ms: int, decay_ms: int) -> None:
        if decay_ms and now_ms > self.at_ms:
            kept = exp((self.at_ms - now_ms) / decay_ms)
            self.past = self.past * kept + self.running_mcpus * decay_ms * (1 - kept)
        self.at_ms = max(self.at_ms, now_ms)
