"""What a network does: delays, connections that are cut, answers in pieces, errors of a gateway on the way.

The most of this is legal by HTTP alone: a client has no promise about when an answer comes, or that one comes at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from .exchange import Answer, Cut, Forward, Request
from .mode import Mode, number, share


@dataclass(eq=False)
class LateRequests(Mode):
    """A request is on its way for a while."""

    name = "late-requests"
    takes_away = "a call takes effect when it is sent, or never: here also after the client has given up waiting"
    rules = ("TERM-06",)
    protocol = ("RFC 9112, section 9.5",)
    why = "HTTP says nothing of how long a request travels, and Batch nothing of when an accepted one takes effect."

    up_to_s: float = number(2, "s", 0, 600, "longest time on the way to the service")
    share: float = share(0.3, "share of the calls")

    def before(self, request: Request, now_s: float, chance: Random) -> Forward:
        hit = chance.random() < self.share
        return Forward(request, chance.uniform(0, self.up_to_s)) if hit else Forward(request)


@dataclass(eq=False)
class LateAnswers(Mode):
    """An answer is on its way for a while."""

    name = "late-answers"
    takes_away = "an answer comes soon after what it tells; what a read tells may be old when it arrives"
    rules = ("ST-30",)
    protocol = ("RFC 9112, section 9.5",)
    why = "HTTP says nothing of how long an answer travels, and no rule that a read's is still true when it arrives."

    up_to_s: float = number(2, "s", 0, 600, "longest time on the way to the client")
    share: float = share(0.3, "share of the calls")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        hit = chance.random() < self.share
        return _later(answer, chance.uniform(0, self.up_to_s)) if hit else answer


@dataclass(eq=False)
class SlowSubmits(Mode):
    """SubmitJob answers late; its job may be at work by then."""

    name = "slow-submits"
    takes_away = "a job begins only after its id is known"
    rules = ("ST-03", "ST-20")
    protocol = ("RFC 9112, section 9.5",)
    why = "No rule bounds how long SubmitJob takes; the job is the scheduler's as soon as it exists."
    touches = "SubmitJob"

    up_to_s: float = number(2, "s", 0, 600, "longest time on the way to the client")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        return _later(answer, chance.uniform(0, self.up_to_s)) if request.operation == "SubmitJob" else answer


def _later(answer: Answer, by_s: float) -> Answer:
    return replace(answer, late_s=answer.late_s + by_s)


@dataclass(eq=False)
class CutBefore(Mode):
    """The connection is cut before the service got the request."""

    name = "cut-before"
    takes_away = "every call is answered; a call without an answer has taken effect"
    protocol = ("RFC 9112, section 9.5",)
    why = "A connection may be closed at any time, and a client that got no answer cannot know what became of its call."

    share: float = share(0.05, "share of the calls")

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Cut:
        return Cut(_resets(chance)) if chance.random() < self.share else Forward(request)


@dataclass(eq=False)
class CutAfter(Mode):
    """The connection is cut when the service has done what was asked."""

    name = "cut-after"
    takes_away = "every call is answered; a call without an answer has not taken effect"
    rules = ("ST-33",)
    protocol = ("RFC 9112, section 9.5",)
    why = "A connection may be closed at any time; SubmitJob has no token by which asking again would be harmless."

    share: float = share(0.05, "share of the calls")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer | Cut:
        return Cut(_resets(chance)) if chance.random() < self.share else answer


@dataclass(eq=False)
class CutMidway(Mode):
    """The connection is cut in the middle of an answer."""

    name = "cut-midway"
    takes_away = "an answer that begins is whole: a status of 200 has been read, its body has not"
    protocol = ("RFC 9112, section 8",)
    why = "An incomplete answer is one that the client must notice and not believe."

    share: float = share(0.05, "share of the calls")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer | Cut:
        hit = chance.random() < self.share
        return Cut(_resets(chance), answer, share=chance.random() * 0.99) if hit else answer


def _resets(chance: Random) -> bool:
    return chance.random() < 0.5


@dataclass(eq=False)
class AnswersInPieces(Mode):
    """An answer comes in pieces, some of them chunked."""

    name = "answers-in-pieces"
    takes_away = "an answer arrives at once, and says its length before its body"
    protocol = ("RFC 9112, section 7.1",)
    why = "HTTP/1.1 has chunked bodies, a proxy may recode them, and TCP delivers in pieces of any size."

    up_to: float = number(7, "pieces", 2, 100, "most pieces of an answer")
    pause_s: float = number(0.02, "s", 0, 5, "time between two pieces")
    share: float = share(0.5, "share of the calls")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        if chance.random() >= self.share:
            return answer
        pieces = chance.randint(2, int(self.up_to))
        return replace(answer, pieces=pieces, pause_s=self.pause_s, chunked=chance.random() < 0.5)


@dataclass(eq=False)
class ConnectionsEnd(Mode):
    """The connection ends after an answer."""

    name = "connections-end"
    takes_away = "a connection is there for the next call"
    protocol = ("RFC 9112, section 9.6",)
    why = "A server may end a connection after any answer, and says so by `Connection: close`."

    share: float = share(0.3, "share of the calls")

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        return replace(answer, closes=True) if chance.random() < self.share else answer


GATEWAY = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass(eq=False)
class GatewayErrors(Mode):
    """A gateway on the way answers 502, 503 or 504 in HTML; the service was asked or not, which nobody can see."""

    name = "gateway-errors"
    takes_away = "an error is the service's own and JSON; it tells whether the call took effect"
    rules = ("ST-33",)
    protocol = ("RFC 9110, section 15.6",)
    why = "A gateway or a load balancer may answer in the service's place, in its own words."

    share: float = share(0.05, "share of the calls; half of them before the service is asked, half after")

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Answer:
        drawn = self._drawn(chance)
        return drawn[1] if drawn and drawn[0] else Forward(request)

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        drawn = self._drawn(chance)
        return drawn[1] if drawn else answer

    def _drawn(self, chance: Random) -> tuple[bool, Answer] | None:
        """Whether this call is hit: before the effect or not, and the answer."""
        if chance.random() >= self.share:
            return None
        early, status = chance.random() < 0.5, chance.choice(sorted(GATEWAY))
        page = f"<html><head><title>{status} {GATEWAY[status]}</title></head><body></body></html>\n"
        headers = (("Content-Type", "text/html"),)
        return early, Answer(status, None, headers, body=page.encode(), phrase=GATEWAY[status])
