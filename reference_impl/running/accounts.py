"""The account that jobs run as, where it is not the server's own: only root can give its jobs another one."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import NamedTuple


class Account(NamedTuple):
    """A user of this machine: its ids, and those of every group that it is in."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]


class Unusable(Exception):
    """Jobs cannot run as this account; the text says why in one line."""


def named(name: str) -> Account:
    """The account of this name. Raises Unusable where there is none, or where we are not root."""
    if os.geteuid() != 0:
        raise Unusable(f"jobs can run as {name!r} only when the server runs as root, and it runs as {_ourselves()}")
    try:
        found = pwd.getpwnam(name)
    except (KeyError, ValueError):
        raise Unusable(f"{name!r} is the name of no account on this machine") from None
    return Account(name, found.pw_uid, found.pw_gid, tuple(os.getgrouplist(name, found.pw_gid)))


def become(account: Account) -> None:
    """Be this account from now on, without a way back. Raises OSError where the machine forbids it."""
    os.setgroups(account.groups)
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)


def check_reaches(account: Account, folder: Path) -> None:
    """
    Raises Unusable when this account cannot work below `folder`.

    A child tries it: what permissions, access lists and namespaces together allow, only the kernel can tell.
    """
    pid = os.fork()
    if pid == 0:
        errno = 255
        try:
            become(account)
            os.chdir(folder)
            errno = 0
        except OSError as failure:
            errno = failure.errno or errno
        finally:
            os._exit(errno)
    errno = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if errno:
        raise Unusable(f"{account.name!r} cannot work in {folder}: {os.strerror(errno)}")


def said(account: Account | None) -> str:
    """Who the jobs run as, for a person."""
    return _ourselves() if account is None else f"{account.name} (uid {account.uid})"


def _ourselves() -> str:
    uid = os.geteuid()
    try:
        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    except KeyError:  # as in a container that was started with a bare uid
        return f"uid {uid}"
