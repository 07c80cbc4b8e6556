"""Where records are kept. The engine's order of effects makes this the only place that decides what survives.

The shell stages records with `save` and then asks for `commit`; whatever the engine ordered after a Save waits for
`then`. A store may gather many commits into one; it calls back in the order in which it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .records import Record


class Store(Protocol):
    """What the shell needs of a store."""

    def save(self, record: Record) -> None:
        """Stage a record; it replaces what was kept of the same thing."""
        ...

    def commit(self, then: Callable[[], None]) -> None:
        """Call `then`, at once or later, when everything staged so far is as safe as this store makes it."""
        ...

    def close(self) -> None:
        """Finish what was staged, and let go of files."""
        ...


class Forgetful:
    """
    Keeps nothing beyond the life of the server: for that the engine's own ledger is enough.

    What is in memory is as safe as this store makes it, so a commit is done when it is asked for.
    """

    def __init__(self) -> None:
        self.saved = 0

    def save(self, record: Record) -> None:
        assert isinstance(record, Record)
        self.saved += 1

    def commit(self, then: Callable[[], None]) -> None:
        then()

    def close(self) -> None:
        pass
