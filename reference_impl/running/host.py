"""Who runs the jobs, as far as a server knows: processes of this machine, a cluster, a simulation.

Nothing here says how. A host is asked for runs, each known by its job's id and its number among that job's runs, and
reports what becomes of them. What it is asked may be asked again after a crash of the server: `spawn` of a run that has
begun, and `stop` of one that has ended, do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from ..data_folder import DataFolder
from ..deciding.messages import Reported


class Output(NamedTuple):
    """A part of what a run has written. There are `size` bytes in all, the last of them written at `written_at_ms`."""

    data: bytes
    size: int
    written_at_ms: int


NO_OUTPUT = Output(b"", 0, 0)
"""Of a run that has not written anything, or of which nothing is kept."""


class UnreadableOutput(Exception):
    """What a run has written cannot be read: its job has done away with it. The text says so in one line."""


class Host(Protocol):
    """
    What a server needs of whoever runs its jobs. It is made on the server's event loop, and used there only.

    No method waits, except those that are coroutines; what goes wrong with a run is reported, and raises nothing.
    """

    def guarantee(self) -> str:
        """Who the jobs run as, and what is promised about stopping them, in a sentence for people."""
        ...

    def connect(self, report: Callable[[Reported], None]) -> None:
        """
        Where Started, StartFailed, Exited and HostLost go; each run reports Started before it reports Exited. To be called
        before anything else is asked, and again when whoever listened knows nothing any more: then all is asked again.
        """
        ...

    def spawn(self, job_id: str, number: int, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        """
        Start a run unless it has begun before, and report how that went, also of one that has begun or ended already. What is
        spawned before the loop's next turn is what a store has kept: such a run may have begun under a server of before, and
        is taken up then.
        """
        ...

    def stop(self, job_id: str, number: int, grace_ms: int) -> None:
        """SIGTERM to a run, SIGKILL `grace_ms` later; SIGKILL at once when there is no grace time."""
        ...

    def forget(self, job_id: str, number: int) -> None:
        """How this run ended is kept: it need not be reported again."""
        ...

    def discard(self, job_id: str) -> None:
        """Nobody will ask for the output of this job's runs any more, all of which have ended."""
        ...

    async def read(self, job_id: str, number: int, offset: int, length: int) -> Output:
        """
        What a run has written to stdout and stderr, from `offset` on, `length` bytes or fewer; none asks for size and time only.

        The job itself may have done anything to what it has written, so nothing is believed of it: a host reads neither more
        nor for longer than it was asked. NO_OUTPUT is the answer of a host that keeps nothing of this run. Raises
        UnreadableOutput where something was kept, and is gone or something else.
        """
        ...

    async def close(self, grace_ms: int) -> None:
        """Stop all runs in the same way, report each as HostLost, and return when none is left."""
        ...

    async def let_go(self) -> None:
        """The server ends: runs that were not stopped by `close` go on without it. It is the last that is asked."""
        ...


HostMaker = Callable[[DataFolder], Host]
"""Makes the host of a server that has this data folder."""
