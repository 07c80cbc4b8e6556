"""Who comes after whom: a launcher waits for the end of the one before it, and takes the place of a dead anchor."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path

from ...locks import lock

AGAIN_S = 0.01
"""Between two tries to get the launcher's lock."""


def launchers_lock(folder: Path, anchor: int) -> int | None:
    """The descriptor that holds it, once it is free; None when our anchor dies before."""
    while (taken := lock(folder / "launcher.lock")) is None:
        if os.getppid() != anchor:
            return None
        time.sleep(AGAIN_S)
    return taken


def anchors_lock(folder: Path) -> int | None:
    """None while there is an anchor. Whoever holds it inherits the children of the folder's launcher."""
    return lock(folder / "anchor.lock")


class WatchedAnchor:
    """Our parent. `descriptor` wakes us when it dies."""

    def __init__(self, pid: int, epoll: select.epoll) -> None:
        self.pid = pid
        self._epoll = epoll
        self.descriptor: int | None = None
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        if os.getppid() != pid:  # it died before we looked, and its id is another's
            os.close(descriptor)
            return
        epoll.register(descriptor, select.EPOLLIN)
        self.descriptor = descriptor

    @property
    def dead(self) -> bool:
        return self.descriptor is None

    def bury(self) -> None:
        """It has died."""
        assert self.descriptor is not None
        self._epoll.unregister(self.descriptor)
        self.close()

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
