"""What a scenario does to its jobs: CancelJob and TerminateJob, one by one or in bulk, and letting a held attempt end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from ...model.knowledge import DEPENDENCY_EVENTS
from ..judging.happenings import Answered, Called, Lost, Refused, Released
from ..judging.outcome import Absent, Unclear
from .calls import Calls
from .job import Job, exit_event
from .stage import Stage
from .submitting import Array, possible_ends


class Requests:
    """
    Requests of one scenario. Each goes into the history and to the monitors before it goes to the service, so that no
    verdict depends on how fast the kit is.
    """

    def __init__(self, stage: Stage, calls: Calls, reason: str) -> None:
        self._stage, self._calls, self._reason = stage, calls, reason

    def cancel(self, job: Job, reason: str | None = None) -> dict[str, Any]:
        """CancelJob, with its answer."""
        return self.ask("cancel", job, reason)

    def terminate(self, job: Job, reason: str | None = None) -> dict[str, Any]:
        """TerminateJob, with its answer."""
        return self.ask("terminate", job, reason)

    def bulk(self, request: str, jobs: Iterable[Job], ids: Iterable[str] = ()) -> dict[str, Any]:
        """CancelJobs or TerminateJobs on these jobs and, in the same call, on further ids."""
        jobs = list(jobs)
        for job in jobs:
            self.about_to(job, request)
        try:
            answer = self._calls.call(f"{request}_jobs", jobs=[*(job.id for job in jobs), *ids], reason=self._reason)
        except (ClientError, Absent) as refusal:
            for job in jobs:
                job.record(Refused(job=job.label, request=request, error=str(refusal), call=self._call()))
            raise
        failed = {item.get("job") for item in answer.get("errors", [])}
        for job in jobs:
            how = Refused if job.id in failed else Answered
            job.record(how(job=job.label, request=request, call=self._call()))
        return answer

    def terminate_array(self, array: Array) -> None:
        """TerminateJob of the parent. When it reaches which child is not promised, so it may at any time, or never."""
        for child in array.children:
            self.about_to(child, "terminate")
        self._calls.call("terminate_job", jobId=array.id, reason=self._reason)
        for child in array.children:
            child.record(Lost(job=child.label, request="terminate", call=self._call()))

    def release(self, job: Job, code: int | None = None) -> None:
        """Let the attempt that is held now end with `code` (by default the one planned for it)."""
        if not job.payload.gated:
            return  # a timed payload ends by itself
        gate, began = self._stage.gate, job.began
        assert gate is not None
        if not job.wait(lambda: bool(began()) and gate.waits(job.id, began()[-1]), self._stage.target.deadline_s * 4):
            raise Unclear(f"{job.label} did not come to the gate")
        told, attempt = began()[-1], len(began())  # what it calls itself, and how many there were
        if code is None:
            code = job.payload.ends[min(attempt, len(job.payload.ends)) - 1]
        _may_end(job, "dependencies_met" if code == 0 else "dependency_failed")
        event = exit_event(job.strategy, code)
        job.knows(exits=job.monitor.knowledge.released(attempt, frozenset({event})).exits)
        job.record(Released(job=job.label, attempt=attempt, code=code))
        gate.release(job.id, told, code)

    def about_to(self, job: Job, request: str) -> None:
        """A request is about to be made of this job."""
        _may_end(job, *DEPENDENCY_EVENTS)
        job.stop_asked |= request == "terminate"
        job.record(Called(job=job.label, request=request))

    def ask(self, request: str, job: Job, reason: str | None = None) -> dict[str, Any]:
        """CancelJob or TerminateJob, with its answer."""
        self.about_to(job, request)
        try:
            answer = self._calls.call(f"{request}_job", jobId=job.id, reason=reason or self._reason)
        except (ClientError, Absent) as refusal:
            job.record(Refused(job=job.label, request=request, error=str(refusal), call=self._call()))
            raise
        except (ConnectTimeoutError, ReadTimeoutError) as trouble:
            job.record(Lost(job=job.label, request=request, call=self._call()))
            raise Unclear(f"{request}_job was not answered: {trouble}") from trouble
        job.record(Answered(job=job.label, request=request, call=self._call()))
        return answer

    def _call(self) -> int:
        return self._calls.last[-1][0].number


def _may_end(job: Job, *outcomes: str) -> None:
    """Tell the monitors of those who wait for `job` that it may end, before it can."""
    job.ends_in |= frozenset(outcomes)
    for other in job.dependents:
        other.knows(dependencies=possible_ends(other.depends_on))
    for other in job.blocks:
        other.knows(capacity=True)
