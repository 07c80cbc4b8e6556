"""What Linux tells about a process that need not be our child: its identity, its session, how it ended.

A process id is used again by others, so a process is known by its id *and* the time at which it started.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
from pathlib import Path
from typing import NamedTuple

_PR_SET_CHILD_SUBREAPER = 36
_PIDFD_GET_INFO = 0xC040FF0B  # _IOWR(0xFF, 11, struct pidfd_info) in its first size, 64 bytes
_PIDFD_INFO_EXIT = 1 << 3
_ZOMBIE = "Z"
_TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


class Facts(NamedTuple):
    """`started` counts clock ticks since the machine's start; `status` is a wait status, worth something in a zombie."""

    state: str
    session: int
    started: int
    status: int

    @property
    def dead(self) -> bool:
        return self.state == _ZOMBIE


def facts(pid: int) -> Facts | None:
    """None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return Facts(fields[0].decode(), int(fields[3]), int(fields[19]), int(fields[49]))


def started_between(before_ns: int, after_ns: int) -> int | None:
    """
    When a process started, in the ticks of `Facts.started`, that was made between these times of CLOCK_BOOTTIME. None
    where a tick ended in between: then only /proc knows.

    The kernel takes the time from the same clock. Asking /proc right after a spawn means to wait until exec is done.

    >>> started_between(120_000_000, 129_999_999), started_between(129_999_999, 130_000_000)
    (12, None)
    """
    before, after = before_ns // _TICK_NS, after_ns // _TICK_NS
    return before if before == after else None


def status_of_gone(pidfd: int) -> int | None:
    """The wait status of a process that somebody else has reaped, None before kernel 6.15 and where it is not known."""
    info = bytearray(struct.pack("=Q", _PIDFD_INFO_EXIT) + bytes(56))
    try:
        fcntl.ioctl(pidfd, _PIDFD_GET_INFO, info)
    except OSError:
        return None
    return struct.unpack_from("=i", info, 60)[0] if struct.unpack_from("=Q", info)[0] & _PIDFD_INFO_EXIT else None


def exit_code(status: int) -> int:
    """
    The exit code as containers have it: 128 + n for what died of signal n.

    >>> exit_code(3 << 8), exit_code(9)
    (3, 137)
    """
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def exit_code_of(seen: os.waitid_result) -> int:
    """The same of what waitid tells of a process that has ended."""
    return seen.si_status if seen.si_code == os.CLD_EXITED else 128 + seen.si_status


def become_subreaper() -> None:
    """From now on descendants whose parent dies become our children."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def boot_id() -> str:
    """Another one after each start of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
