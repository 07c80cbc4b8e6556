"""Calls of one scenario: asked again where that does no harm, and what each answer means for it.

There is one loop of tries for the whole kit, and it waits by the kit's own clock. Reads, cancels and terminates are asked
again after anything that is no judgement. Whatever may have made something is asked again only after an answer which says
that nothing was looked at: a second SubmitJob would be a second job (ST-33).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from ..judging.answers import Meaning, told
from ..judging.happenings import as_operation
from ..judging.outcome import Absent, Interrupted, Refusal, Unclear
from ..timing.clock import REAL, Clock, Event
from .made import Made
from .wire import Reply, Wire

HARMLESS = frozenset(
    {"describe_jobs", "list_jobs", "cancel_job", "terminate_job", "cancel_jobs", "terminate_jobs"}
    | {"describe_job_queues", "describe_job_definitions", "describe_compute_environments", "update_compute_environment"}
    | {"update_job_queue", "delete_job_queue", "delete_compute_environment", "deregister_job_definition"}
)
"""Operations that may be asked again whatever came of the first time: the second does what the first did, or nothing."""

FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0
"""Between two tries, twice as long each time."""

PAGES = 1_000
"""More than any list of a run has; a service that gives a token for ever is not followed for ever."""

IN_PAGES = {
    "list_jobs": "jobSummaryList",
    "describe_job_queues": "jobQueues",
    "describe_compute_environments": "computeEnvironments",
    "describe_job_definitions": "jobDefinitions",
}
"""The operations whose answers come in pages, and what is in these."""

REFUSAL_FAULTS = 4
"""A request that is to be refused is not asked for ever where the service answers with faults of its own."""

CLOSING_TRIES = 8
"""Who cleans up behind himself does not try for ever: what is left stays in the list of what was made."""

UNREACHED_TRIES = 3
"""Nor does anybody wait for a service that was never there."""

Hook = Callable[[], None]


class Calls:
    """
    Calls of one scenario, or of whoever else is named by `label`.

    made          the list of what a run makes
    patience_s    how long to ask again and again
    interrupted   set when somebody has had enough; who is `closing` goes on all the same
    submitted     the id of every job that a SubmitJob made, with its name; also of those that should have been refused
    last          the number of the newest call, and `last_ms` when it was sent
    """

    def __init__(
        self,
        wire: Wire,
        made: Made,
        label: str,
        *,
        patience_s: float,
        interrupted: Event,
        closing: bool = False,
        clock: Clock = REAL,
    ) -> None:
        self._wire, self._made, self._label = wire, made, label
        self._patience_s, self._interrupted, self._clock = patience_s, interrupted, clock
        self._chance = random.Random(label)
        self.submitted: dict[str, str] = {}
        self.last = self.last_ms = 0
        self.closing = closing

    def call(self, operation: str, /, **request: Any) -> dict[str, Any]:
        """
        The answer to a call, by the name of its boto3 method.

        Raises Refusal where the service judged the request, Absent where it lacks the operation, and Unclear where there
        was no judgement however often it was asked.
        """
        return self.answer(self.send(operation, request))

    def every(self, operation: str, /, **request: Any) -> list[dict[str, Any]]:
        """
        All that an operation has for a request, page after page to the end: a page may be short, and an empty one no end.

        Raises what `call` raises.
        """
        found: list[dict[str, Any]] = []
        for _ in range(PAGES):
            page = self.call(operation, **request)
            found += page.get(IN_PAGES[operation]) or []
            if not page.get("nextToken"):
                return found
            request["nextToken"] = page["nextToken"]
        raise Unclear(f"{as_operation(operation)} has more than {PAGES} pages for {request}")

    def refusal(self, operation: str, **request: Any) -> Refusal | None:
        """The refusal of a call that may be refused; None when it was accepted."""
        try:
            self.answer(self.send(operation, request, faults=REFUSAL_FAULTS))
        except Refusal as refusal:
            return refusal
        return None

    def tried(self, operation: str, **request: Any) -> Meaning:
        """What comes of a call that is not made again when it was answered without a judgement."""
        return self.send(operation, request, faults=1).meaning

    def send(
        self,
        operation: str,
        request: dict[str, Any],
        *,
        before: Hook = lambda: None,
        after: Callable[[Reply], None] = lambda reply: None,
        faults: int | None = None,
    ) -> Reply:
        """
        A call with all its tries, and what came of the last one; not more than so many tries that were not judged.

        `before` and `after` are told of each try: one that was not judged may have taken effect all the same.
        """
        tries, faulty, waits_s, until_s = 0, 0, FIRST_WAIT_S, self._clock.now_s() + self._patience_s
        while True:
            if self._interrupted.is_set() and not self.closing:
                raise Interrupted
            tries += 1
            if operation == "submit_job":
                self._made.will("job", str(request.get("jobName")))
            before()
            reply = self._wire.call(self._label, operation, attempt=tries, **request)
            self.last, self.last_ms = reply.sent.number, reply.sent.at_ms
            self._keep_count(operation, request, reply)
            after(reply)
            again = reply.meaning in (Meaning.THROTTLED, Meaning.UNSENT)
            faulty += reply.meaning is Meaning.FAULT
            again |= reply.meaning is Meaning.FAULT and operation in HARMLESS and (faults is None or faulty < faults)
            enough = self._clock.now_s() > until_s or (self.closing and tries >= CLOSING_TRIES)
            if not again or enough or (not self._wire.reached and tries >= UNREACHED_TRIES):
                return reply
            self._interrupted.wait(waits_s * self._chance.uniform(0.5, 1.0))
            waits_s = min(2 * waits_s, LONGEST_WAIT_S)

    @staticmethod
    def answer(reply: Reply) -> dict[str, Any]:
        """What boto3 made of a reply; raises what `call` raises."""
        operation = as_operation(reply.sent.operation)
        match reply.meaning:
            case Meaning.DONE:
                return reply.answer
            case Meaning.REFUSED:
                raise Refusal(told(reply.got))
            case Meaning.ABSENT:
                raise Absent(f"{operation} is answered with {told(reply.got)}")
            case Meaning.DENIED:
                raise Unclear(f"{operation} may not be called: {told(reply.got)}")
            case _:
                raise Unclear(f"{operation} was not judged: {told(reply.got)}")

    def _keep_count(self, operation: str, request: dict[str, Any], reply: Reply) -> None:
        if operation != "submit_job":
            return
        name, made = str(request.get("jobName")), self._made
        if reply.meaning is Meaning.DONE and reply.answer.get("jobId"):
            self.submitted[str(reply.answer["jobId"])] = name
            made.made("job", name, str(reply.answer["jobId"]))
        elif reply.meaning.without_effect:
            made.gone("job", name)
