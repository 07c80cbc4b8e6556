"""The laws of every read (`model/reads.py`), held against all that was read of every job of a run."""

from __future__ import annotations

from collections.abc import Iterator

from .....model.reads import LAWS, Found, Law
from ...claim import Claim, Point, in_turn, throughout
from ...seen import Job, Seen


def _claim(rule: str) -> Claim:
    laws = [law for law in LAWS if law.rule == rule]

    def holds_of_every_read(seen: Seen) -> Iterator[Point]:
        for job in seen.jobs.values():
            yield from against(job)

    def against(job: Job) -> Iterator[Point]:
        for law in laws:
            if law.one is not None:
                for look in job.looks:
                    for found in law.one(look.detail):
                        yield _point(law, found, job)
            if law.two is not None:
                for earlier, later in in_turn(job):
                    for found in law.two(earlier.detail, later.detail):
                        yield _point(law, found, job)

    return holds_of_every_read


def _point(law: Law, found: Found, job: Job) -> Point:
    return Point(False, found.expected, found.observed, rests_on=law.rests_on, job=job.label)


for _rule in dict.fromkeys(law.rule for law in LAWS):
    throughout(_rule)(_claim(_rule))
