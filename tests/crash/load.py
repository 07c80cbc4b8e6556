"""Submits what `orders.py` describes, and goes on while the server comes and goes. It notes what was acknowledged."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from batchproof.model.arrays import child_id
from batchproof.model.dependencies import Waits
from batchproof.model.multinode import node_id
from tests.crash.orders import KINDS, ORDERS, Order

QUEUE, CROWDED = "quickstart", "crowded"
CROWDED_VCPUS = 3
RECENT = 30
"""So many submissions back a dependency is looked for."""


@dataclass(frozen=True)
class Accepted:
    """One acknowledged submission. `size` is the number of children or nodes."""

    order: Order
    waits: Waits
    size: int = 0

    def members(self, job_id: str) -> list[str]:
        """The ids of its children or nodes."""
        name = {"array": child_id, "nodes": node_id}.get(self.order.form)
        return [name(job_id, index) for index in range(self.size)] if name is not None else []


@dataclass
class Load:
    """`accepted` are the submissions acknowledged, by job id; `stops` when a stop of a job was first acknowledged (ms)."""

    port: int
    runs: Path
    jobs: int
    chance: random.Random
    accepted: dict[str, Accepted] = field(default_factory=dict)
    stops: dict[tuple[str, str], int] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)
    _due: list[tuple[float, str, str]] = field(default_factory=list)

    def prepare(self) -> None:
        """A queue in which there is not room for all, and a definition for jobs of several nodes."""
        managed = {"type": "EC2", "maxvCpus": CROWDED_VCPUS, "subnets": ["s"], "securityGroupIds": ["g"]}
        self.call(
            "createcomputeenvironment",
            {"computeEnvironmentName": CROWDED, "type": "MANAGED", "computeResources": managed},
        )
        order = [{"order": 1, "computeEnvironment": CROWDED}]
        self.call("createjobqueue", {"jobQueueName": CROWDED, "priority": 1, "computeEnvironmentOrder": order})
        for kind in sorted({order.kind for order in ORDERS if order.form == "nodes"} | {"main succeeds at last"}):
            container = {"image": "i", "vcpus": 1, "memory": 128, **self._process(kind)}
            ranges = [{"targetNodes": "0:", "container": container}]
            self.call(
                "registerjobdefinition",
                {
                    "jobDefinitionName": _name(kind),
                    "type": "multinode",
                    "nodeProperties": {"numNodes": CROWDED_VCPUS, "mainNode": 1, "nodeRangeProperties": ranges},
                },
            )

    def submit_all(self, paced: Callable[[int], None]) -> None:
        """Submit `jobs` of them, one after each return of `paced(number)`, and stop those that are to be stopped."""
        while len(self.accepted) < self.jobs:
            paced(len(self.accepted))
            self._submit(self.chance.choices(ORDERS, [order.weight for order in ORDERS])[0])
            self._stop_those_due(time.monotonic())
        while self._due:
            self._stop_those_due(time.monotonic())
            time.sleep(0.01)

    def ids(self) -> Iterator[str]:
        """Every job, child and node that an acknowledged submission makes."""
        for job_id, accepted in list(self.accepted.items()):
            yield job_id
            yield from accepted.members(job_id)

    def describe(self, ids: list[str]) -> list[dict[str, Any]]:
        return [
            job
            for begin in range(0, len(ids), 100)
            for job in self.call("describejobs", {"jobs": ids[begin : begin + 100]})["jobs"]
        ]

    def call(self, path: str, body: dict[str, Any]) -> Any:
        """Ask until there is an answer: the server may be away."""
        while True:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("POST", f"/v1/{path}", json.dumps(body), {"Content-Type": "application/json"})
                reply = connection.getresponse()
                content = reply.read()
                if reply.status != 200:
                    self.wrong.append(f"{path} was answered with {reply.status}: {content.decode()}")
                return json.loads(content)
            except (OSError, HTTPException):
                time.sleep(0.02)
            finally:
                connection.close()

    def _submit(self, order: Order) -> str:
        after = [self._recent(other) or self._submit(other) for other in order.after]
        size = {"job": 0, "array": self.chance.randint(2, 5), "nodes": CROWDED_VCPUS}[order.form]
        if order.n_to_n:
            size = self.accepted[after[0]].size
        depends_on = [{"jobId": job, **({"type": "N_TO_N"} if order.n_to_n else {})} for job in after]
        if order.sequential:
            depends_on.append({"type": "SEQUENTIAL"})
        request: dict[str, Any] = {
            "jobName": f"job-{len(self.accepted)}",
            "jobQueue": CROWDED if order.crowded else QUEUE,
            "jobDefinition": _name(order.kind) if order.form == "nodes" else QUEUE,
            "dependsOn": depends_on,
            "retryStrategy": {"attempts": KINDS[order.kind].attempts},
        }
        if order.form != "nodes":
            request["containerOverrides"] = self._process(order.kind)
        if order.form == "array":
            request["arrayProperties"] = {"size": size}
        job_id = self.call("submitjob", request)["jobId"]
        whole, n_to_n = ((), tuple(after)) if order.n_to_n else (tuple(after), ())
        self.accepted[job_id] = Accepted(order, Waits(whole, n_to_n, order.sequential), size)
        for halt in order.halts:
            target = job_id if halt.whole else child_id(job_id, self.chance.randrange(size))
            self._due.append((time.monotonic() + self.chance.random() * halt.within_s, halt.operation, target))
        return job_id

    def _recent(self, order: Order) -> str | None:
        """One that was submitted as this one is; of two equal cases one is to be new."""
        recent = [job for job in list(self.accepted)[-RECENT:] if self.accepted[job].order == order]
        return self.chance.choice([*recent, None]) if recent else None

    def _process(self, kind: str) -> dict[str, Any]:
        environment = [{"name": "RUNS", "value": str(self.runs)}]
        return {"command": ["bash", "-c", KINDS[kind].script], "environment": environment}

    def _stop_those_due(self, now_s: float) -> None:
        due = [stop for stop in self._due if stop[0] <= now_s]
        self._due = [stop for stop in self._due if stop[0] > now_s]
        for _, operation, job_id in due:
            self.call(operation, {"jobId": job_id, "reason": "enough"})
            self.stops.setdefault((operation, job_id), time.time_ns() // 1_000_000)


def _name(kind: str) -> str:
    return kind.replace(" ", "-")
