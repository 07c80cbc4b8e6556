"""The vocabulary of steps in which every test speaks: submit, release, cancel, terminate, read, wait, settle.

A scenario belongs to one rule (or one random history) on one target. Each step goes into the history and to the
monitors before it goes to the service, so that no verdict depends on how fast the kit is.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from ..model import attempts as retrying
from ..model.arrays import child_id
from ..model.attempts import RetryStrategy
from ..model.knowledge import DEPENDENCY_EVENTS
from ..model.readings import valuations
from ..model.status import TERMINAL, Status
from .history import as_data
from .job import Detail, Job, exit_event
from .judge import Evidence, evidence, story
from .outcome import Absent, Broken, Interrupted, Unclear
from .payload import OnSigterm, Payload, gated, plain, timed, unknown
from .stage import Stage
from .target import Power

T = TypeVar("T")

ABSENT_CODES = frozenset({"NotImplemented", "NotImplementedException", "UnknownOperationException", "InvalidAction"})
MET = frozenset({"dependencies_met"})
ABSENT_STATUSES = frozenset({404, 405, 501})


@dataclass(frozen=True)
class Array:
    """A submitted array job: its parent's id, and its children."""

    label: str
    id: str
    children: tuple[Job, ...]


class Scenario:
    """The steps that a rule's check takes. Its jobs are ended when it ends."""

    def __init__(self, stage: Stage, label: str) -> None:
        self.stage, self.target = stage, stage.target
        self.label = f"{stage.target.variant}/{label}" if stage.target.variant and "/" not in label else label
        self.jobs: list[Job] = []
        self.arrays: list[str] = []  # ids of parents
        self.evidence: list[Evidence] = []
        self.said: deque[str] = deque(maxlen=3)
        self._closing = False
        self.reason = f"batchproof {label}"
        self._client = stage.target.client()

    # Calls

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """
        One call, by the name of its boto3 method, with its answer.

        Raises Absent when the service lacks the operation, ClientError for any other refusal, Unclear when it cannot
        be reached.
        """
        if self.stage.interrupted.is_set() and not self._closing:
            raise Interrupted
        next(self.stage.calls)
        said = f"{operation}({', '.join(f'{name}={value!r}' for name, value in request.items())})"
        try:
            answer = getattr(self._client, operation)(**request)
            self.said.append(f"{shortened(said)} -> {answer.get('ResponseMetadata', {}).get('HTTPStatusCode')}")
            return answer
        except ClientError as refusal:
            self.said.append(f"{shortened(said)} -> {refusal}")
            code = refusal.response.get("Error", {}).get("Code", "")
            status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in ABSENT_CODES or status in ABSENT_STATUSES:
                raise Absent(f"{as_operation(operation)} is answered with HTTP {status}") from refusal
            raise
        except (ConnectTimeoutError, ReadTimeoutError):
            raise
        except BotoCoreError as trouble:
            raise Unclear(f"{as_operation(operation)} could not be called: {trouble}") from trouble
        except (AttributeError, KeyError, TypeError, ValueError) as trouble:
            raise Unclear(f"boto3 cannot read the answer to {as_operation(operation)}: {trouble!r}") from trouble

    def refusal(self, operation: str, **request: Any) -> ClientError | None:
        """The refusal of a call that should be refused; None when it was accepted."""
        try:
            self.call(operation, **request)
        except ClientError as refusal:
            status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500:  # a fault of the service is no judgement of the request
                raise Unclear(f"{as_operation(operation)} was answered with HTTP {status}: {refusal}") from refusal
            return refusal
        return None

    # Submitting

    def submit(
        self,
        *,
        attempts: int | None = None,
        entries: Iterable[Mapping[str, str]] = (),
        ends: tuple[int, ...] = (0,),
        hold: bool = False,
        on_sigterm: OnSigterm = OnSigterm.DIE,
        depends_on: tuple[Job, ...] = (),
        queue: str | None = None,
        behind: Job | None = None,
        environment: Mapping[str, str] | None = None,
        pending: bool = False,
        command: tuple[str, ...] | None = None,
        inherits: int = 1,
        **request: Any,
    ) -> Job:
        """
        SubmitJob.

        attempts, entries   retryStrategy; without attempts none is sent
        ends                the exit code of attempt 1, 2, ...; the last is that of all later ones
        hold                keep each attempt running until it is released
        on_sigterm          what a held attempt does with a SIGTERM
        depends_on          jobs to wait for; `pending`: wait for something that does not end
        inherits            without attempts: those that the job definition gives
        behind              a job that fills the queue: this one cannot be placed before that one ends
        """
        strategy = {"attempts": attempts, **({"evaluateOnExit": list(entries)} if entries else {})}
        parsed = retrying.parse(strategy) if attempts is not None else RetryStrategy(inherits)
        assert parsed is not None
        payload = self._payload(parsed, ends, hold, on_sigterm, command)
        label = f"{self.label}.{len(self.jobs) + 1}"
        on = [{"jobId": job.id} for job in depends_on]
        if pending:
            assert self.target.pending_on, "the target can keep a job PENDING by an id of its own"
            on.append({"jobId": self.target.pending_on()})
        request = {
            "jobName": as_name(label),
            "jobQueue": queue or self.stage.world.queue,
            "jobDefinition": self.stage.world.definition,
            "containerOverrides": {
                "command": list(payload.command),
                "environment": [{"name": name, "value": value} for name, value in (environment or {}).items()],
            },
            **({"retryStrategy": strategy} if attempts is not None else {}),
            **({"dependsOn": on} if on else {}),
            **request,
        }
        try:
            answer = self.call("submit_job", **request)
        except ClientError as refusal:
            raise Unclear(f"SubmitJob was refused: {refusal}") from refusal
        if not isinstance(answer.get("jobId"), str) or not answer["jobId"]:
            raise Broken("a jobId in the answer to SubmitJob", f"jobId {answer.get('jobId')!r}")
        next(self.stage.submitted)
        job = Job(
            label=label,
            id=answer["jobId"],
            strategy=parsed,
            payload=payload,
            history=self.stage.history,
            assumptions=self.stage.assumptions,
            readings=self.stage.readings,
            interrupted=self.stage.interrupted,
            depends_on=depends_on,
        )
        self._admit(job, waits=bool(on), behind=behind)
        return job

    def submission(self) -> dict[str, Any]:
        """The members of a SubmitJob that nothing is wrong with, for a call that changes one of them."""
        return {
            "jobName": as_name(self.label),
            "jobQueue": self.stage.world.queue,
            "jobDefinition": self.stage.world.definition,
            "containerOverrides": {"command": ["true"]},
        }

    def submit_shell(self, script: str, *, may_exit: tuple[int, ...] = (), **request: Any) -> Job:
        """Submit a shell script that exits 0, or with one of these codes when it finds something wrong."""
        return self.submit_command(["sh", "-c", script], may_exit=may_exit, **request)

    def submit_command(self, command: Iterable[str], *, may_exit: tuple[int, ...] = (), **request: Any) -> Job:
        """The same with any command."""
        return self.submit(command=tuple(command), ends=(0, *may_exit), **request)

    def _payload(
        self,
        strategy: RetryStrategy,
        ends: tuple[int, ...],
        hold: bool,
        on_sigterm: OnSigterm,
        command: tuple[str, ...] | None,
    ) -> Payload:
        powers = self.target.powers
        events = {code: exit_event(strategy, code) for code in {*ends, 137, 143}}
        if Power.RUNS not in powers:
            return unknown(ends)
        if command is not None:
            return plain(command, ends, events)
        if hold and Power.GATE in powers and self.stage.gate:
            return gated(self.stage.gate.path, ends, on_sigterm, events)
        return timed(self.target.hold_s if hold else 0, ends, events)

    def _admit(self, job: Job, *, waits: bool, behind: Job | None, dependencies: frozenset[str] = frozenset()) -> None:
        knowledge = replace(
            job.payload.knowledge,
            dependencies=_outcomes(job.depends_on) if job.depends_on else dependencies,
            capacity=behind is None or not behind.payload.gated,
        )
        job.record(
            "submitted",
            attempts=job.strategy.attempts,
            waits=waits,
            knowledge=as_data(knowledge),
            id=job.id,
        )
        if not job.payload.gated:  # nothing holds it: it may end at any time
            job.ends_in = DEPENDENCY_EVENTS
        for other in job.depends_on:
            other.dependents.append(job)
        if behind is not None:
            behind.blocks.append(job)
        self.jobs.append(job)
        if self.stage.gate:
            self.stage.gate.listen(job.id, job.reported)
        self.stage.watcher.watch(job)

    def submit_array(
        self,
        size: int = 2,
        *,
        ends: tuple[int, ...] = (0,),
        hold: bool = False,
        command: tuple[str, ...] | None = None,
        depends_on: Iterable[Mapping[str, str]] = (),
    ) -> Array:
        """
        SubmitJob of an array, each child of which is a job with a monitor of its own.

        `depends_on` is as SubmitJob takes it. A child enters PENDING when its parent spawns it, and need not show
        SUBMITTED (ARR-11), so a PENDING child is explained whether it waits for something or not.
        """
        payload = self._payload(RetryStrategy(), ends, hold, OnSigterm.DIE, command)
        label = f"{self.label}.{len(self.jobs) + 1}"
        request = self.submission() | {"jobName": as_name(label), "arrayProperties": {"size": size}}
        request["containerOverrides"] = {"command": list(payload.command)}
        on = [dict(entry) for entry in depends_on]
        try:
            answer = self.call("submit_job", **request, **({"dependsOn": on} if on else {}))
        except ClientError as refusal:
            raise Unclear(f"SubmitJob of an array was refused: {refusal}") from refusal
        next(self.stage.submitted)
        self.arrays.append(answer["jobId"])
        children: list[Job] = []
        for index in range(size):
            child = Job(
                label=f"{label}:{index}",
                id=child_id(answer["jobId"], index),
                strategy=RetryStrategy(),
                payload=payload,
                history=self.stage.history,
                assumptions=self.stage.assumptions,
                readings=self.stage.readings,
                interrupted=self.stage.interrupted,
            )
            children.append(child)
            self._admit(child, waits=True, behind=None, dependencies=DEPENDENCY_EVENTS if on else MET)
        return Array(label, answer["jobId"], tuple(children))

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
        deadline_s = time.monotonic() + max(20.0, self.target.deadline_s * 4)
        while time.monotonic() < deadline_s:
            detail = self.parent(array)
            if detail["status"] in TERMINAL:
                return detail
            self.stage.interrupted.wait(0.05)
        raise Unclear(f"{array.label} did not end, and is {self.parent(array)['status']}")

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
            other.knows(dependencies=_outcomes(other.depends_on))
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
        within_s = within_s or max(20.0, self.target.deadline_s * 4)
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
        if not canary.wait(done, max(20.0, self.target.deadline_s * 4)):
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

    def eventually(self, look: Callable[[], T], holds: Callable[[T], bool]) -> T:
        """
        What `look` returns once it `holds`, or at the target's deadline.

        Lists are not promised to agree with DescribeJobs at each moment (ST-30).
        """
        end_s = time.monotonic() + self.target.deadline_s
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


def shortened(text: str, characters: int = 160) -> str:
    """
    A text that fits a line of a report.

    >>> shortened("abcdefghij", 8)
    'abcde...'
    """
    return text if len(text) <= characters else text[: characters - 3] + "..."


def as_operation(method: str) -> str:
    """
    The operation of a boto3 method.

    >>> as_operation("cancel_jobs")
    'CancelJobs'
    """
    return "".join(word.title() for word in method.split("_"))


def as_name(label: str) -> str:
    """
    A label of the history as a job name (ERR-03).

    >>> as_name("simple/CANCEL-07.1")
    'simple-CANCEL-07-1'
    """
    return label.replace(".", "-").replace("/", "-")


def _outcomes(jobs: Iterable[Job]) -> frozenset[str]:
    """How a dependency on all of these jobs may turn out, as far as they have been let go."""
    jobs = list(jobs)
    found = set[str]()
    if jobs and all("dependencies_met" in job.ends_in for job in jobs):
        found.add("dependencies_met")
    if any("dependency_failed" in job.ends_in for job in jobs):
        found.add("dependency_failed")
    return frozenset(found)
