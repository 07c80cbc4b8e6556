"""Lives of a demon that are steered to one move of the table: the demon is told what to wish for, and a client does the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from batchproof.conformance.demon.choices import Choices, Freely
from batchproof.conformance.demon.demon import Demon
from batchproof.conformance.demon.operations import handle
from batchproof.conformance.demon.watching import QUICK
from batchproof.conformance.payload import GATED
from batchproof.model.event import Event
from batchproof.model.explore import Edge, Graph
from batchproof.model.machine import Configuration
from batchproof.model.status import RUNNING

CODES = {Event.EXIT_ZERO: 0, Event.EXIT_ZERO_OVERRULED: 0, Event.EXIT_RETRY: 1, Event.EXIT_FINAL: 9}
TIMEOUT_MS = 60_000
SLOW = replace(QUICK, stop=90_000, grace=90_000)
"""A stop that takes so long that a timeout may come before it."""

TURNS = 200  # no life to one move takes nearly as many


class Steered:
    """One life, on its way to one edge of the graph. `arrived` says whether that was taken."""

    def __init__(self, choices: Choices, graph: Graph, edge: Edge) -> None:
        events = (*graph.prefixes[edge.source], edge.event)
        self.waits = (
            graph.life(events, waits=True)[-2:-1] == [graph.configurations[edge.source]]
            if _walks(graph, events, waits=True)
            else False
        )
        path = graph.life(events, waits=self.waits)
        self.events = events
        self.goal = (graph.configurations[edge.source], edge.event)
        self.choices = choices
        choices.wish = dict(zip(path, events, strict=False))
        self.demon = Demon(choices, Freely(SLOW, hosts_lost=True), graph.readings)
        self._call("RegisterJobDefinition", jobDefinitionName="d", type="container")
        self._call("CreateComputeEnvironment", computeEnvironmentName="e", type="UNMANAGED", unmanagedvCpus=9)
        order = [{"order": 1, "computeEnvironment": "e"}]
        self._call("CreateJobQueue", jobQueueName="q", priority=1, computeEnvironmentOrder=order)
        wish, choices.wish = choices.wish, {}
        self.dependency = self._submit(attempts=1) if self.waits else None
        while self.dependency and not self.demon.waits(self.dependency, 1) and not self._job(self.dependency).is_over:
            self.demon.advance(self.demon.next_ms or 0)
        choices.wish = wish
        on = [{"jobId": self.dependency}] if self.dependency else []
        timeout: dict[str, Any] = {"timeout": {"attemptDurationSeconds": 60}} if Event.TIME_OUT in events else {}
        self.id = self._submit(attempts=graph.attempts, entries=self._entries(), dependsOn=on, **timeout)

    def _entries(self) -> list[dict[str, str]]:
        entries = [{"action": "EXIT", "onExitCode": "9"}]
        if Event.FAULT_FINAL in self.events:
            text = "Task failed*" if Event.HOST_LOST in self.events else "Host EC2*"
            entries.append({"action": "EXIT", "onStatusReason": text})
        return entries

    def _call(self, operation: str, **asked: Any) -> dict[str, Any]:
        return handle(self.demon, operation, asked, self.demon.agenda.now_ms)

    def _submit(self, *, attempts: int, entries: Any = (), **asked: Any) -> str:
        return self._call(
            "SubmitJob",
            jobName="j",
            jobQueue="q",
            jobDefinition="d",
            retryStrategy={"attempts": attempts, "evaluateOnExit": list(entries)},
            containerOverrides={"command": ["python", "-c", GATED, "gate", "ignore"]},
            **asked,
        )["jobId"]

    def _job(self, job_id: str):
        return self.demon.jobs[job_id]

    @property
    def at(self) -> Configuration:
        return self._job(self.id).at

    @property
    def arrived(self) -> bool:
        return self.choices.taken[self.goal] > 0

    def run(self) -> bool:
        """Whether the goal was reached."""
        for _ in range(TURNS):
            wished = self.choices.wish.get(self.at)
            if self.arrived or wished is None:
                break
            if not self._act(wished):
                if self.demon.next_ms is None:
                    break
                self.demon.advance(self.demon.next_ms)
        self.choices.wish = {}
        return self.arrived

    def _act(self, wished: Event) -> bool:
        """Do what a client can do for a wish; False where it is to wait."""
        job, attempt = self._job(self.id), self.at.memory.attempt
        if self.at.status is RUNNING and Event.TIME_OUT in self.events and not self.at.memory.timed_out:
            began_ms = job.pictures[-1].started_ms or 0
            if not job.life.world.may_time_out:
                self.demon.advance(began_ms + TIMEOUT_MS)
                return True
        if wished in (Event.CANCEL, Event.TERMINATE):
            self._call(f"{wished.title()}Job", jobId=self.id, reason="why")
            return True
        if wished in CODES and self.demon.waits(self.id, attempt):
            return self.demon.release(self.id, attempt, CODES[wished])
        if wished in (Event.DEPENDENCIES_MET, Event.DEPENDENCY_FAILED) and self.dependency:
            return self.demon.release(self.dependency, 1, 0 if wished is Event.DEPENDENCIES_MET else 1)
        return False


def _walks(graph: Graph, events: tuple[Event, ...], *, waits: bool) -> bool:
    """Whether these events can follow each other from this submission."""
    try:
        graph.life(events, waits=waits)
    except KeyError:
        return False
    return True
