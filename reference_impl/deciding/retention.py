"""Which finished jobs are old enough to be forgotten (ST-18).

A family goes as a whole: an array with its children, a multi-node job with its nodes. What somebody still waits for
stays, however old it is: a server that starts anew has to know how it ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from .ledger import Ledger
from .records import Job

AT_ONCE = 100
"""So many jobs are forgotten in one go, so that nobody waits long for the rest of the server."""


def expired(ledger: Ledger, ended_before_ms: int, count: int = AT_ONCE) -> list[Job]:
    """Up to `count` jobs, oldest first, that can be forgotten with all that is part of them."""
    return list(islice(_expired(ledger, ended_before_ms), count))


def _expired(ledger: Ledger, ended_before_ms: int) -> Iterator[Job]:
    needed: set[str] | None = None
    for job in _candidates(ledger, ended_before_ms):
        if job.order.parent_id is not None or not job.status.terminal or not _ended(job, ended_before_ms):
            continue
        if not all(part.status.terminal and part.run is None for part in ledger.family(job)[:-1]):
            continue
        if needed is None:  # only now, since most looks find nothing
            needed = _waited_for(ledger)
        if job.id not in needed:
            yield job


def _candidates(ledger: Ledger, ended_before_ms: int) -> Iterator[Job]:
    for job_id in ledger.archive.oldest_first(ended_before_ms):
        if job_id not in ledger.jobs and (job := ledger.archive.job(job_id)) is not None:
            yield job
    yield from ledger.oldest_first()


def _ended(job: Job, before_ms: int) -> bool:
    return job.stopped_at_ms is not None and job.stopped_at_ms <= before_ms and job.run is None


def _waited_for(ledger: Ledger) -> set[str]:
    """The jobs that others depend on which have not ended; of a child or node the job that it is a part of."""
    return {
        name.partition(":")[0].partition("#")[0]
        for job in ledger.oldest_first()
        if not job.status.terminal
        for name in (*job.order.depends_on, *job.order.n_to_n)
    }
