"""What a scenario does to its jobs: CancelJob and TerminateJob, one by one or in bulk, and letting a held attempt end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...model.event import DEPENDENCY_EVENTS, Event
from ..judging.answers import Meaning, of_item, told
from ..judging.happenings import Answered, Called, Lost, Refused, Released
from ..judging.outcome import Refusal, Unclear
from .calls import REFUSAL_FAULTS, Calls
from .job import Job, exit_event
from .stage import Stage
from .submitting import Array, possible_ends
from .wire import Reply

OF_ONE_JOB = {"cancel_job": "cancel", "terminate_job": "terminate"}


class Requests:
    """
    Requests of one scenario. Each goes into the history and to the monitors before it goes to the service, so that no
    verdict depends on how fast the kit is; and so does each further try of it.
    """

    def __init__(self, stage: Stage, calls: Calls, reason: str) -> None:
        self._stage, self._calls, self._reason = stage, calls, reason

    def cancel(self, job: Job, reason: str | None = None) -> dict[str, Any]:
        """CancelJob, with its answer."""
        return self.ask("cancel", job, reason)

    def terminate(self, job: Job, reason: str | None = None) -> dict[str, Any]:
        """TerminateJob, with its answer."""
        return self.ask("terminate", job, reason)

    def ask(self, request: str, job: Job, reason: str | None = None) -> dict[str, Any]:
        """CancelJob or TerminateJob, with its answer."""
        arguments = {"jobId": job.id, "reason": reason or self._reason}
        return self._asked(request, [job], f"{request}_job", arguments)

    def refusal(self, jobs: Iterable[Job], operation: str, /, **arguments: Any) -> Refusal | None:
        """
        The refusal of a call that may be refused; None when it was accepted.

        One that asks something of one of these jobs is told to its monitor, too: whether it shows in a flag is open (CANCEL-16).
        """
        job = next((job for job in jobs if job.id == arguments.get("jobId")), None)
        if job is None or operation not in OF_ONE_JOB:
            return self._calls.refusal(operation, **arguments)
        try:
            self._asked(OF_ONE_JOB[operation], [job], operation, arguments, faults=REFUSAL_FAULTS)
        except Refusal as refusal:
            return refusal
        return None

    def bulk(
        self, request: str, jobs: Iterable[Job], ids: Iterable[str] = (), reason: str | None = None
    ) -> dict[str, Any]:
        """CancelJobs or TerminateJobs on these jobs and, in the same call, on further ids."""
        jobs = list(jobs)
        arguments = {"jobs": [*(job.id for job in jobs), *ids], "reason": reason or self._reason}

        def failed(reply: Reply) -> dict[str, Meaning]:
            errors = reply.answer.get("errors") or ()
            return {str(item.get("job")): of_item(str(item.get("code"))) for item in errors}

        return self._asked(request, jobs, f"{request}_jobs", arguments, failed)

    def ask_of_array(self, request: str, array: Array) -> dict[str, Any]:
        """
        The same of an array's parent. When it reaches which child is not promised, so it may at any time, or never.

        AWS's pages disagree on what a cancel does to children that have started (CANCEL-25), so it may stop them, too.
        """
        reaching = ("cancel", "terminate") if request == "cancel" else (request,)

        def before() -> None:
            for one in reaching:
                self.about_to(array.children, one)

        def after(reply: Reply) -> None:
            for child in array.children:
                for one in reaching:
                    child.record(Lost(job=child.label, request=one, call=reply.sent.number))

        return self._calls.answer(
            self._calls.send(
                f"{request}_job",
                {"jobId": array.id, "reason": self._reason},
                before=before,
                after=after,
            )
        )

    def may_be_asked(self, request: str, jobs: Iterable[Job], call: Callable[[], Any]) -> Any:
        """A call after which the service may do to these jobs what a request would do: at any time, or never."""
        jobs = list(jobs)
        self.about_to(jobs, request)
        answer = call()
        for job in jobs:
            job.record(Lost(job=job.label, request=request, call=self._calls.last))
        return answer

    def release(self, job: Job, code: int | None = None) -> None:
        """Let the attempt that is held now end with `code` (by default the one planned for it)."""
        if not job.payload.gated:
            return  # a timed payload ends by itself
        gate = self._stage.gate
        assert gate is not None
        if not job.wait(lambda: job.holding() is not None or job.failing, self._stage.target.patience_s):
            raise Unclear(f"{job.label} did not come to the gate")
        held = job.holding()
        if held is None:
            return
        attempt, told = held
        if code is None:
            code = job.payload.ends[min(attempt, len(job.payload.ends)) - 1]
        event = exit_event(job.strategy, code)
        for other in job.blocks:  # also one that is tried again makes room meanwhile
            other.knows(capacity=True)
        if event is Event.EXIT_ZERO:
            may_end(job, Event.DEPENDENCIES_MET)
        elif event is Event.EXIT_FINAL or attempt >= job.strategy.attempts:
            may_end(job, Event.DEPENDENCY_FAILED)
        job.will_end(attempt, event)
        job.record(Released(job=job.label, attempt=attempt, code=code))
        gate.release(job.at_gate, told, code)

    def about_to(self, jobs: Iterable[Job], request: str) -> None:
        """A request is about to be made of these jobs."""
        for job in jobs:
            # A job that is stopped may exit 0; one that is cancelled ends FAILED, or as it would have ended anyhow.
            may_end(job, *(DEPENDENCY_EVENTS if request == "terminate" else (Event.DEPENDENCY_FAILED,)))
            job.record(Called(job=job.label, request=request))

    def _asked(
        self,
        request: str,
        jobs: list[Job],
        operation: str,
        arguments: dict[str, Any],
        failed: Callable[[Reply], dict[str, Meaning]] = lambda reply: {},
        faults: int | None = None,
    ) -> dict[str, Any]:
        def after(reply: Reply) -> None:
            number, errors = reply.sent.number, failed(reply)
            for job in jobs:
                says = errors.get(job.id, reply.meaning)
                if says is Meaning.FAULT:
                    job.record(Lost(job=job.label, request=request, call=number))
                elif says is Meaning.DONE:
                    job.record(Answered(job=job.label, request=request, call=number))
                else:
                    job.record(Refused(job=job.label, request=request, error=told(reply.got), call=number))

        return self._calls.answer(
            self._calls.send(
                operation, arguments, before=lambda: self.about_to(jobs, request), after=after, faults=faults
            )
        )


def may_end(job: Job, *outcomes: Event) -> None:
    """Tell the monitors of those who wait for `job` that it may end, before it can."""
    before, job.ends_in = job.ends_in, job.ends_in | frozenset(outcomes)
    for other in job.dependents:
        other.knows(dependencies=possible_ends(other.depends_on))
        if Event.DEPENDENCY_FAILED in job.ends_in and Event.DEPENDENCY_FAILED not in before:
            may_end(other, Event.DEPENDENCY_FAILED)  # and so may those who wait for that one
    for other in job.blocks:
        other.knows(capacity=True)
