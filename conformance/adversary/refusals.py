"""What a service does that does not answer the question: it throttles, denies, or fails, before or after the effect.

Which call is hit is decided by chance and by the clock, never by what the call says; denied operations apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeGuard

from .exchange import Answer, Forward, Request
from .mode import Mode, json_answer, number, share
from .shapes import operations

BULK = {"CancelJobs": "CancelJob", "TerminateJobs": "TerminateJob", "TerminateServiceJobs": "TerminateServiceJob"}
"""Requests for many jobs, each with the action whose permission counts for every single one (BULK-10)."""


@dataclass(eq=False)
class ExpiringCredentials(Mode):
    """A credential is refused once it is so old; one that was not seen before is new."""

    name = "expiring-credentials"
    takes_away = "who could sign once can sign for ever; a 403 is the service's word about the request"
    rules = ("ERR-01",)
    why = "Session credentials end, in the middle of a run too; failed authorization comes as 403."

    after_s: float = number(60, "s", 0, 86400, "how long a credential is valid, from the first call that it signed")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._since_s: dict[str, float] = {}

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Answer:
        age_s = now_s - self._since_s.setdefault(request.credential, now_s)
        if age_s < self.after_s:
            return Forward(request)
        return json_answer(403, "ExpiredTokenException", "The token that signed this request has expired.", chance)


@dataclass(eq=False)
class Denied(Mode):
    """Some operations are denied, always and whoever asks."""

    name = "denied"
    takes_away = "whoever may call one operation may call all; a 403 is the service's word about the request"
    rules = ("ERR-01", "BULK-10")
    why = (
        "Failed authorization comes as AccessDeniedException with 403; in CancelJobs and TerminateJobs as an item's error,"
        " under the name of the singular action."
    )
    touches = "those that are named, and their bulk forms"

    operations: frozenset[str] = field(
        default=frozenset({"CancelJob"}), metadata={"names": "the operations, joined by +"}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        possible = operations() - set(BULK)
        for unknown in sorted(self.operations - possible):
            singular = BULK.get(unknown)
            hint = (
                f"permission for it goes by the name of {singular}" if singular else "it is no operation of AWS Batch"
            )
            raise ValueError(f"denied: {unknown!r} cannot be denied: {hint}")
        if not self.operations:
            raise ValueError(
                "denied: no operation is named: give one or more, joined by +, as in denied=CancelJob+ListJobs"
            )

    @classmethod
    def read(cls, text: str) -> Denied:
        named = text.removeprefix("operations=")
        return cls(frozenset(filter(None, named.split("+")))) if named else cls()

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Answer:
        if request.operation in self.operations:
            return json_answer(403, "AccessDeniedException", f"No permission for batch:{request.operation}.", chance)
        action, jobs = BULK.get(request.operation), request.asked.get("jobs")
        if action not in self.operations or not _ids(jobs):
            return Forward(request)  # a request that names no job denies none: it is the service's to refuse
        errors = [{"job": job, "code": "AccessDenied", "message": f"No permission for batch:{action}."} for job in jobs]
        return Answer(200, {"successful": [], "errors": errors}, (("Content-Type", "application/json"),))


def _ids(jobs: Any) -> TypeGuard[list[str]]:
    return isinstance(jobs, list) and bool(jobs) and all(isinstance(job, str) for job in jobs)


def _throttled(chance: Random) -> Answer:
    kind = chance.choice(("TooManyRequestsException", "ThrottlingException"))
    return json_answer(429, kind, "There were too many requests; nothing was done for this one.", chance)


@dataclass(eq=False)
class Throttled(Mode):
    """A share of the calls is throttled."""

    name = "throttled"
    takes_away = "a call is refused for what it says; one that was accepted once is accepted again"
    rules = ("ERR-01", "ERR-07")
    why = "Batch limits how often it is called, and throttling shows as 429; nothing was done for such a call."

    share: float = share(0.1, "share of the calls")

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Answer:
        return _throttled(chance) if chance.random() < self.share else Forward(request)


@dataclass(eq=False)
class ThrottledInBursts(Mode):
    """For a while every call is throttled, asking again too; then none is."""

    name = "throttled-in-bursts"
    takes_away = "a throttled call succeeds when it is asked again at once"
    rules = ("ERR-01", "ERR-07")
    why = "The limits are of calls in a second, so that all calls of a busy time are refused."

    lasts_s: float = number(2, "s", 0, 60, "how long a burst lasts")
    every_s: float = number(10, "s", 0.1, 3600, "length of the stretches that have one burst each")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lasts_s > 0.9 * self.every_s:
            raise ValueError(
                f"{self.name}: lasts_s is {self.lasts_s:g}: at most 0.9 of every_s, which is {self.every_s:g} s, may be throttled"
            )
        self._seed = 0.0

    def begin(self, chance: Random) -> None:
        self._seed = chance.random()  # when bursts begin is a matter of the run, not of who calls

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Answer:
        stretch, at_s = divmod(now_s, self.every_s)
        begins_s = Random(f"{self._seed} {stretch}").uniform(0, self.every_s - self.lasts_s)
        return _throttled(chance) if 0 <= at_s - begins_s < self.lasts_s else Forward(request)


def _failed(chance: Random) -> Answer:
    return json_answer(500, "ServerException", "Something failed inside the service.", chance)


@dataclass(eq=False)
class ErrorsBefore(Mode):
    """The service fails before it did anything."""

    name = "errors-before"
    takes_away = "a call answered 500 has taken effect"
    rules = ("ERR-01",)
    why = "ServerException (500) is an error of every operation, and says nothing of the effect."

    share: float = share(0.05, "share of the calls")

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Answer:
        return _failed(chance) if chance.random() < self.share else Forward(request)


@dataclass(eq=False)
class ErrorsAfter(Mode):
    """The service fails when it has done what was asked."""

    name = "errors-after"
    takes_away = "a call answered 500 has not taken effect"
    rules = ("ERR-01", "ST-33")
    why = (
        "ServerException (500) is an error of every operation, and says nothing of the effect; SubmitJob has no token."
    )

    share: float = share(0.05, "share of the calls")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        return _failed(chance) if chance.random() < self.share else answer


@dataclass(eq=False)
class ItemErrors(Mode):
    """CancelJobs and TerminateJobs report a failure for some jobs for which they did what was asked."""

    name = "item-errors"
    takes_away = "a bulk request that was answered 200 was accepted for every job; an item's error means no effect"
    rules = ("BULK-02", "BULK-04", "BULK-07", "BULK-08")
    why = "ServerException is one of the codes of an item, to be tried again, and says nothing of the effect."
    touches = "CancelJobs, TerminateJobs, TerminateServiceJobs"

    share: float = share(0.2, "share of the jobs in a request")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        said = answer.said or {}
        accepted, errors = said.get("successful"), said.get("errors")
        if request.operation not in BULK or not answer.ok or not _ids(accepted) or not isinstance(errors, list):
            return answer
        failed = [job for job in accepted if chance.random() < self.share]
        if not failed:
            return answer
        message = "Something failed inside the service. Ask again for this job."
        return answer.saying(
            successful=[job for job in accepted if job not in failed],
            errors=[
                *errors,
                *({"job": job, "code": "ServerException", "message": message} for job in dict.fromkeys(failed)),
            ],
        )
