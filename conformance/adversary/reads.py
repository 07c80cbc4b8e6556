"""Reads that lag: DescribeJobs and ListJobs show a job as it was a while ago.

Nothing is made up: every record that is shown is one that the service gave, at most `within_s` seconds ago, whole, with
its status, flags, attempts and reasons of that moment. An array's parent and its children lag each by itself. A job that
was not seen before is shown as it is now. Older states are known from the clients' own reads, and from asking the same
again in between.

Lists agree with the statuses that they show. A job whose shown state has another status than the one that was asked for
is left out, and one whose shown state still has it is put in, where the answer is the whole list. So a job may be missing
from two lists for a while (LIST-11), and no list shows it under a status that was not asked for (ST-30).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from ...model.status import Status
from .exchange import Answer, Members, Request
from .mode import Mode, number, share
from .shapes import JOBS
from .sightings import Sighting, Sightings, ended, records_of, status_of

DEFAULT_STATUS = Status.RUNNING.value  # what ListJobs lists when no status is asked for (LIST-02)
FILTERED_BY_STATUS_TOO = "SHARE_IDENTIFIER"  # the only filter beside which a status counts (LIST-03)


class _Lagging(Mode):
    """Shows earlier sightings; which one is its children's choice."""

    within_s: float
    touches = "DescribeJobs, ListJobs"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._seen = Sightings(self.within_s)

    @property
    def reads_ahead_s(self) -> float | None:
        return max(0.2, self.within_s / 4) if self.within_s else None

    def learn(self, request: Request, answer: Answer, now_s: float) -> None:
        records = records_of(request, answer)
        if records is not None:
            self._seen.note(request, records, now_s)

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        records = records_of(request, answer)
        if records is None:
            return answer
        noted = self._seen.note(request, records, now_s)
        shown = list(self._shown(request, noted, now_s, chance))
        if request.operation == "ListJobs":
            shown += self._still_there(request, answer, records, now_s, chance)
        same = len(shown) == len(records) and all(a is b for a, b in zip(shown, records, strict=True))
        return answer if same else answer.saying(**{JOBS[request.operation]: shown})

    def choose(self, job_id: str, fresh: Sighting, earlier: list[Sighting], now_s: float, chance: Random) -> Sighting:
        """The sighting to show; `earlier` has the oldest first, and this one among them if it is of a record."""
        raise NotImplementedError

    def _shown(self, request: Request, noted: list[Sighting], now_s: float, chance: Random) -> Iterable[Members]:
        wanted = _status_asked(request)
        for fresh in noted:
            assert fresh.record is not None
            chosen = self._choice(request.operation, fresh.record["jobId"], fresh, now_s, chance)
            if wanted is None or status_of(fresh.record) != wanted or status_of(chosen.record) == wanted:
                yield chosen.record or fresh.record

    def _still_there(
        self, request: Request, answer: Answer, records: list[Members], now_s: float, chance: Random
    ) -> Iterable[Members]:
        """Jobs that have left the list, and are still shown with the status that was asked for."""
        wanted, most = _status_asked(request), request.asked.get("maxResults", 100)
        if wanted is None or "filters" in request.asked or not isinstance(most, int):
            return  # a filtered list has an order of its own
        if request.asked.get("nextToken") or (answer.said or {}).get("nextToken"):
            return  # the job may be on another page
        room = most - len(records)
        for job_id in sorted(set(self._seen.listed(request)) - {record["jobId"] for record in records}):
            seen = self._seen.of("ListJobs", job_id, now_s)
            if room <= 0 or not any(status_of(sighting.record) == wanted for sighting in seen):
                continue
            gone = Sighting(request.at_s, now_s, None)
            chosen = self._choice("ListJobs", job_id, gone, now_s, chance)
            if chosen.record is not None and status_of(chosen.record) == wanted:
                room -= 1
                yield chosen.record

    def _choice(self, operation: str, job_id: str, fresh: Sighting, now_s: float, chance: Random) -> Sighting:
        return self.choose(job_id, fresh, list(self._seen.of(operation, job_id, now_s)), now_s, chance)


def _status_asked(request: Request) -> Any:
    """The status by which a list is restricted, if it is."""
    if request.operation != "ListJobs":
        return None
    filters = request.asked.get("filters") or ()
    names = [each.get("name") for each in filters if isinstance(each, dict)]
    if names and names != [FILTERED_BY_STATUS_TOO]:
        return None
    return request.asked.get("jobStatus") or (None if names else DEFAULT_STATUS)


@dataclass(eq=False)
class LaggingReads(_Lagging):
    """Reads lag, and never go back."""

    name = "lagging-reads"
    takes_away = "a read shows what is: a call that was accepted, a job that has ended"
    rules = ("ST-16", "ST-30", "LIST-11")
    why = "A poller may miss any state, and no rule promises that reads show at once what was accepted."

    within_s: float = number(3, "s", 0, 600, "how old what a read shows may be")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._last: dict[str, Sighting] = {}
        self._swept_s = 0.0

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        if now_s > self._swept_s + self.within_s:  # what ended before all that may be shown restricts nothing
            oldest_s = now_s - self.within_s
            self._last = {job_id: last for job_id, last in self._last.items() if last.ended_s >= oldest_s}
            self._swept_s = now_s
        return super().after(request, answer, now_s, chance)

    def choose(self, job_id: str, fresh: Sighting, earlier: list[Sighting], now_s: float, chance: Random) -> Sighting:
        last = self._last.get(job_id)
        oldest_s = now_s - chance.uniform(0, self.within_s)
        # What was asked for after the last one was known cannot be older than it: two sightings whose times overlap might be.
        possible = (
            sighting
            for sighting in earlier
            if sighting.began_s >= oldest_s and (last is None or sighting is last or sighting.began_s >= last.ended_s)
        )
        chosen = next(possible, fresh)
        if last is None or chosen.began_s >= last.ended_s:
            self._last[job_id] = chosen
        elif chosen is not last:  # which of the two is older cannot be told, so neither is shown again
            self._last[job_id] = Sighting(last.began_s, max(last.ended_s, chosen.ended_s), None)
        return chosen


@dataclass(eq=False)
class ReadsGoBack(_Lagging):
    """Some reads show an older state than an earlier read did."""

    name = "reads-go-back"
    takes_away = "what one read has shown, the next one does not take back"
    rules = ("ST-30", "LIST-11")
    why = "No rule says that reads are monotone, nor that DescribeJobs and ListJobs agree."

    share: float = share(0.1, "share of the records that are shown as old as they are known")
    within_s: float = number(3, "s", 0, 600, "how old what a read shows may be")

    def choose(self, job_id: str, fresh: Sighting, earlier: list[Sighting], now_s: float, chance: Random) -> Sighting:
        return earlier[0] if chance.random() < self.share and earlier else fresh


@dataclass(eq=False)
class LaggingCounts(Mode):
    """The counts of an array's children lag behind the children."""

    name = "lagging-counts"
    takes_away = "an array's statusSummary agrees with its children, and its sum is its size"
    rules = ("ARR-09",)
    why = "`statusSummary` may lag; it must agree when the array has ended, and then it is left alone."
    touches = "DescribeJobs, ListJobs"

    within_s: float = number(5, "s", 0, 600, "how old the counts may be")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._seen = Sightings(self.within_s)

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        records = records_of(request, answer)
        if records is None:
            return answer
        self._seen.note(request, [record for record in records if _counts(record)], now_s)
        shown = [self._behind(request.operation, record, now_s) if _counts(record) else record for record in records]
        same = all(a is b for a, b in zip(shown, records, strict=True))
        return answer if same else answer.saying(**{JOBS[request.operation]: shown})

    def _behind(self, operation: str, record: Members, now_s: float) -> Members:
        if ended(record):
            return record
        earlier = next(self._seen.of(operation, record["jobId"], now_s))
        counts = _counts(earlier.record or {})
        if counts == _counts(record):
            return record
        return {**record, "arrayProperties": {**record["arrayProperties"], **counts}}


def _counts(record: Members) -> dict[str, Any]:
    parent = record.get("arrayProperties")
    if not isinstance(parent, dict) or not isinstance(parent.get("statusSummary"), dict):
        return {}
    return {name: parent[name] for name in ("statusSummary", "statusSummaryLastUpdatedAt") if name in parent}


@dataclass(eq=False)
class NewJobsUnknown(Mode):
    """A job is unknown to reads for a while after SubmitJob gave its id. Calls on it are not touched."""

    name = "new-jobs-unknown"
    takes_away = "a job can be read as soon as SubmitJob has answered; one that is not found is gone"
    rules = ("ST-20", "ST-30")
    why = "DescribeJobs may return nothing for a job that SubmitJob just accepted, and ListJobs need not agree with it."
    touches = "DescribeJobs, ListJobs"

    up_to_s: float = number(3, "s", 0, 600, "longest time for which a new job is unknown")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._known_s: dict[str, float] = {}
        self._shown: set[str] = set()

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        if request.operation == "SubmitJob" and answer.ok:
            self._submitted((answer.said or {}).get("jobId"), now_s + chance.uniform(0, self.up_to_s), now_s)
            return answer
        records = records_of(request, answer)
        if records is None:
            return answer
        known = [record for record in records if self._known_s.get(_root(record["jobId"]), 0) <= now_s]
        self._shown.update(_root(record["jobId"]) for record in known)
        return answer if len(known) == len(records) else answer.saying(**{JOBS[request.operation]: known})

    def _submitted(self, job_id: Any, known_s: float, now_s: float) -> None:
        self._known_s = {each: until_s for each, until_s in self._known_s.items() if until_s > now_s}
        if isinstance(job_id, str) and job_id not in self._shown:  # a list may have shown it before its answer came
            self._known_s[job_id] = known_s


def _root(job_id: str) -> str:
    """The id that SubmitJob gave: that of the array of a child, or of the job of a node."""
    return job_id.partition(":")[0].partition("#")[0]
