"""What was seen of each job, and when, as long as it may still be shown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...model.status import Status
from .exchange import Answer, Members, Request
from .shapes import JOBS

LISTED_BY = ("jobQueue", "arrayJobId", "multiNodeJobId", "filters")


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A job's record in an answer, true at some moment from `began_s` to `ended_s`; None: it was not in the list."""

    began_s: float
    ended_s: float
    record: Members | None


def records_of(request: Request, answer: Answer) -> list[Members] | None:
    """The records of jobs in the answer to a read of jobs; None where it is another answer, or not as it should be."""
    member = JOBS.get(request.operation)
    if member is None or not answer.ok or answer.said is None:
        return None
    records = answer.said.get(member)
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return None
    return records if all(isinstance(record.get("jobId"), str) for record in records) else None


def list_of(request: Request) -> str:
    """Which list of jobs is asked for, whatever page or status of it."""
    return json.dumps({name: request.asked[name] for name in LISTED_BY if name in request.asked}, sort_keys=True)


class Sightings:
    """All sightings that are at most `within_s` old; older ones are forgotten as new ones come."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._by_job: defaultdict[tuple[str, str], list[Sighting]] = defaultdict(list)
        self._lists: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._swept_s = 0.0

    def note(self, request: Request, records: list[Members], now_s: float) -> list[Sighting]:
        """Remember the records of an answer, and give them as sightings, in their order."""
        noted = [Sighting(request.at_s, now_s, record) for record in records]
        listed = self._lists[list_of(request)] if request.operation == "ListJobs" else None
        for sighting, record in zip(noted, records, strict=True):
            found = self._by_job[request.operation, record["jobId"]]
            if len(found) > 1 and found[-1].record == found[-2].record == record:
                found.pop()  # of a state that lasts, the first and the last sighting say all
            found.append(sighting)
            if listed is not None:
                listed[record["jobId"]] = now_s
        self._sweep(now_s)
        return noted

    def of(self, operation: str, job_id: str, now_s: float) -> Iterator[Sighting]:
        """What was seen of a job by this read, the oldest first."""
        found = self._by_job.get((operation, job_id), ())
        return (sighting for sighting in sorted(found, key=_began) if sighting.began_s >= now_s - self._within_s)

    def listed(self, request: Request) -> list[str]:
        """The jobs that were in any page of this list not long ago, whatever their status."""
        return list(self._lists.get(list_of(request), ()))

    def _sweep(self, now_s: float) -> None:
        if now_s < self._swept_s + self._within_s:
            return
        self._swept_s, oldest_s = now_s, now_s - self._within_s
        for key, found in list(self._by_job.items()):
            self._by_job[key] = kept = [sighting for sighting in found if sighting.began_s >= oldest_s]
            if not kept:
                del self._by_job[key]
        for key, jobs in list(self._lists.items()):
            self._lists[key] = recent = {job_id: at_s for job_id, at_s in jobs.items() if at_s >= oldest_s}
            if not recent:
                del self._lists[key]


def _began(sighting: Sighting) -> float:
    return sighting.began_s


def status_of(record: Any) -> Any:
    """The status that a record shows."""
    return record.get("status") if record is not None else None


ENDED = frozenset(status.value for status in Status if status.terminal)


def ended(record: Members) -> bool:
    """Whether a job's record shows that it has ended."""
    return record.get("status") in ENDED
