"""Jobs as processes of this machine. The shell knows `Launcher` only, so that something else may run the jobs.

A run is one session of its own. It ends when its leader does: whatever else is left in the leader's process group is
killed then, as the rest of a container is. SIGTERM and SIGKILL go to that group.

This launcher lives in the server's own process, and its jobs do not outlive an orderly stop of the server.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .messages import Event, Exited, Started, StartFailed

COULD_NOT_START = "CannotStartContainerError"

_EVERY_SIGNAL = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})


class Launcher(Protocol):
    """What the shell needs of whatever runs jobs."""

    def connect(self, report: Callable[[Event], None]) -> None:
        """Where Started, StartFailed and Exited go; each run reports Started before it reports Exited."""
        ...

    def spawn(self, job_id: str, number: int, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        """Start a run, and report how that went."""
        ...

    def stop(self, job_id: str, number: int, grace_ms: int) -> None:
        """SIGTERM to a run, SIGKILL `grace_ms` later; SIGKILL at once when there is no grace time."""
        ...

    def output(self, job_id: str, number: int) -> Path:
        """The file with what a run writes to stdout and stderr; it need not exist."""
        ...

    async def close(self, grace_ms: int) -> None:
        """Stop all runs in the same way, and return when none is left. Nothing is reported any more."""
        ...


@dataclass(slots=True)
class _Process:
    pid: int
    pidfd: int
    job_id: str
    number: int
    kill: asyncio.TimerHandle | None = field(default=None)


class Processes:
    """Runs jobs as children of this process. Files of a run are in `<data>/jobs/<job>/<number>/`."""

    def __init__(self, data: Path) -> None:
        self.jobs = data.absolute() / "jobs"
        self.jobs.mkdir(parents=True, exist_ok=True)
        self._loop = asyncio.get_running_loop()
        self._report: Callable[[Event], None] = lambda event: None
        self._running: dict[tuple[str, int], _Process] = {}
        self._none_left = asyncio.Event()
        # The job's own variables come on top; nothing else of the server's environment reaches it, secrets least.
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": os.environ.get("LANG", "C.UTF-8"),
        }

    def connect(self, report: Callable[[Event], None]) -> None:
        self._report = report

    def spawn(self, job_id: str, number: int, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        try:
            pid, pidfd = self._spawned(self.jobs / job_id / str(number), command, environment)
        except (OSError, ValueError) as failure:
            self._report(StartFailed(job_id, number, f"{COULD_NOT_START}: {failure}"))
            return
        process = _Process(pid, pidfd, job_id, number)
        self._running[job_id, number] = process
        self._none_left.clear()
        self._loop.add_reader(process.pidfd, self._exited, process)
        self._report(Started(job_id, number))

    def stop(self, job_id: str, number: int, grace_ms: int) -> None:
        process = self._running.get((job_id, number))
        if process is None:
            return  # it has just exited, and the report of that is on its way
        if process.kill is not None:
            process.kill.cancel()
        if grace_ms == 0:
            self._signal(process, signal.SIGKILL)
            return
        self._signal(process, signal.SIGTERM)
        process.kill = self._loop.call_later(grace_ms / 1000, self._signal, process, signal.SIGKILL)

    def output(self, job_id: str, number: int) -> Path:
        return self.jobs / job_id / str(number) / "out"

    async def close(self, grace_ms: int) -> None:
        self._report = lambda event: None
        for job_id, number in list(self._running):
            self.stop(job_id, number, grace_ms)
        if self._running:
            # What SIGKILL does not end, waiting does not end either.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none_left.wait(), grace_ms / 1000 + 5)

    def kill_all(self) -> None:
        """SIGKILL to all runs, for the way out on which no loop runs any more."""
        for process in list(self._running.values()):
            self._signal(process, signal.SIGKILL)

    def _spawned(self, folder: Path, command: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, int]:
        work = folder / "work"
        work.mkdir(parents=True)
        variables = {**self._environment, "HOME": str(work), **environment}
        back = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        # posix_spawn cannot set the working directory; it takes the caller's, and the caller has one thread that spawns.
        try:
            os.chdir(work)
            pid = os.posix_spawn(
                _found(command, variables["PATH"]),
                command,
                variables,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(folder / "out"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
                setsigmask=[],
                setsigdef=_EVERY_SIGNAL,  # Python ignores SIGPIPE, and an ignored signal would be inherited
            )
        finally:
            os.fchdir(back)
            os.close(back)
        try:
            return pid, os.pidfd_open(pid)
        except OSError:  # no descriptor left: a process that nobody watches must not run
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise

    def _exited(self, process: _Process) -> None:
        # While the leader is not reaped its id is taken, so this cannot hit a group that belongs to somebody else.
        self._signal(process, signal.SIGKILL)
        _, status = os.waitpid(process.pid, 0)
        self._loop.remove_reader(process.pidfd)
        os.close(process.pidfd)
        if process.kill is not None:
            process.kill.cancel()
        del self._running[process.job_id, process.number]
        if not self._running:
            self._none_left.set()
        code = os.waitstatus_to_exitcode(status)
        self._report(Exited(process.job_id, process.number, code if code >= 0 else 128 - code))

    def _signal(self, process: _Process, number: int) -> None:
        if (process.job_id, process.number) in self._running:
            with suppress(ProcessLookupError, PermissionError):  # a process may have become another user's
                os.killpg(process.pid, number)


def _found(command: tuple[str, ...], path: str) -> str:
    """
    The file to run for a command, looked for in the job's PATH.

    >>> _found(("sh", "-c", "true"), "/nowhere:/bin")
    '/bin/sh'
    >>> _found(("no-such-program",), "/bin")
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
