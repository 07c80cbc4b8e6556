"""What a run creates on a target: queues, compute environments and a job definition, all with one prefix.

The *open* queue has room for everything. A *narrow* queue has room for one job, so that a job which the kit holds
there keeps all others RUNNABLE; each scenario gets its own. Where the target names a queue and a definition to use,
nothing is created.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from ..targets.target import Target

ROOM_VCPUS = 4096  # more jobs than a run ever has at once


class Unprovided(Exception):
    """The target does not let the kit create what it needs; the text says what to do about it."""


@dataclass
class World:
    """The names that a run uses. Create it with `provide`."""

    target: Target
    queue: str
    definition: str
    prefix: str
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    _made: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def narrow_queue(self) -> tuple[str, str]:
        """A new queue with room for one job of one vCPU, and the name of its compute environment."""
        return self._queue_with_room(1)

    def hold_placements(self, environment: str) -> None:
        """Disable a compute environment: nothing new is placed there, what runs goes on (Q-03)."""
        self.target.client().update_compute_environment(computeEnvironment=environment, state="DISABLED")

    def close(self) -> None:
        """Delete what was created, as far as the service lets us; a target that is thrown away needs none of it."""
        client = self.target.client()
        with contextlib.suppress(ClientError, BotoCoreError):
            for queue, _ in self._made:
                client.update_job_queue(jobQueue=queue, state="DISABLED")
                client.delete_job_queue(jobQueue=queue)
            for _, environment in self._made:
                client.update_compute_environment(computeEnvironment=environment, state="DISABLED")
                client.delete_compute_environment(computeEnvironment=environment)
            if self._made:
                client.deregister_job_definition(jobDefinition=self.definition)

    def _queue_with_room(self, vcpus: int) -> tuple[str, str]:
        client, number = self.target.client(), next(self._numbers)
        name = f"{self.prefix}-{number}"
        arn = _environment(client, name, vcpus, self.target)
        client.create_job_queue(
            jobQueueName=name,
            priority=1,
            state="ENABLED",
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": arn}],
        )
        with self._lock:
            self._made.append((name, name))
        return name, name


def provide(target: Target) -> World:
    """
    Create what the run needs on the target, or take the names that the target gives.

    Raises Unprovided with what the service answered.
    """
    prefix = f"batchproof-{uuid.uuid4().hex[:8]}"
    world = World(target, target.queue or "", target.definition or "", prefix)
    try:
        if not target.definition:
            answer = target.client().register_job_definition(
                jobDefinitionName=prefix, type="container", containerProperties=CONTAINER
            )
            world.definition = f"{answer['jobDefinitionName']}:{answer['revision']}"
        if not target.queue:
            world.queue, _ = world._queue_with_room(ROOM_VCPUS)
    except (ConnectionClosedError, EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError) as reason:
        raise Unprovided(f"{target.title} does not answer: {reason}") from reason
    except (AttributeError, KeyError, TypeError, ValueError) as reason:
        raise Unprovided(
            f"{target.title} answered RegisterJobDefinition, CreateComputeEnvironment or CreateJobQueue with success and "
            f"without what the answer promises ({reason!r}): it does not speak Batch. Where it does apart from these, "
            "name an existing queue and job definition with --queue and --job-definition."
        ) from reason
    except (ClientError, BotoCoreError) as reason:
        raise Unprovided(
            f"{target.title} did not let the kit create its queue and job definition: {reason}. "
            "Name existing ones with --queue and --job-definition."
        ) from reason
    return world


CONTAINER: dict[str, Any] = {
    "image": "busybox",
    "command": ["true"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
}


def _environment(client: Any, name: str, vcpus: int, target: Target) -> str:
    """A compute environment of the first kind that the service accepts."""
    kinds: tuple[dict[str, Any], ...] = (
        {"type": "UNMANAGED", "unmanagedvCpus": vcpus},
        {
            "type": "MANAGED",
            "computeResources": {
                "type": "FARGATE",
                "maxvCpus": vcpus,
                "subnets": ["subnet-00000000"],
                "securityGroupIds": ["sg-00000000"],
            },
        },
    )
    refusal: Exception | None = None
    for kind in kinds:
        extra = {"serviceRole": target.service_role} if target.service_role else {}
        try:
            answer = client.create_compute_environment(computeEnvironmentName=name, state="ENABLED", **kind, **extra)
            return answer["computeEnvironmentArn"]
        except ClientError as reason:
            refusal = reason
    assert refusal is not None
    raise refusal
