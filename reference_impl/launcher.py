"""The process that spawns, signals and reaps jobs, and outlives a crashed server.

One thread, one loop. What it knows of its runs is in its journal, so that a new launcher can take up where a killed one
was: what still lives is watched on, what died is on file with the anchor, what cannot be known is killed and reported
as such. See `journal.py` for what is written when, `wireline.py` for what is said to the server.

Units   times are seconds of the monotonic clock; names end in `_s`.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import select
import shutil
import signal
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

from . import marks
from .crash_points import crash_point
from .journal import Entry, Journal, Orphans
from .process_facts import become_subreaper, exit_code, facts, started_between, status_of_gone
from .spawning import COULD_NOT_START, Spawner
from .wireline import Message, Received, line

LINGER_S = 5.0
"""Without a server and without a run a launcher waits this long, and ends."""

AGAIN_S = 0.01
"""Between two looks at what was killed and may not be gone yet."""

RECORD_S = 2.0
"""So long a dead process may wait for its record; then whoever should have written it is taken to be dead as well."""

STRAYS_S = 1.0
"""Between two looks at processes that left their session; they are looked for at the end of their run in any case."""

SPAWNS_AT_ONCE = 32
"""So many runs share one write of the journal. More would make the first wait for the last."""


class Outcome(Enum):
    """Why a launcher left its loop."""

    ENDED = "nothing is left to do"
    PROMOTED = "its anchor is dead, and it takes the anchor's place"


class Run:
    """A run of a job that the server has not yet done with. It is under way until it is `over`."""

    __slots__ = (
        "code", "failed", "job_id", "lost", "mark", "number",
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
        return ("started", self.job_id, self.number)


class _Connection:
    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.received = Received()
        self.to_send = bytearray()


class Launcher:
    """Runs the jobs of one data folder. `temporary`: the folder ends with its server, and so do the jobs."""

    def __init__(self, data: Path, anchor: int, *, temporary: bool) -> None:
        self._data = data
        self._folder = data / "launcher"
        self._anchor = anchor
        self._anchor_lock = -1
        self._temporary = temporary
        self._spawner = Spawner(str(data / "jobs"))
        self._runs: dict[tuple[str, int], Run] = {}
        self._marked: dict[int, Run] = {}  # those under way, by mark
        self._pids: dict[int, Run] = {}  # our children among them
        self._pidfds: dict[int, Run] = {}
        self._unrecorded: list[Run] = []  # dead, and their end is not on file yet
        self._condemned: set[int] = set()  # marks whose carriers must go
        self._doubtful: dict[int, Run] = {}  # by mark: lost as soon as nothing carries it
        self._strays = False  # a child that is no leader was killed, and is not yet reaped
        self._kills: list[tuple[float, tuple[str, int]]] = []  # a heap: when, and which run
        self._next_pass_s = 0.0
        self._next_strays_s = 0.0
        self._to_spawn: list[tuple[Run, list[str], dict[str, str]]] = []
        self._to_say: list[Message] = []
        self._listening: socket.socket | None = None
        self._connections: dict[int, _Connection] = {}
        self._server: _Connection | None = None
        self._epoch = 0
        self._closing = self._quit = False
        self._alone_since_s = time.monotonic()
        self._children = Path(f"/proc/self/task/{os.getpid()}/children")
        self._lists_children = self._children.exists()

    def run(self) -> tuple[Outcome, int]:
        """Work until nothing is left to do. Second in the answer is the anchor's lock, where we have taken it."""
        become_subreaper()
        lock = self._alone()
        if lock is None:
            return Outcome.ENDED, -1
        self._orphans = Orphans(self._folder / "orphans")
        self._journal = Journal(self._folder / "journal")
        self._epoll = select.epoll()
        self._parent = self._watched_parent()
        try:
            self._take_up()
            self._listening = _listening(self._folder)
            self._epoll.register(self._listening.fileno(), select.EPOLLIN)
            while not self._quit:
                if self._parent is None and self._promoted():
                    return Outcome.PROMOTED, self._anchor_lock
                self._turn()
            return Outcome.ENDED, -1
        finally:
            self._let_go(lock)

    # The loop.

    def _turn(self) -> None:
        assert self._listening is not None
        ended: list[Run] = []
        for descriptor, mask in self._epoll.poll(self._timeout_s(), 512):
            if descriptor in self._pidfds:
                ended.append(self._pidfds[descriptor])
            elif descriptor == self._listening.fileno():
                self._accept()
            elif descriptor in self._connections:
                self._talk(self._connections[descriptor], mask)
            elif descriptor == self._parent:
                self._forget_parent()
        self._end(ended)
        if self._to_spawn:
            self._flush()  # the server has new work for us sooner than all of these are up
        self._spawn()
        now_s = time.monotonic()
        if self._unrecorded:
            self._end_adopted([], now_s)
        self._kill_overdue(now_s)
        if self._condemned and now_s >= self._next_pass_s:
            self._sweep(now_s)
        if (self._runs or self._strays) and now_s >= self._next_strays_s:
            self._reap_strays(now_s)
        if self._closing and not (self._marked or self._condemned or self._strays or self._to_spawn):
            self._closing = False
            self._to_say.append(("none_left",))
        self._flush()
        if not (self._runs or self._condemned or self._strays) and self._journal.empty():
            self._orphans.empty()
        self._leave_if_alone(now_s)

    def _timeout_s(self) -> float:
        if self._to_spawn or (self._parent is None and not self._marked):
            return 0
        now_s = time.monotonic()
        waits = [LINGER_S]
        if self._unrecorded:
            waits.append(AGAIN_S / 5)
        if self._condemned:
            waits.append(self._next_pass_s - now_s)
        if self._runs or self._strays:
            waits.append(self._next_strays_s - now_s)
        if self._server is None:
            waits.append(self._alone_since_s + LINGER_S - now_s)
        if self._kills:
            waits.append(self._kills[0][0] - now_s)
        return max(0.0, min(waits)) + 0.001

    # Runs begin.

    def _spawn(self) -> None:
        batch, self._to_spawn = self._to_spawn[:SPAWNS_AT_ONCE], self._to_spawn[SPAWNS_AT_ONCE:]
        if not batch:
            return
        crash_point("launcher-before-intent")
        self._journal.write([("I", *run.key) for run, _, _ in batch])
        crash_point("launcher-after-intent")
        begun: list[tuple[Any, ...]] = []
        again: list[Run] = []
        for run, command, environment in batch:
            try:
                before_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
                run.pid = self._spawner.spawn(run.job_id, run.number, command, environment, run.mark)
                run.started = started_between(before_ns, time.clock_gettime_ns(time.CLOCK_BOOTTIME)) or 0
                crash_point("launcher-after-spawn")
                self._watch_child(run)
            except FileExistsError:
                again.append(run)
            except (OSError, ValueError) as failure:
                run.failed, run.over = f"{COULD_NOT_START}: {failure}", True
                begun.append(("F", *run.key, run.failed))
            else:
                begun.append(("S", *run.key, run.pid, run.started))
        self._journal.write(begun)
        crash_point("launcher-after-start")
        self._to_say += [run.news for run, _, _ in batch if run not in again]
        self._find(again)

    def _watch_child(self, run: Run) -> None:
        try:
            self._watch(run, run.pid, ours=True)
        except OSError:  # no descriptor left: a process that nobody watches must not run
            os.killpg(run.pid, signal.SIGKILL)
            os.waitpid(run.pid, 0)
            raise
        self._pids[run.pid] = run

    def _watch(self, run: Run, pid: int, *, ours: bool = False) -> None:
        """Raises OSError when it is gone, or when no descriptor is left."""
        pidfd = os.pidfd_open(pid)
        if not (ours and run.started):  # a child that nobody has reaped is the one that we know
            seen = facts(pid)
            if seen is None or (run.started and seen.started != run.started):
                os.close(pidfd)
                raise ProcessLookupError(pid)
            run.started = seen.started
        run.pid, run.pidfd, run.ours = pid, pidfd, ours
        self._pidfds[pidfd] = run
        self._marked[run.mark] = run
        self._epoll.register(pidfd, select.EPOLLIN)

    # Runs end.

    def _end(self, ended: list[Run]) -> None:
        if not ended:
            return
        ours = [run for run in ended if run.ours]
        for run in ours:
            # While the leader is not reaped its id is taken, so this cannot hit a group that belongs to somebody else.
            _signal_group(run.pid, signal.SIGKILL)
            seen = os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOWAIT)
            assert seen is not None
            code = seen.si_status if seen.si_code == os.CLD_EXITED else 128 + seen.si_status
            self._over(run, code)
        crash_point("launcher-exit-seen")
        self._write_ends(ours)
        crash_point("launcher-exit-written")
        for run in ours:
            os.waitpid(run.pid, 0)
            del self._pids[run.pid]
        if ours:
            if not self._lists_children:
                self._condemned.update(run.mark for run in ours)
            self._reap_strays(time.monotonic())
        self._end_adopted([run for run in ended if not run.ours], time.monotonic())

    def _end_adopted(self, ended: Iterable[Run], now_s: float) -> None:
        """Somebody else reaps these: the anchor, once it has written down how they ended."""
        for run in ended:
            run.until_s = now_s + RECORD_S
            self._epoll.unregister(run.pidfd)
            self._unrecorded.append(run)
        waiting, self._unrecorded = self._unrecorded, []
        gone = {run.key: self._reaped(run) for run in waiting}  # before the look: what is gone is on file
        self._orphans.look()
        known: list[Run] = []
        for run in waiting:
            status = self._orphans.code((run.pid, run.started))
            if status is None and (gone[run.key] or now_s > run.until_s):
                status = self._unrecorded_status(run)
                status = None if status is None else exit_code(status)
                if status is None:
                    self._doubt(run)
                    continue
            if status is None:
                self._unrecorded.append(run)
                continue
            self._over(run, status)
            self._condemned.add(run.mark)
            known.append(run)
        self._write_ends(known)

    def _reaped(self, run: Run) -> bool:
        seen = facts(run.pid)
        return seen is None or seen.started != run.started

    def _unrecorded_status(self, run: Run) -> int | None:
        """There was no anchor when it ended."""
        status = status_of_gone(run.pidfd)
        seen = facts(run.pid) if status is None else None
        return seen.status if seen is not None and seen.started == run.started and seen.dead else status

    def _over(self, run: Run, code: int | None) -> None:
        run.over, run.code = True, None if run.lost else code
        self._marked.pop(run.mark, None)
        if run.pidfd >= 0:
            del self._pidfds[run.pidfd]
            if run.ours:
                self._epoll.unregister(run.pidfd)  # before it is closed; those of others are unregistered already
            os.close(run.pidfd)
            run.pidfd = -1

    def _write_ends(self, runs: list[Run]) -> None:
        # A server that is there has its own disk to keep them on.
        self._journal.write([("X", *run.key, run.code) for run in runs], on_disk=self._server is None)
        self._to_say += [run.news for run in runs]

    def _doubt(self, run: Run) -> None:
        """Nobody knows how it ended, or whether: it is lost, and only when nothing of it is left."""
        if run.pidfd >= 0:
            del self._pidfds[run.pidfd]
            os.close(run.pidfd)
            run.pidfd = -1
        self._marked[run.mark] = run
        self._doubtful[run.mark] = run
        self._condemned.add(run.mark)

    # Taking up what a launcher before us has left.

    def _take_up(self) -> None:
        unclear: list[Run] = []
        ended: list[Run] = []
        for (job_id, number), entry in self._journal.entries.items():
            run = Run(job_id, number, marks.mark_of(str(self._data), job_id, number))
            if not self._known(run, entry, unclear, ended):
                continue
            self._runs[run.key] = run
        self._write_ends(ended)
        self._find(unclear)
        # Whoever wrote the end of a run may have died before it killed what was left of the run.
        over = [*self._journal.done, *(run.key for run in self._runs.values() if run.over)]
        self._condemned.update(marks.mark_of(str(self._data), *key) for key in over)
        self._journal.done.clear()

    def _known(self, run: Run, entry: Entry, unclear: list[Run], ended: list[Run]) -> bool:
        """Fill in what the journal says. False for a run that never began."""
        if entry.failed is not None:
            run.failed, run.over = entry.failed, True
        elif entry.ended:
            run.over, run.code = True, entry.code
        elif entry.process is None and not os.path.exists(self._spawner.out(run.job_id, run.number)):
            return False
        elif entry.boot != self._journal.boot:
            run.over = True
            ended.append(run)
        else:
            if entry.process is not None:
                run.pid, run.started = entry.process
            unclear.append(run)
        return True

    def _find(self, runs: list[Run]) -> None:
        """Runs that have begun: watch those that live, else learn from the anchor how they ended."""
        if not runs:
            return
        carriers = marks.carriers({run.mark for run in runs if not run.pid})
        self._orphans.look()  # after the look at what lives: what was gone by then is on file
        for run in runs:
            if not run.pid:
                run.pid, run.started = self._leader(run.mark, carriers.get(run.mark, []))
        gone = [run for run in runs if not self._adopted(run)]
        found = [run for run in runs if run.pidfd >= 0]
        self._journal.write([("S", *run.key, run.pid, run.started) for run in found])
        self._to_say += [run.news for run in found]
        self._orphans.look()
        known: list[Run] = []
        for run in gone:
            code = self._orphans.code((run.pid, run.started))
            if code is None:
                self._doubt(run)
            else:
                self._over(run, code)
                self._condemned.add(run.mark)
                known.append(run)
        self._write_ends(known)

    def _leader(self, mark: int, carriers: list[int]) -> tuple[int, int]:
        """Of all that lead a session with this mark, dead or alive, the oldest. Process id 0 where there is none."""
        leaders = [(seen.started, pid) for pid in carriers if (seen := facts(pid)) and seen.session == pid]
        leaders += [(started, pid) for pid, started in self._orphans.leaders(mark)]
        started, pid = min(leaders, default=(0, 0))
        return pid, started

    def _adopted(self, run: Run) -> bool:
        if not run.pid:
            return False
        try:
            self._watch(run, run.pid)
        except ProcessLookupError:
            return False
        return True

    # Stopping.

    def _stop(self, run: Run, grace_s: float) -> None:
        if run.over or run.mark in self._doubtful:
            return
        if grace_s <= 0:
            run.stopping = True
            self._condemned.add(run.mark)
            self._next_pass_s = 0.0
        elif not run.stopping:
            run.stopping = True
            heapq.heappush(self._kills, (time.monotonic() + grace_s, run.key))
            if run.ours or not self._reaped(run):
                _signal_group(run.pid, signal.SIGTERM)

    def _kill_overdue(self, now_s: float) -> None:
        while self._kills and self._kills[0][0] <= now_s:
            run = self._runs.get(heapq.heappop(self._kills)[1])
            if run is not None and not run.over:
                if run.ours:
                    _signal_group(run.pid, signal.SIGKILL)  # also where the machine lets us mark nothing
                self._condemned.add(run.mark)
                self._next_pass_s = 0.0

    def _sweep(self, now_s: float) -> None:
        """Kill all that carry a condemned mark. One that nothing living carries is done with."""
        alive = marks.living(self._condemned)
        for pids in alive.values():
            for pid in pids:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        lost: list[Run] = []
        for mark in self._condemned - alive.keys():
            self._condemned.discard(mark)
            run = self._doubtful.pop(mark, None)
            if run is not None:
                self._over(run, None)
                lost.append(run)
        self._write_ends(lost)
        self._next_pass_s = now_s + AGAIN_S

    def _reap_strays(self, now_s: float) -> None:
        """Processes that left their session and lost their parent are our children now. Their run's end is theirs."""
        self._strays = False
        for pid in self._children_of_ours():
            if pid in self._pids:
                continue
            try:
                done, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue
            if not done:
                mark = marks.mark_on(pid)
                # One that has changed its limits cannot be told from a stray of a run that goes on: it may stay as long.
                if mark not in self._marked if mark is not None else not self._marked:
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)
                    self._strays = True
        self._next_strays_s = now_s + (AGAIN_S if self._strays else STRAYS_S)

    def _children_of_ours(self) -> list[int]:
        return [int(pid) for pid in self._children.read_bytes().split()] if self._lists_children else []

    # The server.

    def _accept(self) -> None:
        assert self._listening is not None
        with suppress(OSError):
            opened, _ = self._listening.accept()
            opened.setblocking(False)
            self._connections[opened.fileno()] = _Connection(opened)
            self._epoll.register(opened.fileno(), select.EPOLLIN)

    def _talk(self, connection: _Connection, mask: int) -> None:
        if mask & select.EPOLLOUT:
            self._send(connection)
        if not mask & ~select.EPOLLOUT:
            return
        try:
            data = connection.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up(connection)
            return
        for message in connection.received.messages(data):
            if message[0] == "hello":
                self._welcome(connection, message[1])
            elif connection is self._server:
                self._obey(message)

    def _welcome(self, connection: _Connection, epoch: int) -> None:
        if epoch <= self._epoch:  # a server of before, which does not know that it is one
            self._hang_up(connection)
            return
        self._epoch = epoch
        if self._server is not None:
            self._hang_up(self._server)  # and what it still had to say dies unread
        self._to_spawn.clear()
        self._server, self._closing = connection, False
        self._runs = {key: run for key, run in self._runs.items() if run.over or run.pid or run.mark in self._doubtful}
        self._to_say = [run.news for run in self._runs.values() if run.mark not in self._doubtful]
        self._to_say += [("known", *run.key) for run in self._doubtful.values()]
        self._to_say.append(("ready", self._anchor))

    def _obey(self, message: list[Any]) -> None:
        match message:
            case ["spawn", job_id, number, command, environment]:
                run = self._runs.get((job_id, number))
                if run is None:
                    run = Run(job_id, number, marks.mark_of(str(self._data), job_id, number))
                    self._runs[run.key] = run
                    self._to_spawn.append((run, command, environment))
                elif run.over or run.pidfd >= 0:
                    self._to_say.append(run.news)
            case ["stop", job_id, number, grace_ms]:
                self._spawn_all()  # a stop follows its spawn
                run = self._runs.get((job_id, number))
                if run is not None:
                    self._stop(run, grace_ms / 1000)
            case ["kept", job_id, number]:
                run = self._runs.get((job_id, number))
                if run is not None and run.over:
                    del self._runs[run.key]
                    self._journal.write([("K", job_id, number)])
            case ["close", grace_ms]:
                self._spawn_all()
                for run in self._runs.values():
                    run.lost = run.lost or not run.stopping
                    self._stop(run, grace_ms / 1000)
                    # Also those that were to have longer: we are not waited for.
                    heapq.heappush(self._kills, (time.monotonic() + grace_ms / 1000, run.key))
                self._closing = True
            case ["quit"]:
                self._quit = True

    def _spawn_all(self) -> None:
        while self._to_spawn:
            self._spawn()

    def _hang_up(self, connection: _Connection) -> None:
        descriptor = connection.socket.fileno()
        self._epoll.unregister(descriptor)
        del self._connections[descriptor]
        connection.socket.close()
        if connection is self._server:
            self._server = None
            self._alone_since_s = time.monotonic() - (LINGER_S if self._temporary else 0)

    def _flush(self) -> None:
        said, self._to_say = self._to_say, []
        if self._server is None or not said:
            return  # whoever comes next is told all there is to say
        self._server.to_send += line(said)
        self._send(self._server)

    def _send(self, connection: _Connection) -> None:
        try:
            sent = connection.socket.send(connection.to_send) if connection.to_send else 0
            del connection.to_send[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up(connection)
            return
        self._epoll.modify(connection.socket.fileno(), select.EPOLLIN | (select.EPOLLOUT if connection.to_send else 0))

    # The way out.

    def _leave_if_alone(self, now_s: float) -> None:
        if self._server is not None or self._quit or now_s < self._alone_since_s + LINGER_S:
            return
        if not self._marked and not self._condemned and not self._strays:
            if self._temporary:
                shutil.rmtree(self._data, ignore_errors=True)
            self._quit = True
        elif self._temporary:
            for run in self._runs.values():
                self._stop(run, 0)

    def _watched_parent(self) -> int | None:
        try:
            parent = os.pidfd_open(self._anchor)
        except ProcessLookupError:
            return None
        if os.getppid() != self._anchor:  # it died before we looked, and its id is another's
            os.close(parent)
            return None
        self._epoll.register(parent, select.EPOLLIN)
        return parent

    def _forget_parent(self) -> None:
        assert self._parent is not None
        self._epoll.unregister(self._parent)
        os.close(self._parent)
        self._parent = None

    def _promoted(self) -> bool:
        """Our anchor is dead. Whoever holds its lock inherits our children; we do, unless there is another anchor."""
        if self._anchor_lock < 0:
            taken = lock(self._folder / "anchor.lock")
            if taken is None:
                if not self._marked:
                    self._quit = True  # the other one's launcher waits for our lock
                return False
            self._anchor_lock = taken
        return True

    def _alone(self) -> int | None:
        """Our lock, once it is free; None when the anchor dies before."""
        while (taken := lock(self._folder / "launcher.lock")) is None:
            if os.getppid() != self._anchor:
                return None
            time.sleep(AGAIN_S)
        return taken

    def _let_go(self, lock: int) -> None:
        for run in self._pidfds.values():
            os.close(run.pidfd)
        for connection in list(self._connections.values()):
            connection.socket.close()
        if self._listening is not None:
            self._listening.close()
        self._spawner.close()
        if self._parent is not None:
            os.close(self._parent)
        self._epoll.close()
        self._journal.close()
        os.close(lock)


def lock(file: Path) -> int | None:
    """A descriptor that holds the lock of this file until it is closed or we die; None while somebody else has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _listening(folder: Path) -> socket.socket:
    """Bound under another name first, so that the name leads to a socket that listens or to none."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    os.chdir(folder)  # a path of more than 107 bytes cannot be bound
    with suppress(FileNotFoundError):
        os.unlink("launcher.sock.new")
    opened.bind("launcher.sock.new")
    opened.listen(8)
    opened.setblocking(False)
    os.rename("launcher.sock.new", "launcher.sock")
    os.chdir("/")
    return opened


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # a process may have become another user's
        os.killpg(pid, number)
