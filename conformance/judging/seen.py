"""One scenario as the record has it: its calls and its jobs, each with all that it showed, in a form that can be asked.

What a rule claims is a function of this and of nothing else, so that a run and its file are judged alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Raw

from ...model.bounds import Bounds
from ...model.status import Status
from .answers import Meaning, content, meaning, told
from .happenings import (
    Answered,
    Began,
    Called,
    Exiting,
    Failed,
    Gone,
    Got,
    Left,
    Lost,
    OfJob,
    Refused,
    Released,
    Saw,
    Sent,
    Signalled,
    Submitted,
)

Detail = Mapping[str, Any]
"""A job as DescribeJobs shows it."""

Exchange = tuple[Sent, Got | Failed | None]
"""A request with its answer; None where none came before the run ended."""


@dataclass(frozen=True)
class Call:
    """
    One request of the scenario.

    arguments   as boto3 was given them
    says        what came of it: see `answers`
    body        the answer, as the service gave it
    """

    exchange: Exchange
    says: Meaning

    @property
    def number(self) -> int:
        return self.exchange[0].number

    @property
    def operation(self) -> str:
        return self.exchange[0].operation

    @cached_property
    def arguments(self) -> dict[str, Any]:
        return msgspec.json.decode(self.exchange[0].arguments)

    @cached_property
    def body(self) -> Any:
        answer = self.exchange[1]
        return content(answer) if isinstance(answer, Got) else None

    @property
    def said(self) -> Mapping[str, Any]:
        """The answer's members; none where it is no object, as the page that a proxy or a web server puts in its place."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def status(self) -> int:
        """The HTTP status; 0 where there was no answer."""
        answer = self.exchange[1]
        return answer.status if isinstance(answer, Got) else 0

    @property
    def code(self) -> str:
        """The error's code; empty for a success."""
        answer = self.exchange[1]
        return answer.code if isinstance(answer, Got) else ""

    @property
    def sent_ms(self) -> int:
        return self.exchange[0].at_ms

    @property
    def answered_ms(self) -> int:
        answer = self.exchange[1]
        return self.sent_ms if answer is None else answer.at_ms

    def __str__(self) -> str:
        return told(self.exchange[1])


@dataclass(frozen=True)
class Look:
    """A read of one job: when it began and was answered, and what it showed."""

    saw: Saw
    began_ms: int
    number: int
    detail: Detail

    @property
    def status(self) -> str:
        return self.saw.status


@dataclass(frozen=True)
class Request:
    """A CancelJob or TerminateJob of a job. `answered_ms` is None unless it was answered with success."""

    request: str
    called_ms: int
    answered_ms: int | None
    refused: str = ""


class Job:
    """One job: how it was submitted, what was asked of it, what it showed, and what its attempts reported."""

    def __init__(self, label: str, life: list[OfJob], exchanges: Mapping[int, Exchange]) -> None:
        self.label, self.life, self._exchanges = label, life, exchanges

    @cached_property
    def submitted(self) -> Submitted:
        return next(happening for happening in self.life if isinstance(happening, Submitted))

    @property
    def id(self) -> str:
        return self.submitted.id

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """What SubmitJob was called with; empty for a child of an array, which nobody submitted."""
        exchange = self._exchanges.get(self.submitted.call or 0)
        return msgspec.json.decode(exchange[0].arguments) if exchange else {}

    @property
    def asked_ms(self) -> int:
        """When SubmitJob was called: nothing of the job was before that."""
        exchange = self._exchanges.get(self.submitted.call or 0)
        return exchange[0].at_ms if exchange else 0

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """What was read of it, in the order in which the reads began."""
        found = []
        for happening in self.life:
            if isinstance(happening, Saw):
                exchange = self._exchanges.get(happening.call or 0)
                detail: Detail = {}
                if exchange and isinstance(exchange[1], Got):
                    body = content(exchange[1])
                    jobs = body.get("jobs") or () if isinstance(body, dict) else ()
                    detail = next((job for job in jobs if job.get("jobId") == self.id), {})
                sent = exchange[0] if exchange else None
                found.append(Look(happening, sent.at_ms if sent else happening.at_ms, happening.call or 0, detail))
        return tuple(sorted(found, key=lambda look: look.number))

    @property
    def last(self) -> Look | None:
        """The read that began last."""
        return self.looks[-1] if self.looks else None

    @property
    def status(self) -> str:
        """The status that it showed last; empty before it was seen."""
        return self.last.status if self.last else ""

    @property
    def ended(self) -> bool:
        """Whether it was seen to end."""
        return any(look.status in (Status.SUCCEEDED, Status.FAILED) for look in self.looks)

    @cached_property
    def end(self) -> Look | None:
        """The last read that showed it ended; None where none did."""
        return next((look for look in reversed(self.looks) if look.status in (Status.SUCCEEDED, Status.FAILED)), None)

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """The cancels and terminates that were made of it, in order."""
        found: list[Request] = []
        open_: dict[str, list[int]] = {}
        for happening in self.life:
            match happening:
                case Called(request=request, at_ms=at_ms):
                    open_.setdefault(request, []).append(len(found))
                    found.append(Request(request, at_ms, None))
                case Answered(request=request, at_ms=at_ms) if open_.get(request):
                    number = open_[request].pop(0)
                    found[number] = Request(request, found[number].called_ms, at_ms)
                case Refused(request=request, error=error) if open_.get(request):
                    number = open_[request].pop(0)
                    found[number] = Request(request, found[number].called_ms, None, refused=error)
                case Lost(request=request) if open_.get(request):
                    open_[request].pop(0)
        return tuple(found)

    def accepted(self, request: str) -> Request | None:
        """The first request of this kind that was answered with success."""
        return next((r for r in self.requests if r.request == request and r.answered_ms is not None), None)

    @cached_property
    def began(self) -> tuple[Began, ...]:
        return tuple(happening for happening in self.life if isinstance(happening, Began))

    @cached_property
    def signalled(self) -> tuple[Signalled, ...]:
        return tuple(happening for happening in self.life if isinstance(happening, Signalled))

    @cached_property
    def exits(self) -> tuple[Exiting, ...]:
        return tuple(happening for happening in self.life if isinstance(happening, Exiting))

    @property
    def ran(self) -> int:
        """How many attempts have said at the gate that they run: a second word of one that says so twice is no other."""
        return len({began.attempt for began in self.began})

    @cached_property
    def let_go(self) -> tuple[Released, ...]:
        """When the kit let an attempt end, which is before anything can come of it; its own report may be heard later."""
        return tuple(happening for happening in self.life if isinstance(happening, Released))

    @cached_property
    def gone(self) -> tuple[Gone, ...]:
        return tuple(happening for happening in self.life if isinstance(happening, Gone))


@dataclass(frozen=True, slots=True)
class Cut:
    """
    Where a scenario ended: what came later, when its jobs were cleared away, is none of it.

    calls        the numbers of its calls
    happenings   for each of its jobs, by label, how much had happened to it
    """

    calls: frozenset[int]
    happenings: Mapping[str, int]


class Seen:
    """
    A scenario. Its jobs are found by the roles that they were submitted for, its calls by operation.

    nodes       the nodes of its multi-node jobs but the main nodes, which are the jobs; no monitor follows these
    left        how it ended
    bounds      how long things were allowed to take
    answering   for each operation the number of the first call that was judged: it is not absent
    steps       what was to be done, where that was drawn
    """

    def __init__(
        self,
        scenario: str,
        happenings: Iterable[OfJob],
        exchanges: Mapping[int, Exchange],
        *,
        left: Left | None = None,
        bounds: Bounds | None = None,
        answering: Mapping[str, int] | None = None,
        steps: Raw | None = None,
    ) -> None:
        self.scenario, self.left, self.bounds, self.steps = scenario, left, bounds or Bounds(), steps
        self._exchanges, self._answering = exchanges, answering or {}
        lives: dict[str, list[OfJob]] = {}
        for happening in happenings:
            lives.setdefault(happening.job, []).append(happening)
        found = [Job(label, life, exchanges) for label, life in lives.items() if _is_submitted(life)]
        self.jobs = {job.label: job for job in found if job.submitted.node is None}
        self.nodes = [job for job in found if job.submitted.node is not None]

    @property
    def cast(self) -> list[Job]:
        """Its jobs in the order of submission, canaries left out."""
        return [job for job in self.jobs.values() if not job.submitted.vouches]

    def each(self, role: str = "job") -> list[Job]:
        """The jobs that were submitted for this."""
        return [job for job in self.cast if job.submitted.role == role]

    def job(self, role: str = "job") -> Job | None:
        """The one that was; None where the scenario did not come so far."""
        return next(iter(self.each(role)), None)

    @property
    def begun(self) -> tuple[Raw, ...]:
        """The steps of it that were begun, where they were drawn: nothing is begun after something was found."""
        steps = msgspec.json.decode(self.steps, type=_Drawn).steps if self.steps else ()
        return steps if self.left is None else steps[: self.left.begun]

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Its calls, in the order in which they were made; those of the kit's poller left out."""
        found = []
        for sent, answer in sorted(self._exchanges.values(), key=lambda exchange: exchange[0].number):
            if sent.scenario == self.scenario:
                answers = self._answering.get(sent.operation, sent.number) < sent.number
                found.append(Call((sent, answer), meaning(answer, operation_answers=answers)))
        return tuple(found)

    def of(self, operation: str, **arguments: Any) -> Iterator[Call]:
        """Its calls of an operation in which these arguments were so."""
        for call in self.calls:
            if call.operation == operation and all(
                call.arguments.get(name) == value for name, value in arguments.items()
            ):
                yield call


class _Drawn(msgspec.Struct):
    steps: tuple[Raw, ...] = ()


def assembled(
    scenario: str,
    lives: Mapping[str, list[OfJob]],
    exchanges: Mapping[int, Exchange],
    *,
    left: Left | None = None,
    cut: Cut | None = None,
    bounds: Bounds | None = None,
    answering: Mapping[str, int] | None = None,
    steps: Raw | None = None,
) -> Seen:
    """A scenario from the jobs and calls of a whole record: its own calls, and the reads that showed its jobs."""
    mine = {label: life for label, life in lives.items() if _scenario_of(life) == scenario}
    if cut is not None:
        mine = {label: life[: cut.happenings.get(label, 0)] for label, life in mine.items()}
    wanted = shown_by(mine)
    kept = {
        number: exchange
        for number, exchange in exchanges.items()
        if number in wanted or (exchange[0].scenario == scenario and (cut is None or number in cut.calls))
    }
    happenings = [happening for life in mine.values() for happening in life]
    return Seen(scenario, happenings, kept, left=left, bounds=bounds, answering=answering, steps=steps)


def shown_by(lives: Mapping[str, list[OfJob]]) -> set[int]:
    """The numbers of the calls that made these jobs, and of the reads that showed them."""
    calls = {h.call for life in lives.values() for h in life if isinstance(h, Saw | Submitted)}
    return {number for number in calls if number is not None}


def _scenario_of(life: list[OfJob]) -> str:
    return next((happening.scenario for happening in life if isinstance(happening, Submitted)), "")


def _is_submitted(life: list[OfJob]) -> bool:
    return any(isinstance(happening, Submitted) for happening in life)
