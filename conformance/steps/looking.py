"""Looking at jobs: one read, waiting for a status, and giving a service all the time that it is allowed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from ...model.status import Status
from ..judging.outcome import Unclear
from .calls import Calls
from .job import Detail, Job
from .stage import Stage
from .submitting import Array, Submitting

T = TypeVar("T")


class Looking:
    """What a scenario sees of its jobs. A canary is submitted where something is called missing."""

    def __init__(self, stage: Stage, calls: Calls, submitting: Submitting) -> None:
        self._stage, self._target, self._calls, self._submitting = stage, stage.target, calls, submitting

    def read(self, job: Job, *, settled: bool = False) -> Detail:
        """DescribeJobs of this one job, now."""
        since = job.mark()
        found = self._calls.call("describe_jobs", jobs=[job.id]).get("jobs", [])
        if not found:
            raise Unclear(f"DescribeJobs does not know {job.label} ({job.id})")
        job.shown(found[0], since=since, settled=settled, call=self._calls.last[-1][0].number)
        _check(job)
        return found[0]

    def wait(self, job: Job, *statuses: Status, within_s: float | None = None) -> Detail:
        """
        Wait until the job shows one of these statuses.

        Raises Unclear when it ends in another one, or shows none of them in time: what a service does not promise to
        do at once, it does not break by being slow.
        """
        within_s = within_s or self._target.patience_s
        job.wait(lambda: job.status in statuses or job.ended or _failing(job), within_s)
        _check(job)
        wanted = " or ".join(statuses)
        if job.status not in statuses:
            if job.ended:
                raise Unclear(f"{job.label} was {job.status} before it was seen {wanted}")
            raise Unclear(
                f"{job.label} did not become {wanted} within {within_s:g} s: it is {job.status or 'not shown'}"
            )
        if job.payload.gated and job.status is Status.RUNNING:
            # The container runs, but its program has not said so: it could not tell us of a signal yet.
            at_gate = lambda: bool(job.began()) or job.ended or _failing(job)  # noqa: E731
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
        wait_s = self._target.deadline_s + (self._target.grace_s if job.stop_asked else 0)
        job.wait(lambda: job.ended or _failing(job), wait_s)
        _check(job)
        if job.ended:
            return self.read(job)
        self.canary()
        _note_ended_dependencies(job)
        return self.read(job, settled=True)

    def canary(self) -> None:
        """Submit a job that has nothing in its way and see it move; Unclear when the service does not get on with it."""
        canary = self._submitting.submit(vouches=True)
        done = lambda: canary.ended or canary.status in (Status.STARTING, Status.RUNNING)  # noqa: E731
        if not canary.wait(done, self._target.patience_s):
            raise Unclear(f"the service makes no progress: a new job stayed {canary.status or 'unknown'}")

    def parent(self, array: Array) -> Detail:
        """DescribeJobs of an array's parent, now."""
        found = self._calls.call("describe_jobs", jobs=[array.id]).get("jobs", [])
        if not found:
            raise Unclear(f"DescribeJobs does not know {array.label} ({array.id})")
        return found[0]

    def ended_parent(self, array: Array) -> Detail:
        """An array's parent once it has ended, which it has to when all of its children have."""
        ended = lambda detail: Status(detail["status"]).terminal  # noqa: E731
        detail = self.eventually(lambda: self.parent(array), ended, self._target.patience_s)
        if not ended(detail):
            raise Unclear(f"{array.label} did not end, and is {detail['status']}")
        return detail

    def summary(self, job: Job, status: Status | None = None) -> dict[str, Any] | None:
        """Its JobSummary in ListJobs of its queue with this status (by default the one last seen); None if absent."""
        wanted = status or job.status
        queue = (job.detail or {}).get("jobQueue") or self._stage.world.queue
        request: dict[str, Any] = {"jobQueue": queue, **({"jobStatus": str(wanted)} if wanted else {})}
        while True:
            page = self._calls.call("list_jobs", **request)
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
        end_s = time.monotonic() + (self._target.deadline_s if within_s is None else within_s)
        while True:
            found = look()
            if holds(found) or time.monotonic() > end_s:
                return found
            self._stage.interrupted.wait(self._target.poll_s)


def _note_ended_dependencies(job: Job) -> None:
    """Where everything that a job waits for has been seen to end, its own move is due."""
    if job.depends_on and all(other.ended for other in job.depends_on):
        met = all(other.status is Status.SUCCEEDED for other in job.depends_on)
        how = "dependencies_met" if met else "dependency_failed"
        job.knows(dependencies=frozenset({how}), dependencies_due=True)


def _failing(job: Job) -> bool:
    return job.trouble is not None or job.monitor.verdict is not None


def _check(job: Job) -> None:
    if job.trouble:
        raise job.trouble
