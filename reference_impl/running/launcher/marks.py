"""The mark by which every process of an attempt is found, also after setsid, a double fork and an emptied environment.

It is the soft limit on realtime CPU time (RLIMIT_RTTIME): inherited by every descendant, readable by the same user and by root, and
without effect on processes that are not scheduled as realtime. A job can change it on purpose, so this is no boundary
against an adversary.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Container
from contextlib import suppress
from hashlib import blake2b

from .process_facts import facts

_TAG = 1 << 61
_DIGEST = (1 << 60) - 1


def mark_of(folder: str, job_id: str, number: int) -> int:
    """
    The mark of one run of a job; another one in each data folder, since other servers may run on this machine.

    >>> is_mark(mark_of("/data", "a", 1)), mark_of("/data", "a", 1) == mark_of("/other", "a", 1)
    (True, False)
    """
    digest = blake2b(f"{folder}\n{job_id}\n{number}".encode(), digest_size=8).digest()
    return _TAG | int.from_bytes(digest) & _DIGEST


def is_mark(limit: int) -> bool:
    return limit >> 60 == _TAG >> 60


def allowed() -> bool:
    """Whether this process may mark others: the hard limit must not be below a mark."""
    return resource.getrlimit(resource.RLIMIT_RTTIME)[1] == resource.RLIM_INFINITY


def put_on_children(mark: int | None) -> None:
    """Processes that we start from now on carry this mark, or none."""
    soft = resource.RLIM_INFINITY if mark is None else mark
    with suppress(ValueError, PermissionError):  # a hard limit below: then only session and group are stopped
        resource.setrlimit(resource.RLIMIT_RTTIME, (soft, resource.RLIM_INFINITY))


def mark_on(pid: int) -> int | None:
    """The mark of a process, living or not yet reaped; None for one that has none, is gone or is another user's."""
    try:
        limit = resource.prlimit(pid, resource.RLIMIT_RTTIME)[0]
    except PermissionError:
        # In a container root may kill what is another account's, and not ask for its limits; they are told in words.
        limit = _told(pid) if os.geteuid() == 0 else None
    except OSError:
        return None
    return limit if limit is not None and is_mark(limit) else None


def _told(pid: int) -> int | None:
    with suppress(OSError), open(f"/proc/{pid}/limits", "rb") as file:
        for line in file:
            if line.startswith(b"Max realtime timeout"):
                soft = line.split()[3]
                return int(soft) if soft.isdigit() else None
    return None


def carriers(marks: Container[int]) -> dict[int, list[int]]:
    """By mark, the processes of this machine that carry one of these, those not yet reaped included."""
    found: dict[int, list[int]] = {}
    ours = os.getpid()
    for name in os.listdir("/proc"):
        if name[0] in "123456789":
            mark = mark_on(int(name))
            if mark is not None and mark in marks and int(name) != ours:
                found.setdefault(mark, []).append(int(name))
    return found


def living(marks: Container[int]) -> dict[int, list[int]]:
    """Like `carriers`, without those that are dead and only wait for their parent."""
    alive: dict[int, list[int]] = {}
    for mark, pids in carriers(marks).items():
        for pid in pids:
            seen = facts(pid)
            if seen is not None and not seen.dead:
                alive.setdefault(mark, []).append(pid)
    return alive
