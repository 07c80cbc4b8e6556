"""What a target is: a service behind an endpoint, the powers over it, and what may be taken for granted of it.

The kit knows a service through boto3 and these powers alone; none of them reads the service's state. Whatever a run does
differently on one kind of target than on another, the target says itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Any, TypeAlias

from ...model.bounds import Bounds
from ..judging.assumptions import Assumptions
from ..power import Power
from ..timing.clock import REAL, Clock
from .client import client
from .controls import Controls
from .gate import AnyGate


@dataclass
class Target:
    """
    One variant of one service.

    name, variant   how the report calls it
    powers          what the harness can bring about
    assumptions     the facts of the service on which a verdict may rest; nothing else is taken for granted
    bounds          how long what is due may take before the kit calls it missing; printed with the verdict
    patience_s      how long to wait for what a service does not promise to do at once; after that nothing is known
    poll_s          between two rounds of reads
    at_once         scenarios at once                 wave   random histories at once, which wait more than they work
    fewer           no more random histories than so many where the caller names no number, and why
    calls_per_s     no more calls than so many
    shrinks         whether a failing history may be asked of the service again and again, to make it smaller
    disposable      whether the service ends with the run, so that nothing has to be deleted there
    must_read       the readings that it has to keep, where the caller requires none
    queue, definition   names to use instead of creating some
    service_role, execution_role   of the compute environment and of the job definition that are created
    region, profile, ca_bundle   where the service is, and who calls it, as boto3 has them
    clock           the time that it lives in, by which everything that waits for it waits
    chance          draws the names of what is made there
    stirs           has somebody called whenever something may have changed there; None: nobody knows, so reads go on and on
    controls        asks for what AWS has no operation for (docs/controls.md), where it has such operations
    another         starts one more of its kind, for rules that put the clock forward; None: they come last, on this one
    pending_on      makes the id of a job that never ends, to depend on; None: a job that the kit holds
    """

    name: str
    variant: str
    endpoint_url: str | None
    powers: frozenset[Power]
    assumptions: Assumptions = field(default_factory=Assumptions)
    bounds: Bounds = field(default_factory=Bounds)
    patience_s: float = 20.0
    poll_s: float = 0.05
    at_once: int = 24
    wave: int = 24
    fewer: tuple[int, str] | None = None
    calls_per_s: float | None = None
    shrinks: bool = False
    disposable: bool = False
    must_read: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    profile: str | None = None
    ca_bundle: str | None = None
    queue: str | None = None
    definition: str | None = None
    service_role: str | None = None
    execution_role: str | None = None
    pending_on: Callable[[], str] | None = None
    controls: Controls | None = None
    another: Callable[[], AbstractContextManager[Target]] | None = None
    notes: tuple[str, ...] = ()
    clock: Clock = REAL
    chance: Random = field(default_factory=SystemRandom, repr=False)
    gate: AnyGate | None = field(default=None, repr=False)
    stirs: Callable[[Callable[[], None]], None] | None = None
    _client: Any = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """`name`, with the variant where there is one."""
        return f"{self.name} ({self.variant})" if self.variant else self.name

    @property
    def hold_s(self) -> float:
        """
        How long a timed payload keeps a job running, where there is no gate: longer than anything that is waited for
        meanwhile may take.
        """
        return (self.bounds.stopping + self.bounds.watch + self.bounds.longest) / 1000 + 2 * self.poll_s + 1

    @property
    def bounds_s(self) -> dict[str, float]:
        """The other times that matter to a run, in seconds, by name."""
        return {"patience": self.patience_s, "poll": self.poll_s, "hold": self.hold_s}

    def client(self) -> Any:
        """The boto3 client of its Batch, the same one each time."""
        if self._client is None:
            self._client = client(self.endpoint_url, self.region, profile=self.profile, ca_bundle=self.ca_bundle)
        return self._client

    def close(self) -> None:
        """Let go of the gate and of the connections."""
        if self.gate:
            self.gate.close()
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()


SLOW_START_S = 0.3
"""At `another`, where the clock is put forward, jobs are STARTING for so long that it can be put forward then (TO-02)."""

Variants: TypeAlias = Iterator[Callable[[], AbstractContextManager[Target]]]
"""The variants of a service, one after another: each is started when it is entered and stopped when it is left."""
