"""What a launcher knows of each run, and the descriptors by which it sees them end."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress

from . import marks
from .process_facts import facts
from .wireline import Message


class LaunchedRun:
    """A run of a job that the server has not yet done with. It is under way until it is `over`."""

    __slots__ = (
        "code", "failed", "in_doubt", "job_id", "lost", "mark", "number",
        "ours", "over", "pid", "pidfd", "started", "stopping", "until_s",
    )  # fmt: skip

    def __init__(self, job_id: str, number: int, mark: int) -> None:
        self.job_id = job_id
        self.number = number
        self.mark = mark
        self.pid = 0
        self.started = 0
        self.pidfd = -1
        self.ours = False  # our own child, which nobody else can reap
        self.stopping = False
        self.until_s = 0.0  # waits for the record of its end until then
        self.lost = False  # stopped together with the server: how it ends does not count
        self.in_doubt = False  # over, without an exit code, as soon as nothing carries its mark
        self.over = False
        self.code: int | None = None
        self.failed: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.job_id, self.number

    @property
    def news(self) -> Message:
        """What there is to say of it now."""
        if self.failed is not None:
            return ("failed", self.job_id, self.number, self.failed)
        if self.over:
            return ("exited", self.job_id, self.number, self.code)
        if self.in_doubt:
            return ("known", self.job_id, self.number)
        return ("started", self.job_id, self.number)

    def reaped(self) -> bool:
        """Whether its process is gone, and its id perhaps another's."""
        seen = facts(self.pid)
        return seen is None or seen.started != self.started

    def signal_group(self, number: int) -> None:
        """To be used only while the leader is not reaped: its id is taken until then, and so is that of the group."""
        with suppress(ProcessLookupError, PermissionError):  # a process may have become another user's
            os.killpg(self.pid, number)


class LaunchedRuns:
    """
    All runs of a launcher.

    `known` has each that the server is not done with, by job and number; `under_way` those not over, by mark;
    `children` those that are ours to reap, by process id; `watched` those whose end wakes us, by descriptor.
    """

    def __init__(self, data: str, epoll: select.epoll) -> None:
        self._data = data
        self._epoll = epoll
        self.known: dict[tuple[str, int], LaunchedRun] = {}
        self.under_way: dict[int, LaunchedRun] = {}
        self.children: dict[int, LaunchedRun] = {}
        self.watched: dict[int, LaunchedRun] = {}

    def mark(self, job_id: str, number: int) -> int:
        return marks.mark_of(self._data, job_id, number)

    def watch_child(self, run: LaunchedRun) -> None:
        """Raises OSError when no descriptor is left: a process that nobody watches must not run, and it does not."""
        try:
            self.watch(run, run.pid, ours=True)
        except OSError:
            os.killpg(run.pid, signal.SIGKILL)
            os.waitpid(run.pid, 0)
            raise
        self.children[run.pid] = run

    def watch(self, run: LaunchedRun, pid: int, *, ours: bool = False) -> None:
        """Raises OSError when it is gone, or when no descriptor is left."""
        pidfd = os.pidfd_open(pid)
        if not (ours and run.started):  # a child that nobody has reaped is the one that we know
            seen = facts(pid)
            if seen is None or (run.started and seen.started != run.started):
                os.close(pidfd)
                raise ProcessLookupError(pid)
            run.started = seen.started
        run.pid, run.pidfd, run.ours = pid, pidfd, ours
        self.watched[pidfd] = run
        self.under_way[run.mark] = run
        self._epoll.register(pidfd, select.EPOLLIN)

    def be_woken_no_more(self, run: LaunchedRun) -> None:
        """Its process has ended; somebody else reaps it, and until that is on file its descriptor stays open."""
        self._epoll.unregister(run.pidfd)

    def end(self, run: LaunchedRun, code: int | None) -> None:
        """It is over. `code` is None where nobody saw it."""
        run.over, run.in_doubt, run.code = True, False, None if run.lost else code
        self.under_way.pop(run.mark, None)
        if run.pidfd >= 0 and run.ours:
            self._epoll.unregister(run.pidfd)  # before it is closed; those of others are unregistered already
        self._close(run)

    def doubt(self, run: LaunchedRun) -> None:
        """Nobody knows how it ended, or whether: it is lost, and only when nothing of it is left."""
        run.in_doubt = True
        self._close(run)
        self.under_way[run.mark] = run

    def forget_unbegun(self) -> None:
        """A server that is gone has asked for these, and the next one asks anew."""
        self.known = {key: run for key, run in self.known.items() if run.over or run.pid or run.in_doubt}

    def close(self) -> None:
        for run in self.watched.values():
            os.close(run.pidfd)

    def _close(self, run: LaunchedRun) -> None:
        if run.pidfd >= 0:
            del self.watched[run.pidfd]
            os.close(run.pidfd)
            run.pidfd = -1
