"""What a target is: a service behind an endpoint, and the powers over it that it declares.

The kit knows a service through boto3 and these powers alone; none of them reads the service's state.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from ..power import Power
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
    region: str = "us-east-1"
    credentials: tuple[str, str] | None = ("batchproof", "batchproof")
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

    def client(self) -> Any:
        """The boto3 client: unmodified, but without retries, for a second SubmitJob would be a second job (ST-33)."""
        if self._client is None:
            keys = {}
            if self.credentials:
                keys = {"aws_access_key_id": self.credentials[0], "aws_secret_access_key": self.credentials[1]}
            config = Config(
                retries={"total_max_attempts": 1},
                connect_timeout=5,
                read_timeout=20,
                max_pool_connections=64,
                parameter_validation=False,  # the kit sends what a client should not (ERR-08)
                tcp_keepalive=True,
            )
            session = boto3.Session(region_name=self.region, **keys)
            self._client = session.client("batch", endpoint_url=self.endpoint_url, config=config)
        return self._client

    def close(self) -> None:
        """Let go of the gate and of the connections."""
        if self.gate:
            self.gate.close()
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()
