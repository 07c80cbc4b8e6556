"""Locks by which a data folder has one server, one launcher and one anchor at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def lock(file: Path) -> int | None:
    """A descriptor that holds the lock of this file until it is closed or we die; None while somebody else has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
