"""The processes of a world, as the host of a server has them: they outlive it, and are begun once each."""

from __future__ import annotations

from dataclasses import dataclass

from ..deciding.messages import Exited, HostLost, Reported, Started, StartFailed

KILLED = 137
"""128 + SIGKILL: how a process exits that got no time."""

LOST = "Host EC2 (instance i-0) terminated."


@dataclass(frozen=True)
class Process:
    """
    A run as the host knows it. `reports` is what is to be told of it in all, `told` how much of that the server has been told;
    `asked`: it is one of the runs that this server has asked for.
    """

    attempt: int
    reports: tuple[Reported, ...] = ()
    told: int = 0
    asked: bool = True
    stopped: bool = False

    @property
    def is_up(self) -> bool:
        """Whether it runs now."""
        return len(self.reports) == 1 and isinstance(self.reports[0], Started)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or never came up."""
        return bool(self.reports) and not isinstance(self.reports[-1], Started)


def started(job_id: str, number: int) -> Started:
    return Started(job_id, number)


def failed(job_id: str, number: int) -> StartFailed:
    return StartFailed(job_id, number, "CannotStartContainerError: no such program")


def exited(job_id: str, number: int, code: int) -> Exited:
    return Exited(job_id, number, code)


def lost(job_id: str, number: int) -> HostLost:
    return HostLost(job_id, number, LOST)
