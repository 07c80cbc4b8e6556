"""What runs have written, read from the files that their processes write to.

A job may have put anything into the place of its file, at any time: a FIFO, at which a reader would wait for ever, a
device, a link to what only the server may read. So each read looks at what is there before it opens it, and opens what
it has looked at.
"""

from __future__ import annotations

import os
import stat

from . import job_folders
from .host import Output, UnreadableOutput


class Outputs:
    """The files of all runs, below the folder of the descriptor `jobs`. They are read by any thread, and none waits for a job."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def read(self, job_id: str, number: int, offset: int, length: int) -> Output:
        """A part of a run's file, as `Host.read` has it."""
        try:
            run = job_folders.run_folder(self._jobs, job_id, number)
            try:
                file = os.open("out", os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=run)
            finally:
                os.close(run)
            try:
                about = os.fstat(file)
                if not stat.S_ISREG(about.st_mode):
                    raise NotADirectoryError
                data = _part(file, offset, length) if length > 0 else b""
            finally:
                os.close(file)
        except FileNotFoundError:
            raise UnreadableOutput(f"the output of attempt {number} of job {job_id} is gone") from None
        except NotADirectoryError:
            raise UnreadableOutput(
                f"the output of attempt {number} cannot be read: job {job_id} has put something else in its place"
            ) from None
        except OSError as failure:
            raise UnreadableOutput(
                f"the output of attempt {number} of job {job_id} cannot be read: {failure.strerror}"
            ) from None
        return Output(data, about.st_size, about.st_mtime_ns // 1_000_000)


def _part(file: int, offset: int, length: int) -> bytes:
    """Of the very file that was looked at, whatever has its name by now."""
    opened = os.open(f"/proc/self/fd/{file}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.pread(opened, length, offset)
    finally:
        os.close(opened)
