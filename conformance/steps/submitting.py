"""Submitting jobs and arrays: the request, the payload, and what the job's monitor may take for granted from then on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...model import attempts as retrying
from ...model.arrays import child_id
from ...model.attempts import RetryStrategy
from ...model.event import DEPENDENCY_EVENTS, Event
from ..judging.answers import Meaning
from ..judging.happenings import Submitted
from ..judging.outcome import Refusal, Unclear
from ..payload import OnSigterm, Payload, gated, plain, timed, unknown
from ..power import Power
from .calls import Calls
from .job import Job, exit_event
from .stage import Stage

MET = frozenset({Event.DEPENDENCIES_MET})


@dataclass(frozen=True)
class Array:
    """A submitted array job: its parent's id, and its children."""

    label: str
    id: str
    children: tuple[Job, ...]


class Submitting:
    """Submits the jobs of one scenario, and has each of them watched. `jobs` has the children of arrays among them."""

    def __init__(self, stage: Stage, label: str, calls: Calls) -> None:
        self._stage, self._label, self._calls = stage, label, calls
        self.jobs: list[Job] = []
        self._unwatched = 0

    def submit(
        self,
        *,
        attempts: int | None = None,
        entries: Iterable[Mapping[str, str]] = (),
        ends: tuple[int, ...] = (0,),
        hold: bool = False,
        on_sigterm: OnSigterm = OnSigterm.DIE,
        depends_on: tuple[Job, ...] = (),
        on_arrays: tuple[Array, ...] = (),
        queue: str | None = None,
        behind: Job | None = None,
        environment: Mapping[str, str] | None = None,
        pending: bool = False,
        command: tuple[str, ...] | None = None,
        inherits: int | None = None,
        vouches: bool = False,
        times_out: bool = False,
        consumes: Mapping[str, int] | None = None,
        full: bool = False,
        role: str = "job",
        **request: Any,
    ) -> Job:
        """
        SubmitJob.

        attempts, entries   retryStrategy; without attempts none is sent
        ends                the exit code of attempt 1, 2, ...; the last is that of all later ones
        hold                keep each attempt running until it is released
        on_sigterm          what a held attempt does with a SIGTERM
        depends_on          jobs to wait for; `on_arrays`: whole arrays; `pending`: wait for something that does not end
        inherits            without attempts: those that the job definition gives, where it is not the run's own
        behind              a job that fills the queue: this one cannot be placed before that one ends
        full                nothing is placed in its queue
        vouches             it is a canary, no part of the story
        times_out           the job definition gives it a timeout
        consumes            quantities of consumable resources; where it waits for them is open (ST-32)
        role                what it is there for: claims find it by this
        """
        given = self._stage.world.strategy if inherits is None else RetryStrategy(inherits)
        strategy, parsed = _strategies(attempts, entries, given)
        payload = self._payload(parsed, ends, hold, on_sigterm, command)
        label = f"{self._label}.{len(self.jobs) + 1}"
        on = [{"jobId": job.id} for job in (*depends_on, *on_arrays)]
        if pending:
            assert self._stage.target.pending_on, "the target can keep a job PENDING by an id of its own"
            on.append({"jobId": self._stage.target.pending_on()})
        request = {
            "jobName": self._name(label),
            "jobQueue": queue or self._stage.world.queue,
            "jobDefinition": self._stage.world.definition,
            "containerOverrides": {
                "command": list(payload.command),
                "environment": [{"name": name, "value": value} for name, value in (environment or {}).items()],
            },
            **strategy,
            **({"dependsOn": on} if on else {}),
            **({"consumableResourcePropertiesOverride": _consumed(consumes)} if consumes else {}),
            **request,
        }
        answer, call = self._made(request)
        job = Job(
            label=label,
            id=answer["jobId"],
            strategy=parsed,
            payload=payload,
            **self._stage.of_jobs,
            depends_on=(*depends_on, *(child for array in on_arrays for child in array.children)),
            vouches=vouches,
            may_time_out=times_out or "timeout" in request,
        )
        met = MET if consumes and not depends_on else frozenset()
        self._admit(job, waits=bool(on or consumes), behind=behind, role=role, call=call, dependencies=met, full=full)
        return job

    def _made(self, request: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """
        The answer to a SubmitJob, and the number of the call.

        It is never made twice (ST-33). Where nobody knows whether it made a job, the job is looked for by its name, which
        no job of another scenario has, nor of another try of this one.
        """
        reply = self._calls.send("submit_job", request)
        if reply.meaning is Meaning.FAULT:
            made = self._found(request)
            if made is not None:
                return {"jobId": made}, reply.sent.number
        try:
            answer = self._calls.answer(reply)
        except Refusal as refusal:
            raise Unclear(f"SubmitJob was refused: {refusal}") from refusal
        if not isinstance(answer.get("jobId"), str) or not answer["jobId"]:
            raise Unclear(f"SubmitJob was answered with jobId {answer.get('jobId')!r}")
        return answer, reply.sent.number

    def submit_unwatched(self, **request: Any) -> str:
        """SubmitJob of a job that no monitor follows, for what it shows and not for how it lives: its id."""
        self._unwatched += 1
        name = self._name(f"{self._label}-unwatched-{self._unwatched}")
        answer, _ = self._made({**self.submission(), "jobName": name, **request})
        return answer["jobId"]

    def _found(self, request: Mapping[str, Any]) -> str | None:
        """The id of the one job of this name, once ListJobs has it; None where it never does."""
        target, stage, name = self._stage.target, self._stage, str(request["jobName"])
        if name in self._calls.submitted.values():
            return None
        end_ms = stage.recorder.now_ms() + stage.bounds.lag + stage.bounds.evaluate
        filters = [{"name": "JOB_NAME", "values": [name]}]
        while True:
            there = self._calls.every("list_jobs", jobQueue=request["jobQueue"], filters=filters)
            named = [item["jobId"] for item in there if item.get("jobName") == name]
            if named:
                self._calls.submitted[named[0]] = name
                stage.world.made.made("job", name, named[0])
                return named[0] if len(named) == 1 else None
            if stage.recorder.now_ms() > end_ms:
                return None
            stage.interrupted.wait(target.poll_s)

    def submission(self) -> dict[str, Any]:
        """The members of a SubmitJob that nothing is wrong with, for a call that changes one of them."""
        return {
            "jobName": self._name(self._label),
            "jobQueue": self._stage.world.queue,
            "jobDefinition": self._stage.world.definition,
            "containerOverrides": {"command": ["true"]},
        }

    def submit_shell(self, script: str, *, may_exit: tuple[int, ...] = (), **request: Any) -> Job:
        """Submit a shell script that exits 0, or with one of these codes when it finds something wrong."""
        return self.submit_command(["sh", "-c", script], may_exit=may_exit, **request)

    def submit_command(self, command: Iterable[str], *, may_exit: tuple[int, ...] = (), **request: Any) -> Job:
        """The same with any command."""
        return self.submit(command=tuple(command), ends=(0, *may_exit), **request)

    def named(self, word: str) -> str:
        """A job name with this word at its end, which no other scenario gives: its jobs can be found by it."""
        return self._name(f"{self._label}-{word}")

    def _name(self, label: str) -> str:
        return f"{self._stage.world.prefix}-{as_name(label)}"

    def _payload(
        self,
        strategy: RetryStrategy,
        ends: tuple[int, ...],
        hold: bool,
        on_sigterm: OnSigterm,
        command: tuple[str, ...] | None,
    ) -> Payload:
        powers = self._stage.target.powers
        events = {code: exit_event(strategy, code) for code in {*ends, 137, 143}}
        if Power.RUNS not in powers:
            return unknown(ends)
        if command is not None:
            return plain(command, ends, events)
        if hold and Power.GATE in powers and self._stage.gate:
            return gated(self._stage.gate.path, ends, on_sigterm, events)
        return timed(self._stage.target.hold_s if hold else 0, ends, events)

    def _admit(
        self,
        job: Job,
        *,
        waits: bool,
        behind: Job | None,
        role: str,
        call: int | None,
        dependencies: frozenset[Event] = frozenset(),
        full: bool = False,
    ) -> None:
        knowledge = replace(
            job.payload.knowledge,
            dependencies=possible_ends(job.depends_on) if job.depends_on else dependencies,
            capacity=not full and (behind is None or not behind.payload.gated),
            may_time_out=job.may_time_out or self._stage.world.times_out,
        )
        job.record(
            Submitted(
                job=job.label,
                id=job.id,
                attempts=job.strategy.attempts,
                waits=waits,
                knowledge=knowledge,
                scenario=self._label,
                role=role,
                held=job.payload.gated,
                call=call,
                vouches=job.vouches,
            )
        )
        if not job.payload.gated:  # nothing holds it: it may end at any time
            job.ends_in = DEPENDENCY_EVENTS
        if Event.DEPENDENCY_FAILED in knowledge.dependencies or knowledge.may_time_out:
            job.ends_in |= {Event.DEPENDENCY_FAILED}
        for other in job.depends_on:
            other.dependents.append(job)
        if behind is not None:
            behind.blocks.append(job)
        self.jobs.append(job)
        if self._stage.gate:
            self._stage.gate.listen(job.id, job.reported)
        self._stage.watcher.watch(job)

    def submit_array(
        self,
        size: int = 2,
        *,
        attempts: int | None = None,
        entries: Iterable[Mapping[str, str]] = (),
        ends: tuple[int, ...] = (0,),
        hold: bool = False,
        command: tuple[str, ...] | None = None,
        depends_on: Iterable[Mapping[str, str]] = (),
        after: Array | None = None,
        role: str = "array",
        **request: Any,
    ) -> Array:
        """
        SubmitJob of an array, each child of which is a job with a monitor of its own.

        `depends_on` is as SubmitJob takes it; with N_TO_N `after` is the array that it names. `attempts`, `entries` and `ends`
        are those of each child (RETRY-33). A child enters PENDING when its parent spawns it, and need not show SUBMITTED
        (ARR-11), so a PENDING child is explained whether it waits for something or not.
        """
        given, strategy = _strategies(attempts, entries, self._stage.world.strategy)
        payload = self._payload(strategy, ends, hold, OnSigterm.DIE, command)
        label = f"{self._label}.{len(self.jobs) + 1}"
        usual = self.submission() | {"jobName": self._name(label), "arrayProperties": {"size": size}}
        usual["containerOverrides"] = {"command": list(payload.command)}
        on = [dict(entry) for entry in depends_on]
        answer, call = self._made({**usual, **given, **({"dependsOn": on} if on else {}), **request})
        children: list[Job] = []
        sequential = any(entry.get("type") == "SEQUENTIAL" and "jobId" not in entry for entry in on)
        for index in range(size):
            before = (after.children[index],) if after else tuple(children[-1:]) if sequential else ()
            child = Job(
                label=f"{label}:{index}",
                id=child_id(answer["jobId"], index),
                strategy=strategy,
                payload=payload,
                **self._stage.of_jobs,
                depends_on=before,
                may_time_out="timeout" in request,
            )
            children.append(child)
            dependencies = DEPENDENCY_EVENTS if on and not sequential and after is None else MET
            self._admit(child, waits=True, behind=None, role=role, call=call, dependencies=dependencies)
        return Array(label, answer["jobId"], tuple(children))


def _strategies(
    attempts: int | None, entries: Iterable[Mapping[str, str]], given: RetryStrategy
) -> tuple[dict[str, Any], RetryStrategy]:
    """What a request says of its retryStrategy, and the one that then counts: `given` where the request has none."""
    if attempts is None:
        return {}, given
    strategy = {"attempts": attempts, **({"evaluateOnExit": list(entries)} if entries else {})}
    return {"retryStrategy": strategy}, retrying.parse(strategy) or given


def _consumed(quantities: Mapping[str, int]) -> dict[str, Any]:
    """`consumableResourceProperties` with these quantities."""
    entries = [{"consumableResource": name, "quantity": quantity} for name, quantity in quantities.items()]
    return {"consumableResourceList": entries}


def as_name(label: str) -> str:
    """
    A label of the history as a job name (ERR-03). The second try of a rule has names that its first has not.

    >>> as_name("simple/CANCEL-07.1"), as_name("CANCEL-07+2")
    ('simple-CANCEL-07-1', 'CANCEL-07_2')
    """
    return re.sub(r"[^A-Za-z0-9_-]", "-", label.replace("+", "_"))


def possible_ends(jobs: Iterable[Job]) -> frozenset[str]:
    """How a dependency on all of these jobs may turn out, as far as they have been let go."""
    jobs = list(jobs)
    found = set[str]()
    if jobs and all("dependencies_met" in job.ends_in for job in jobs):
        found.add("dependencies_met")
    if any("dependency_failed" in job.ends_in for job in jobs):
        found.add("dependency_failed")
    return frozenset(found)
