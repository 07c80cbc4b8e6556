"""Looking at jobs: one read, waiting for a status, and giving a service all the time that it is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ...model.event import Event
from ...model.status import Status
from ..judging.follower import SLOWER
from ..judging.outcome import Unclear
from .calls import Calls
from .job import Detail, Job
from .stage import Stage
from .submitting import Array, Submitting

T = TypeVar("T")

ROUNDS = 3
"""So often a read is settled anew, when a canary shows that the service is slower than was known."""


class Looking:
    """What a scenario sees of its jobs. A canary is submitted where something is called missing."""

    def __init__(self, stage: Stage, calls: Calls, submitting: Submitting) -> None:
        self._stage, self._target, self._calls, self._submitting = stage, stage.target, calls, submitting

    def read(self, job: Job, *, settled: bool = False) -> Detail:
        """DescribeJobs of this one job, now; again while the answer leaves it out, for it may not be visible yet (ST-20)."""
        end_s = self._target.clock.now_s() + self._target.patience_s
        while True:
            since = job.mark()
            found = self._calls.call("describe_jobs", jobs=[job.id]).get("jobs") or []
            if found:
                break
            if self._target.clock.now_s() > end_s:
                raise Unclear(f"DescribeJobs does not know {job.label} ({job.id})")
            self._stage.interrupted.wait(self._target.poll_s)
        slow_ms, call, began_ms = self._stage.slow_ms, self._calls.last, self._calls.last_ms
        job.shown(found[0], since=since, settled=settled, slow_ms=slow_ms, began_ms=began_ms, call=call, asked=True)
        _check(job)
        return found[0]

    def wait(self, job: Job, *statuses: Status, within_s: float | None = None) -> Detail:
        """
        Wait until the job shows one of these statuses.

        Raises Unclear when it ends in another one, or shows none of them in time: what a service does not promise to
        do at once, it does not break by being slow.
        """
        within_s = within_s or self._target.patience_s
        job.wait(lambda: job.status in statuses or job.ended or job.failing, within_s)
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
            at_gate = lambda: bool(job.began()) or job.ended or job.failing  # noqa: E731
            if not job.wait(at_gate, within_s):
                raise Unclear(f"{job.label} is RUNNING but did not come to the gate")
        assert job.detail is not None
        return job.detail

    def finish(self, job: Job) -> Detail:
        """Wait until the job has ended, and read it once more."""
        self.wait(job, Status.SUCCEEDED, Status.FAILED)
        return self.read(job)

    def settle(self, job: Job, *, at_least_ms: int = 0) -> Detail:
        """
        Give the service all the time that it is allowed, and see where the job stays.

        Returns at once when the job has ended. Otherwise whatever is due for it has its bound, counted from the last
        thing that made it due; then a canary shows that the service still makes progress, and the job is read again.

        at_least_ms   so long as well, where something is due of which the job's own monitor knows nothing
        """
        recorder = self._stage.recorder
        for _ in range(ROUNDS):
            _note_ended_dependencies(job)
            began_ms = recorder.now_ms()
            while not (job.ended or job.failing):
                until_ms = max(self._until_ms(job, began_ms), began_ms + at_least_ms)
                if (left_ms := until_ms - recorder.now_ms()) <= 0:
                    break
                mark = job.mark()
                job.wait(lambda mark=mark: job.ended or job.failing or job.mark() != mark, left_ms / 1000)
            _check(job)
            if job.ended:
                break
            self.canary()
            if self._until_ms(job, began_ms) <= recorder.now_ms():
                return self.read(job, settled=True)
        return self.read(job)

    def _until_ms(self, job: Job, began_ms: int) -> int:
        """When all that is due for a job now is overdue, and it was looked at for long enough since it was `began_ms`."""
        monitor = job.monitor
        monitor.bounds = bounds = self._stage.bounds.at_least(SLOWER * self._stage.slow_ms)
        return max(monitor.waits_until_ms(self._stage.recorder.now_ms()), began_ms + bounds.watch)

    def canary(self) -> None:
        """
        Submit a job that has nothing in its way, and see it go to its end; Unclear when the service does not get on with it.

        What it needs for a move is what the service may need for one.
        """
        canary = self._submitting.submit(vouches=True, role="canary")
        if not canary.wait(lambda: canary.ended, self._target.patience_s):
            raise Unclear(f"the service makes no progress: a new job stayed {canary.status or 'unknown'}")
        self._stage.learn(canary.life())

    def parent(self, array: Array) -> Detail:
        """DescribeJobs of an array's parent, now."""
        end_s = self._target.clock.now_s() + self._target.patience_s
        while True:
            found = self._calls.call("describe_jobs", jobs=[array.id]).get("jobs") or []
            if found:
                return found[0]
            if self._target.clock.now_s() > end_s:
                raise Unclear(f"DescribeJobs does not know {array.label} ({array.id})")
            self._stage.interrupted.wait(self._target.poll_s)

    def ended_parent(self, array: Array) -> Detail:
        """An array's parent once it has ended, which it has to when all of its children have."""
        ended = lambda detail: detail.get("status") in (Status.SUCCEEDED, Status.FAILED)  # noqa: E731
        detail = self.eventually(lambda: self.parent(array), ended, self._target.patience_s)
        if not ended(detail):
            raise Unclear(f"{array.label} did not end, and is {detail['status']}")
        return detail

    def listed(self, **request: Any) -> list[dict[str, Any]]:
        """All that ListJobs has for a request, page after page to the end."""
        return self._calls.every("list_jobs", **request)

    def summary(self, job: Job, status: Status | None = None) -> dict[str, Any] | None:
        """Its JobSummary in ListJobs of its queue with this status (by default the one last seen); None if absent."""
        wanted = status or job.status
        queue = (job.detail or {}).get("jobQueue") or self._stage.world.queue
        request: dict[str, Any] = {"jobQueue": queue, **({"jobStatus": str(wanted)} if wanted else {})}
        return next((item for item in self.listed(**request) if item.get("jobId") == job.id), None)

    def eventually(self, look: Callable[[], T], holds: Callable[[T], bool], within_s: float | None = None) -> T:
        """
        What `look` returns once it `holds`, or when what lists may lag behind is over.

        Lists are not promised to agree with DescribeJobs at each moment (ST-30).
        """
        bounds = self._stage.bounds
        end_s = self._target.clock.now_s() + ((bounds.longest + bounds.lag) / 1000 if within_s is None else within_s)
        while True:
            found = look()
            if holds(found) or self._target.clock.now_s() > end_s:
                return found
            self._stage.interrupted.wait(self._target.poll_s)


def _note_ended_dependencies(job: Job) -> None:
    """Where everything that a job waits for has been seen to end, its own move is due from now on."""
    if job.depends_on and all(other.ended for other in job.depends_on):
        met = all(other.status is Status.SUCCEEDED for other in job.depends_on)
        how = Event.DEPENDENCIES_MET if met else Event.DEPENDENCY_FAILED
        job.knows(dependencies=frozenset({how}), dependencies_due=True)


def _check(job: Job) -> None:
    if job.odd:
        raise Unclear(f"status {job.odd!r}: see ST-01")
