"""Folders are removed, whatever the jobs that could write to them have put there."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

_OPENED = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(path: Path | str) -> None:
    """
    Remove what has this path, with all that is in it. No link is followed, no tree is too deep, and what cannot be removed is
    left; nobody may be at work in it any more.

    `shutil.rmtree` enters each folder from the one above, and ends with a RecursionError in a tree of a thousand. Here a
    folder is first moved up to the top, so that nothing is ever deep.
    """
    with suppress(OSError):
        open_up(path)
        try:
            top = os.open(path, _OPENED)
        except NotADirectoryError:
            os.unlink(path)
            return
        try:
            _empty(top)
        finally:
            os.close(top)
        os.rmdir(path)


def open_up(folder: Path | str, inside: int | None = None) -> None:
    """Have a folder writable for us again: a job may have closed it to its own account, which is ours too, unless we are root."""
    if os.geteuid() != 0:
        with suppress(OSError):
            os.chmod(folder, 0o700, dir_fd=inside)


def _empty(top: int) -> None:
    left: list[str] = []
    moved, ours = 0, secrets.token_hex(8)
    for entry in _entries(top):
        if entry.is_dir(follow_symlinks=False):
            left.append(entry.name)
        else:
            _unlink(entry.name, top)
    while left:
        name = left.pop()
        with suppress(OSError):
            open_up(name, top)
            folder = os.open(name, _OPENED, dir_fd=top)
            try:
                for entry in _entries(folder):
                    if entry.is_dir(follow_symlinks=False):
                        moved += 1
                        open_up(entry.name, folder)
                        os.rename(entry.name, f"{ours}-{moved}", src_dir_fd=folder, dst_dir_fd=top)
                        left.append(f"{ours}-{moved}")
                    else:
                        _unlink(entry.name, folder)
            finally:
                os.close(folder)
            os.rmdir(name, dir_fd=top)


def _entries(folder: int) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _unlink(name: str, folder: int) -> None:
    with suppress(OSError):
        os.unlink(name, dir_fd=folder)
