"""The folders of runs: each is in its job's, and that is in `jobs/`.

A job can do anything to its own folders, and put anything into their place. So they are reached from a descriptor of
`jobs/`, one after the other, and no link is followed on the way: nobody can be led elsewhere.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from .accounts import Account

_ENTERED = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def name_of(job_id: str) -> str:
    """
    What the folder of a job is called. A colon ends a folder's name in PATH and its like, and `python -m venv` refuses it; a
    number sign begins a comment, for make as an example.

    >>> name_of("5f1c"), name_of("5f1c:7"), name_of("5f1c#1")
    ('5f1c', '5f1c.7', '5f1c.node-1')
    """
    return job_id.replace(":", ".").replace("#", ".node-")


def opened(jobs: Path | str) -> int:
    """A descriptor of `jobs/`, from which the folders below are reached."""
    return os.open(jobs, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def run_folder(jobs: int, job_id: str, number: int) -> int:
    """A descriptor of a run's folder. Raises OSError where there is none, or something else."""
    job = os.open(name_of(job_id), _ENTERED, dir_fd=jobs)
    try:
        return os.open(str(number), _ENTERED, dir_fd=job)
    finally:
        os.close(job)


def made(jobs: int, job_id: str, number: int, account: Account | None) -> tuple[int, int]:
    """
    Descriptors of a run's folder and of `work` in it, which are made where they are not there. `work` is the account's; what is
    above that stays ours, so that nobody else can take `out` away, and others may pass and not look. Raises OSError.
    """
    mask = None if account is None else os.umask(0)  # the account must be able to get there, whatever our own mask
    above = 0o777 if account is None else 0o711
    try:
        job = _made(jobs, name_of(job_id), above)
        try:
            run = _made(job, str(number), above)
        finally:
            os.close(job)
        try:
            work = _made(run, "work", 0o777 if account is None else 0o700)
        except OSError:
            os.close(run)
            raise
    finally:
        if mask is not None:
            os.umask(mask)
    if account is not None:
        os.chown("work", account.uid, account.gid, dir_fd=run, follow_symlinks=False)
    return run, work


def _made(above: int, name: str, mode: int) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, mode, dir_fd=above)
    return os.open(name, _ENTERED, dir_fd=above)
