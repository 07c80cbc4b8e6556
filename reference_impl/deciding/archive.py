"""What the ledger needs of whoever keeps the jobs that are over, so that it need not have all of them at hand.

A job is over when it has ended and nothing of it runs. A family is at hand as a whole or not at all: an array with its
children, a multi-node job with its nodes. What is at hand counts, whatever the archive says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from ...model.status import Status
from .records import Job

Read = Callable[[], Job]


class Archive(Protocol):
    """Jobs that are over, those at hand among them or not. `keeps`: there can be some."""

    keeps: bool

    def next_ordinal(self) -> int:
        """More than the ordinal of any job in it."""
        ...

    def job(self, job_id: str) -> Job | None:
        """The job of this id."""
        ...

    def newest_first(self, listed: str, status: Status, before: int | None) -> Iterator[tuple[int, str, Read]]:
        """Ordinals and ids of a list's jobs in one status, from the ordinal `before` downwards, and what reads each."""
        ...

    def counts(self, listed: str) -> dict[Status, int]:
        """How many jobs of a list are in each status, as far as there are some."""
        ...

    def oldest_first(self, ended_before_ms: int) -> Iterator[str]:
        """Ids of jobs that ended then or before, in the order of their ends; no children or nodes."""
        ...

    def after(self, place: int, count: int) -> tuple[list[Job], int]:
        """Up to `count` jobs behind a place, in the order of submission, and the place behind them; the first place is 0."""
        ...


class NoArchive:
    """Where nothing is kept all jobs are at hand."""

    keeps = False

    def next_ordinal(self) -> int:
        return 0

    def job(self, job_id: str) -> Job | None:
        return None

    def newest_first(self, listed: str, status: Status, before: int | None) -> Iterator[tuple[int, str, Read]]:
        return iter(())

    def counts(self, listed: str) -> dict[Status, int]:
        return {}

    def oldest_first(self, ended_before_ms: int) -> Iterator[str]:
        return iter(())

    def after(self, place: int, count: int) -> tuple[list[Job], int]:
        return [], place


def is_over(job: Job) -> bool:
    """Whether a job has ended, and nothing of it runs."""
    return job.status.terminal and job.run is None


def listed_in(job: Job) -> str:
    """The list that a job is in: its parent's, or its queue's."""
    return job.order.parent_id or job.order.queue
