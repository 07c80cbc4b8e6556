"""What a handler is given beside the request itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ..deciding.engine import Engine
from ..deciding.ledger import Ledger
from ..shell import Shell


@dataclass(frozen=True, slots=True)
class Call:
    """
    One request on its way through a handler.

    `region` is the caller's world, `body_bytes` the length of the payload, `shell` takes inputs in.
    """

    shell: Shell
    region: str
    body_bytes: int

    @property
    def engine(self) -> Engine:
        return self.shell.engine

    @property
    def ledger(self) -> Ledger:
        """What handlers read. They change nothing in it: changes are events."""
        return self.shell.engine.ledger


Handler = Callable[[Call, Any], Awaitable[Any]]
"""An operation: a call and the decoded request go in, the answer comes out as a struct of `wire`."""
