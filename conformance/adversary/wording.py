"""The same answer in another form: other orders, more members or fewer, errors worded otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

from ...model.status import Status
from .exchange import Answer, Members, Request
from .mode import Mode, number, share
from .shapes import JOBS, known_members, optional, pages, records
from .sightings import records_of


@dataclass(eq=False)
class ErrorForms(Mode):
    """An error's message is wrapped in a longer one, and its kind has an address behind it."""

    name = "error-forms"
    takes_away = "an error's message is the text of the check; its kind is the whole header"
    rules = ("ERR-02",)
    protocol = ("Smithy, AWS restJson1, operation error serialization",)
    why = "Batch wraps messages or does not; restJson1 lets a colon and an address follow the kind of an error."

    share: float = share(0.5, "share of the errors")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        message = (answer.said or {}).get("message")
        if answer.status < 400 or not isinstance(message, str) or chance.random() >= self.share:
            return answer
        request_id = UUID(int=chance.getrandbits(128))
        wrapped = f"Error executing request, Exception : {message}, RequestId: {request_id}"
        headers = tuple(
            (
                name,
                f"{value}:http://batch.example/" if name.lower() == "x-amzn-errortype" and ":" not in value else value,
            )
            for name, value in answer.headers
        )
        return replace(answer.saying(message=wrapped), headers=headers)


@dataclass(eq=False)
class Reordered(Mode):
    """Jobs come in another order, and the members of every object too."""

    name = "reordered"
    takes_away = "jobs come in the order in which they were asked for; members have an order"
    rules = ("DESC-02", "LIST-08")
    protocol = ("RFC 8259, section 4",)
    why = "No order of DescribeJobs is documented, nor of ListJobs without filters; JSON objects have none."

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        if not answer.ok or answer.said is None:
            return answer
        said = dict(answer.said)
        jobs = records_of(request, answer)
        if jobs is not None and not request.asked.get("filters"):
            said[JOBS[request.operation]] = chance.sample(jobs, len(jobs))
        return answer.with_said(_shuffled(said, chance))


def _shuffled(value: Any, chance: Random) -> Any:
    if isinstance(value, list):
        return [_shuffled(each, chance) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {name: _shuffled(value[name], chance) for name in chance.sample(list(value), len(value))}


@dataclass(eq=False)
class UnknownMembers(Mode):
    """Answers have members that no client knows, at their top and in their records."""

    name = "unknown-members"
    takes_away = "an answer has only the members that are documented today"
    protocol = ("Smithy, AWS restJson1: clients ignore unknown members",)
    why = "AWS adds members to answers at any time, and a client ignores what it does not know."

    up_to: float = number(2, "members", 1, 20, "most unknown members of an object")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        if not answer.ok or answer.said is None:
            return answer
        said = self._more(answer.said, chance)
        member = records().get(request.operation)
        if member is not None and isinstance(said.get(member), list):
            said[member] = [self._record(record, chance) for record in said[member]]
        return answer.with_said(said)

    def _record(self, record: Any, chance: Random) -> Any:
        """A record with unknown members, also in its container and its attempts; never among what a caller chose."""
        if not isinstance(record, Mapping):
            return record
        more = self._more(record, chance)
        if isinstance(more.get("container"), Mapping):
            more["container"] = self._more(more["container"], chance)
        if isinstance(more.get("attempts"), list):
            more["attempts"] = [
                self._more(each, chance) if isinstance(each, Mapping) else each for each in more["attempts"]
            ]
        return more

    def _more(self, members: Members, chance: Random) -> dict[str, Any]:
        unknown = {
            f"unknown{chance.choice(('State', 'Owner', 'Detail', 'Rank'))}{chance.randint(1, 99)}": chance.choice(
                (None, True, 7, 0.5, "new", [], ["new"], {"inner": 1})
            )
            for _ in range(chance.randint(0, int(self.up_to)))
        }
        return {name: value for name, value in unknown.items() if name not in known_members()} | dict(members)


EMPTY: Mapping[str, Any] = {"list": [], "map": {}}


@dataclass(eq=False)
class EmptyMembers(Mode):
    """What a job does not have is absent, null, or empty, now this and now that."""

    name = "empty-members"
    takes_away = "an empty list is there, a missing value is not there, and it stays so"
    rules = ("ST-23", "CANCEL-16")
    protocol = ("Smithy, AWS restJson1: null and absent members are the same",)
    why = "The model lets these members be missing; null means missing; of `startedAt` both absence and 0 occur."
    touches = "DescribeJobs, ListJobs"

    share: float = share(0.5, "share of the members that may be changed")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        jobs = records_of(request, answer)
        if jobs is None:
            return answer
        changed: dict[str, Any] = {
            JOBS[request.operation]: [self._record(request.operation, job, chance) for job in jobs]
        }
        said = {**(answer.said or {}), **changed}
        if request.operation in pages() and said.get("nextToken") is None:  # nothing follows, said in one of two ways
            said.pop("nextToken", None)
            said |= {"nextToken": None} if chance.random() < 0.5 else {}
        return answer.with_said(said)

    def _record(self, operation: str, record: Members, chance: Random) -> Members:
        changed = dict(record)
        for name, kind in optional(operation).items():
            if chance.random() >= self.share:
                continue
            if name in changed and not _is_nothing(operation, name, changed[name], kind):
                continue
            changed.pop(name, None)
            if kind != "boolean" and chance.random() < 0.5:  # a flag is there or not (LIST-12)
                changed[name] = chance.choice((None, EMPTY[kind])) if kind in EMPTY else None
        if operation == "DescribeJobs" and not changed.get("startedAt") and chance.random() < self.share:
            changed.pop("startedAt", None)
            if (instead := chance.choice(("absent", None, 0))) != "absent":
                changed["startedAt"] = instead
        return changed


def _is_nothing(operation: str, name: str, value: Any, kind: str) -> bool:
    if kind == "boolean":  # DescribeJobs may say false, or nothing (CANCEL-16)
        return value is None or (value is False and operation == "DescribeJobs" and name in FLAGS)
    return value is None or (kind in EMPTY and value == EMPTY[kind])


FLAGS = ("isCancelled", "isTerminated")


@dataclass(eq=False)
class FlagsAtTheEnd(Mode):
    """DescribeJobs shows `isCancelled` and `isTerminated` only of a job that has ended FAILED; ListJobs as ever."""

    name = "flags-at-the-end"
    takes_away = "DescribeJobs shows that a request was accepted as soon as it was"
    rules = ("CANCEL-16", "TERM-14")
    why = "JobDetail says `whether the job is cancelled`, JobSummary that a request `was accepted`: two questions."
    touches = "DescribeJobs"

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        jobs = records_of(request, answer)
        if request.operation != "DescribeJobs" or jobs is None:
            return answer
        changed = [
            job if job.get("status") == Status.FAILED.value else {name: job[name] for name in job if name not in FLAGS}
            for job in jobs
        ]
        return answer if changed == jobs else answer.saying(jobs=changed)
