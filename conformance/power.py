"""What the harness can bring about on a service, apart from calling it: declared by a target, needed by a rule."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Power(StrEnum):
    """
    What the harness can bring about on a target. A rule declares which it needs.

    The value is what the report says when the power is missing.
    """

    RUNS = "runs the commands of jobs"
    GATE = "jobs reach the kit's gate, so that the kit decides when and how they end"
    FAILS = "the kit can make an attempt fail"
    HOLDS_RUNNING = "the kit can keep a job RUNNING"
    HOLDS_PENDING = "the kit can keep a job PENDING"
    HOLDS_RUNNABLE = "the kit can keep a job RUNNABLE, in a queue without room"
    FRESH_READS = "DescribeJobs shows how things are now"
    MULTINODE = "multi-node jobs run, in a compute environment that the kit creates"
    LOSES_HOSTS = "the kit can take away the host on which a job runs"
    CLOCK = "the kit can put the service's clock forward"

    @property
    def option(self) -> str:
        """
        How a command line calls it.

        >>> Power.FRESH_READS.option
        'fresh-reads'
        """
        return self.name.lower().replace("_", "-")


LOCAL = frozenset(Power)
"""A service on this machine that runs jobs as processes here: everything."""

CONTROLS = frozenset({Power.LOSES_HOSTS, Power.CLOCK})
"""What a service gives by operations that AWS does not have (docs/controls.md)."""


def named(powers: Iterable[Power | str]) -> frozenset[Power]:
    """
    Powers by their names, in any case; `none` is none.

    >>> named(["gate", "none"])
    frozenset({<Power.GATE: "jobs reach the kit's gate, so that the kit decides when and how they end">})
    """
    return frozenset(_named(power) for power in powers if power != "none")


def _named(power: Power | str) -> Power:
    if isinstance(power, Power):
        return power
    name = power.upper().replace("-", "_")
    if name not in Power.__members__:
        raise ValueError(f"there is no power {power!r}: the powers are {', '.join(power.option for power in Power)}")
    return Power[name]
