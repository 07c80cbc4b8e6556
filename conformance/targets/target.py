"""What a target is: a service behind an endpoint, the powers over it, and what may be taken for granted of it.

The kit knows a service through boto3 and these powers alone; none of them reads the service's state. Whatever a run does
differently on one kind of target than on another, the target says itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..judging.assumptions import Assumptions
from ..power import Power
from .client import client
from .gate import Gate


@dataclass
class Target:
    """
    One variant of one service.

    name, variant   how the report calls it
    powers          what the harness can bring about
    deadline_s      how long something urgent may take before the kit calls it missing; printed with the verdict
    grace_s         seconds between SIGTERM and SIGKILL, at least
    hold_s          how long a timed payload keeps a job running, where there is no gate
    poll_s          between two rounds of reads
    histories       how many random histories to run, where the caller does not say
    shrinks         whether a failing history may be asked of the service again and again, to make it smaller
    disposable      whether the service ends with the run, so that nothing has to be deleted there
    must_read       the readings that it has to keep, where the caller requires none
    queue, definition   names to use instead of creating some
    pending_on      makes the id of a job that never ends, to depend on; None: a job that the kit holds
    """

    name: str
    variant: str
    endpoint_url: str | None
    powers: frozenset[Power]
    deadline_s: float = 5.0
    grace_s: float = 30.0
    hold_s: float = 8.0
    poll_s: float = 0.05
    histories: int = 12
    shrinks: bool = False
    disposable: bool = False
    must_read: Mapping[str, str] = field(default_factory=dict)
    region: str = "us-east-1"
    queue: str | None = None
    definition: str | None = None
    service_role: str | None = None
    pending_on: Callable[[], str] | None = None
    notes: tuple[str, ...] = ()
    gate: Gate | None = field(default=None, repr=False)
    _client: Any = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """`name`, with the variant where there is one."""
        return f"{self.name} ({self.variant})" if self.variant else self.name

    @property
    def patience_s(self) -> float:
        """How long to wait for what a service does not promise to do at once; after that nothing is known."""
        return max(20.0, self.deadline_s * 4)

    @property
    def assumptions(self) -> Assumptions:
        """What a verdict about it takes for granted."""
        return Assumptions(fresh_reads=Power.FRESH_READS in self.powers)

    @property
    def bounds_s(self) -> dict[str, float]:
        """Every time that a verdict rests on, in seconds, by its name here."""
        names = ("deadline_s", "grace_s", "hold_s", "poll_s", "patience_s")
        return {name.removesuffix("_s"): getattr(self, name) for name in names}

    def client(self) -> Any:
        """The boto3 client of its Batch, the same one each time."""
        if self._client is None:
            self._client = client(self.endpoint_url, self.region)
        return self._client

    def close(self) -> None:
        """Let go of the gate and of the connections."""
        if self.gate:
            self.gate.close()
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()


Variants: TypeAlias = Iterator[Callable[[], AbstractContextManager[Target]]]
"""The variants of a service, one after another: each is started when it is entered and stopped when it is left."""
