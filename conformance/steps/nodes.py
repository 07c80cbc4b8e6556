"""Multi-node jobs: the job is followed as its main node is; of the other nodes what they report at the gate is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...model import attempts as retrying
from ...model.attempts import RetryStrategy
from ...model.event import DEPENDENCY_EVENTS, FAULTS
from ...model.knowledge import Knowledge
from ...model.multinode import node_id
from ..judging.happenings import Submitted
from ..payload import OnSigterm
from .calls import Calls
from .job import Job
from .stage import Stage
from .submitting import Submitting
from .world import CONTAINER

SOME = 10
"""Lives that a node may have, one for each attempt of its job."""


@dataclass(frozen=True)
class Nodes:
    """
    A submitted multi-node job.

    job      the job, which has its main node's life (MNP-05, MNP-07); its reports are those of the main node
    others   its other nodes by their index, as far as they report at the gate: no monitor follows these
    count, main   how many nodes it has, and which is the main one
    """

    job: Job
    others: Mapping[int, Job]
    count: int
    main: int

    def id(self, index: int) -> str:
        """The id of one node (MNP-01)."""
        return node_id(self.job.id, index)

    @property
    def ids(self) -> list[str]:
        """The ids of all nodes."""
        return [self.id(index) for index in range(self.count)]


class SubmittingNodes:
    """Submits the multi-node jobs of one scenario. `others` has their nodes but the main ones."""

    def __init__(self, stage: Stage, label: str, calls: Calls, submitting: Submitting) -> None:
        self._stage, self._label, self._calls, self._submitting = stage, label, calls, submitting
        self.others: list[Job] = []

    def submit_nodes(
        self,
        count: int = 2,
        *,
        main: int = 0,
        attempts: int | None = None,
        ends: tuple[int, ...] = (0,),
        hold: bool = True,
        command: tuple[str, ...] | None = None,
        **more: Any,
    ) -> Nodes:
        """
        A multi-node job of so many nodes, by a job definition of its own, and SubmitJob of it in the queue for such jobs.

        The main node holds and ends as `submit` says of a job; the other nodes do the same, and nobody follows them.
        """
        world, by = self._stage.world, self._submitting
        strategy = retrying.parse({"attempts": attempts}) if attempts is not None else None
        parsed = strategy or RetryStrategy()
        payload = by._payload(parsed, ends, hold, OnSigterm.DIE, command)
        label = f"{self._label}.{len(by.jobs) + 1}"
        properties = nodes_of(count, main, list(payload.command))
        definition = world.register(
            self._calls,
            by._name(f"{label}-nodes"),
            type="multinode",
            containerProperties=None,
            nodeProperties=properties,
        )
        request = {
            "jobName": by._name(label),
            "jobQueue": world.multinode_queue(),
            "jobDefinition": definition,
            **({"retryStrategy": {"attempts": attempts}} if attempts is not None else {}),
            **more,
        }
        answer, call = by._made(request)
        stage = self._stage.of_jobs
        id, times_out = answer["jobId"], "timeout" in more
        job = Job(label, id, parsed, payload, at_gate=node_id(id, main), may_time_out=times_out, **stage)
        others = {
            index: Job(f"{label}#{index}", node_id(id, index), RetryStrategy(SOME), payload, **stage)
            for index in range(count)
            if index != main
        }
        for index, node in others.items():
            self._report(node, index, call)
        by._admit(job, waits=False, behind=None, role="job", call=call)
        if self._stage.gate:
            self._stage.gate.listen(job.at_gate, job.reported)
        return Nodes(job, others, count, main)

    def _report(self, node: Job, index: int, call: int) -> None:
        """From now on what a node says at the gate is written down; whatever it says is possible."""
        node.record(
            Submitted(
                job=node.label,
                id=node.id,
                attempts=SOME,
                waits=True,
                knowledge=Knowledge(dependencies=DEPENDENCY_EVENTS, may_time_out=True, faults=FAULTS),
                scenario=self._label,
                role="node",
                held=node.payload.gated,
                call=call,
                node=index,
            )
        )
        self.others.append(node)
        if self._stage.gate:
            self._stage.gate.listen(node.id, node.reported)


def nodes_of(count: int, main: int, command: list[str], **container: Any) -> dict[str, Any]:
    """`nodeProperties` of a definition whose nodes are all alike."""
    properties = {**CONTAINER, "command": command, **container}
    return {
        "numNodes": count,
        "mainNode": main,
        "nodeRangeProperties": [{"targetNodes": f"0:{count - 1}", "container": properties}],
    }
