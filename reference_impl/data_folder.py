"""The folder in which a server keeps what outlives it, and in which its host may keep what it needs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .locks import lock
from .removal import remove

OURS = b"made by a server\n"
"""In the lock of such a folder."""


class UnusableFolder(Exception):
    """A server cannot have this data folder; the text says why in one line."""


class DataFolder:
    """
    A data folder that is ours alone until `let_go`. Without a `path` it is a temporary one, which is removed then.

    `ours` says that a server has made it, this one or one before, open to its account alone: a folder of somebody else's making
    is as open as they want it. Raises UnusableFolder where another server has it, or where it cannot be made or written to.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.temporary = path is None
        self.path = (Path(tempfile.mkdtemp(prefix="batchproof-")) if path is None else path).absolute()
        try:
            made = path is None or not path.exists()
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            taken = lock(self.path / "server.lock")
            if taken is not None:
                if made:
                    os.write(taken, OURS)
                self.ours = os.pread(taken, len(OURS), 0) == OURS
        except OSError as failure:
            raise UnusableFolder(f"{path} cannot be used: {failure.strerror}") from None
        if taken is None:
            raise UnusableFolder(f"{path} is in use by another server")
        self._lock = taken

    def let_go(self) -> None:
        """Another server may have it from now on."""
        os.close(self._lock)
        if self.temporary:
            remove(self.path)
