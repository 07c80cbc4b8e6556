"""One process of a job: where it works, what it sees, where its output goes.

`out` is the log and the lock that makes a run happen once: the *child* creates it, so that of a spawn that a dead
launcher had begun and of its repetition only one can run.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
from collections.abc import Mapping
from typing import Never

from .. import accounts, job_folders
from ..accounts import Account
from . import marks

COULD_NOT_START = "CannotStartContainerError"

_EVERY_SIGNAL = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})


class Spawner:
    """
    Starts processes in folders below `jobs`, which is absolute.

    A job sees its own variables over PATH and LANG; nothing else of ours reaches it, secrets least. It also gets the
    limit on open files that we had before we raised ours.
    """

    def __init__(self, jobs: str) -> None:
        self._path = jobs
        self._jobs = job_folders.opened(jobs)
        self._variables = {
            name: os.environ.get(name, other) for name, other in (("PATH", os.defpath), ("LANG", "C.UTF-8"))
        }
        self._files = resource.getrlimit(resource.RLIMIT_NOFILE)
        hard = self._files[1]
        self._our_files = (1_048_576 if hard == resource.RLIM_INFINITY else hard, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, self._our_files)

    def close(self) -> None:
        """Have the old limit again."""
        resource.setrlimit(resource.RLIMIT_NOFILE, self._files)
        os.close(self._jobs)

    def has_begun(self, job_id: str, number: int) -> bool:
        """Whether there is a file of this run's output, which only the run itself makes."""
        try:
            run = job_folders.run_folder(self._jobs, job_id, number)
        except OSError:
            return False
        try:
            os.stat("out", dir_fd=run, follow_symlinks=False)
        except FileNotFoundError:
            return False
        finally:
            os.close(run)
        return True

    def spawn(
        self,
        job_id: str,
        number: int,
        command: list[str],
        environment: Mapping[str, str],
        mark: int,
        account: Account | None = None,
    ) -> int:
        """
        The process id of a new run, which leads a session of its own. With `account` it runs as that one.

        Raises FileExistsError when the run has begun before, another OSError or ValueError when it cannot begin.
        """
        home = f"{self._path}/{job_folders.name_of(job_id)}/{number}/work"
        names = {} if account is None else {"USER": account.name, "LOGNAME": account.name}
        variables = {**self._variables, "HOME": home, **names, **environment}
        run, work = job_folders.made(self._jobs, job_id, number, account)
        try:
            file = found(command, variables["PATH"])
            marks.put_on_children(mark)
            resource.setrlimit(resource.RLIMIT_NOFILE, self._files)
            if account is not None:
                return _forked(file, command, variables, run, work, account)
            os.fchdir(work)  # posix_spawn cannot set it
            return os.posix_spawn(
                file,
                command,
                variables,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, f"/proc/self/fd/{run}/out", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
                setsigmask=[],
                setsigdef=_EVERY_SIGNAL,  # Python ignores SIGPIPE, and an ignored signal would be inherited
            )
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, self._our_files)
            marks.put_on_children(None)
            os.chdir("/")
            os.close(run)
            os.close(work)


def _forked(file: str, command: list[str], variables: Mapping[str, str], run: int, work: int, account: Account) -> int:
    """
    As posix_spawn does it, for another account, which posix_spawn cannot: a pipe that closes when the program begins
    tells what went wrong before. Raises OSError.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        try:
            _exec_as(account, file, command, variables, run, work)
        except BaseException as failure:
            number = failure.errno if isinstance(failure, OSError) and failure.errno else errno.EINVAL
            os.write(writing, b"%d" % number)
        finally:
            os._exit(127)
    os.close(writing)
    with open(reading, "rb") as pipe:
        said = pipe.read()
    if said:
        os.waitpid(pid, 0)
        raise OSError(int(said), os.strerror(int(said)), file)
    return pid


def _exec_as(
    account: Account, file: str, command: list[str], variables: Mapping[str, str], run: int, work: int
) -> Never:
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    out = os.open("out", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=run)
    os.fchown(out, account.uid, account.gid)  # it may want to open /dev/stdout
    os.dup2(out, 1)
    os.dup2(out, 2)
    for number in _EVERY_SIGNAL:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    accounts.become(account)
    os.fchdir(work)
    os.execve(file, command, variables)


def found(command: list[str], path: str) -> str:
    """
    The file to run for a command, looked for in the job's PATH.

    >>> found(["sh", "-c", "true"], "/nowhere:/bin")
    '/bin/sh'
    >>> found(["no-such-program"], "/bin")
    Traceback (most recent call last):
    ...
    FileNotFoundError: no-such-program: not found in PATH /bin
    """
    if not command or not command[0]:
        raise FileNotFoundError("the job has no command, and there is no image whose own could run")
    if "/" in command[0]:
        return command[0]
    for folder in path.split(":"):
        file = os.path.join(folder or ".", command[0])
        if os.path.isfile(file) and os.access(file, os.X_OK):
            return file
    raise FileNotFoundError(f"{command[0]}: not found in PATH {path}")
