"""The vocabulary of steps in which every test speaks: submit, release, cancel, terminate, read, wait, settle.

A scenario belongs to one rule (or one random history) on one target. Each step goes into the history and to the
monitors before it goes to the service, so that no verdict depends on how fast the kit is.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from ...model.knowledge import DEPENDENCY_EVENTS
from ...model.readings import valuations
from ...model.status import TERMINAL, Status
from ..judging.outcome import Absent, Broken, Unclear
from ..judging.verdict import Evidence, evidence, story
from ..power import Power
from .job import Detail, Job, exit_event
from .stage import Stage
from .submitting import Array, Submitting, possible_ends

T = TypeVar("T")


class Scenario(Submitting):
    """The steps that a rule's check takes. Its jobs are ended when it ends."""

    def __init__(self, stage: Stage, label: str) -> None:
        super().__init__(stage, label)
        self.evidence: list[Evidence] = []
        self.reason = f"batchproof {label}"

    # Arrays

    def terminate_array(self, array: Array) -> None:
        """TerminateJob of the parent. When it reaches which child is not promised, so it may at any time, or never."""
        for child in array.children:
            self._about_to(child, "terminate")
        self.call("terminate_job", jobId=array.id, reason=self.reason)
        for child in array.children:
            child.record("lost", request="terminate")

    def parent(self, array: Array) -> Detail:
        """DescribeJobs of an array's parent, now."""
        found = self.call("describe_jobs", jobs=[array.id]).get("jobs", [])
        if not found:
            raise Unclear(f"DescribeJobs does not know {array.label} ({array.id})")
        return found[0]

    def ended_parent(self, array: Array) -> Detail:
        """An array's parent once it has ended, which it has to when all of its children have."""
        ended = lambda detail: detail["status"] in TERMINAL  # noqa: E731
        detail = self.eventually(lambda: self.parent(array), ended, self.target.patience_s)
        if not ended(detail):
            raise Unclear(f"{array.label} did not end, and is {detail['status']}")
        return detail

    # Steering

    def release(self, job: Job, code: int | None = None) -> None:
        """Let the attempt that is held now end with `code` (by default the one planned for it)."""
        if not job.payload.gated:
            return  # a timed payload ends by itself
        gate, began = self.stage.gate, job.began
        assert gate is not None
        if not job.wait(lambda: bool(began()) and gate.waits(job.id, began()[-1]), self.target.deadline_s * 4):
            raise Unclear(f"{job.label} did not come to the gate")
        told, attempt = began()[-1], len(began())  # what it calls itself, and how many there were
        if code is None:
            code = job.payload.ends[min(attempt, len(job.payload.ends)) - 1]
        self._may_end(job, "dependencies_met" if code == 0 else "dependency_failed")
        event = exit_event(job.strategy, code)
        job.knows(exits=job.monitor.knowledge.released(attempt, frozenset({event})).exits)
        job.record("release", attempt=attempt, code=code)
        gate.release(job.id, told, code)

    def _may_end(self, job: Job, *outcomes: str) -> None:
        """Tell the monitors of those who wait for `job` that it may end, before it can."""
        job.ends_in |= frozenset(outcomes)
        for other in job.dependents:
            other.knows(dependencies=possible_ends(other.depends_on))
        for other in job.blocks:
            other.knows(capacity=True)

    def cancel(self, job: Job, reason: str | None = None) -> dict[str, Any]:
        """CancelJob, with its answer."""
        return self._request(job, "cancel", reason)

    def terminate(self, job: Job, reason: str | None = None) -> dict[str, Any]:
        """TerminateJob, with its answer."""
        return self._request(job, "terminate", reason)

    def _request(self, job: Job, request: str, reason: str | None) -> dict[str, Any]:
        self._about_to(job, request)
        try:
            answer = self.call(f"{request}_job", jobId=job.id, reason=reason or self.reason)
        except (ClientError, Absent) as refusal:
            job.record("refused", request=request, error=str(refusal))
            raise
        except (ConnectTimeoutError, ReadTimeoutError) as trouble:
            job.record("lost", request=request)
            raise Unclear(f"{request}_job was not answered: {trouble}") from trouble
        job.record("answered", request=request)
        return answer

    def _about_to(self, job: Job, request: str) -> None:
        self._may_end(job, *DEPENDENCY_EVENTS)
        job.stop_asked |= request == "terminate"
        job.record("called", request=request)

    def bulk(self, request: str, jobs: Iterable[Job], ids: Iterable[str] = ()) -> dict[str, Any]:
        """CancelJobs or TerminateJobs on these jobs and, in the same call, on further ids."""
        jobs = list(jobs)
        for job in jobs:
            self._about_to(job, request)
        try:
            answer = self.call(f"{request}_jobs", jobs=[*(job.id for job in jobs), *ids], reason=self.reason)
        except (ClientError, Absent) as refusal:
            for job in jobs:
                job.record("refused", request=request, error=str(refusal))
            raise
        failed = {item.get("job") for item in answer.get("errors", [])}
        for job in jobs:
            job.record("refused" if job.id in failed else "answered", request=request)
        return answer

    # Looking

    def read(self, job: Job, *, settled: bool = False) -> Detail:
        """DescribeJobs of this one job, now."""
        since = job.mark()
        found = self.call("describe_jobs", jobs=[job.id]).get("jobs", [])
        if not found:
            raise Unclear(f"DescribeJobs does not know {job.label} ({job.id})")
        job.shown(found[0], since=since, settled=settled)
        self._check(job)
        return found[0]

    def wait(self, job: Job, *statuses: Status, within_s: float | None = None) -> Detail:
        """
        Wait until the job shows one of these statuses.

        Raises Unclear when it ends in another one, or shows none of them in time: what a service does not promise to
        do at once, it does not break by being slow.
        """
        within_s = within_s or self.target.patience_s
        job.wait(lambda: job.status in statuses or job.ended or self._failing(job), within_s)
        self._check(job)
        wanted = " or ".join(statuses)
        if job.status not in statuses:
            if job.ended:
                raise Unclear(f"{job.label} was {job.status} before it was seen {wanted}")
            raise Unclear(
                f"{job.label} did not become {wanted} within {within_s:g} s: it is {job.status or 'not shown'}"
            )
        if job.payload.gated and job.status is Status.RUNNING:
            # The container runs, but its program has not said so: it could not tell us of a signal yet.
            at_gate = lambda: bool(job.began()) or job.ended or self._failing(job)  # noqa: E731
            if not job.wait(at_gate, within_s):
                raise Unclear(f"{job.label} is RUNNING but did not come to the gate")
        assert job.detail is not None
        return job.detail

    def finish(self, job: Job) -> Detail:
        """Wait until the job has ended, and read it once more."""
        self.wait(job, Status.SUCCEEDED, Status.FAILED)
        return self.read(job)

    def settle(self, job: Job) -> Detail:
        """
        Give the service all the time that the target's profile allows, and see where the job stays.

        Returns at once when the job has ended. Otherwise the deadline passes, a canary job that was submitted after
        that shows that the service still makes progress, and the job is read again: whatever was urgent for it has
        been neglected then.
        """
        wait_s = self.target.deadline_s + (self.target.grace_s if job.stop_asked else 0)
        job.wait(lambda: job.ended or self._failing(job), wait_s)
        self._check(job)
        if job.ended:
            return self.read(job)
        self.canary()
        self._note_ended_dependencies(job)
        return self.read(job, settled=True)

    def _note_ended_dependencies(self, job: Job) -> None:
        """Where everything that a job waits for has been seen to end, its own move is due."""
        if job.depends_on and all(other.ended for other in job.depends_on):
            met = all(other.status is Status.SUCCEEDED for other in job.depends_on)
            how = "dependencies_met" if met else "dependency_failed"
            job.knows(dependencies=frozenset({how}), dependencies_due=True)

    def canary(self) -> None:
        """Submit a job that has nothing in its way and see it move; Unclear when the service does not get on with it."""
        canary = self.submit()
        canary.vouches = True
        done = lambda: canary.ended or canary.status in (Status.STARTING, Status.RUNNING)  # noqa: E731
        if not canary.wait(done, self.target.patience_s):
            raise Unclear(f"the service makes no progress: a new job stayed {canary.status or 'unknown'}")

    def summary(self, job: Job, status: Status | None = None) -> dict[str, Any] | None:
        """Its JobSummary in ListJobs of its queue with this status (by default the one last seen); None if absent."""
        wanted = status or job.status
        queue = (job.detail or {}).get("jobQueue") or self.stage.world.queue
        request: dict[str, Any] = {"jobQueue": queue, **({"jobStatus": str(wanted)} if wanted else {})}
        while True:
            page = self.call("list_jobs", **request)
            for summary in page.get("jobSummaryList", []):
                if summary["jobId"] == job.id:
                    return summary
            if not page.get("nextToken"):
                return None
            request["nextToken"] = page["nextToken"]

    def eventually(self, look: Callable[[], T], holds: Callable[[T], bool], within_s: float | None = None) -> T:
        """
        What `look` returns once it `holds`, or at the target's deadline.

        Lists are not promised to agree with DescribeJobs at each moment (ST-30).
        """
        end_s = time.monotonic() + (self.target.deadline_s if within_s is None else within_s)
        while True:
            found = look()
            if holds(found) or time.monotonic() > end_s:
                return found
            self.stage.interrupted.wait(self.target.poll_s)

    def shows(self, reading: str, value: str, job: Job) -> None:
        """What a job shows about a reading that its statuses alone do not."""
        wanted = self.stage.readings.get(reading, value)
        if wanted != value:
            raise Broken(f"the required reading {reading}={wanted}", f"{reading}={value}")
        left = frozenset(valuations({reading: value}))
        self.evidence.append(Evidence(job.label, left, story(job.events())))

    def judged_readings(self) -> list[Evidence]:
        """What its jobs say about the readings."""
        return [*evidence(self.jobs), *self.evidence]

    def expect(self, holds: bool, expected: str, observed: object) -> None:
        """Raise Broken unless `holds`."""
        if not holds:
            raise Broken(expected, str(observed))

    def _failing(self, job: Job) -> bool:
        return job.trouble is not None or job.monitor.verdict is not None

    def _check(self, job: Job) -> None:
        if job.trouble:
            raise job.trouble

    # Ending

    def close(self) -> None:
        """End what still runs: nothing of this scenario outlives it."""
        self._closing = True
        self.stage.watcher.forget(self.jobs)
        for array in self.arrays:
            with contextlib.suppress(ClientError, BotoCoreError, Absent, Unclear):
                self.call("terminate_job", jobId=array, reason="batchproof: the scenario is over")
        for job in self.jobs:
            if not job.ended:
                self._about_to(job, "terminate")
                with contextlib.suppress(ClientError, BotoCoreError, Absent, Unclear):
                    self.call("terminate_job", jobId=job.id, reason="batchproof: the scenario is over")
            if self.stage.gate:
                self.stage.gate.drop(job.id)
            if Power.RUNS in self.target.powers:
                self.stage.processes.append(max(len(job.began()), len((job.detail or {}).get("attempts") or ())))
