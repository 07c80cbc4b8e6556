"""How a command ends that was understood and cannot be done. What is misspelt or contradicts itself is click's UsageError."""

from __future__ import annotations

import errno
import os

import click

LACKING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
"""What a machine runs out of, or breaks; anything else that a system call says is about what was asked for."""


class NothingDone(click.ClickException):
    """Says why in one line, without the usage, for that was right."""

    exit_code = 2  # 1 says that something was found: a divergence, a stale picture


class MachineFailed(NothingDone):
    """It could have been done, and may be another time: the disk is full, say."""

    exit_code = 3


def because(failure: OSError, what: str = "") -> NothingDone:
    """What a system call refused, in one line: what could not be done, the file if it was one, and why."""
    place = "" if failure.filename is None else os.fsdecode(failure.filename)
    line = ": ".join(part for part in (f"{what} {place}".strip(), failure.strerror or str(failure)) if part)
    return MachineFailed(f"this machine failed: {line}") if failure.errno in LACKING else NothingDone(line)
