"""What a run creates on a target: queues, compute environments and a job definition, all with one prefix.

The *open* queue has room for everything. A *narrow* queue has room for one job, so that a job which the kit holds
there keeps all others RUNNABLE; each scenario gets its own. Where the target names a queue and a definition to use,
nothing is created.
"""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
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
from .made import Made
from .wire import Wire

ROOM_VCPUS = 4096  # more jobs than a run ever has at once

SET_UP, CLEAN_UP = "set-up", "clean-up"
"""On whose behalf the world calls, as the history has it."""


Call = Callable[..., dict[str, Any]]
"""Makes a call by the name of its boto3 method."""


class Unprovided(Exception):
    """The target does not let the kit create what it needs; the text says what to do about it."""


@dataclass
class World:
    """The names that a run uses. Create it with `provide`."""

    target: Target
    wire: Wire
    made: Made
    queue: str
    definition: str
    prefix: str
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    _queues: list[str] = field(default_factory=list)
    _definitions: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def narrow_queue(self) -> tuple[str, str]:
        """A new queue with room for one job of one vCPU, and the name of its compute environment."""
        return self._queue_with_room(1)

    def hold_placements(self, environment: str) -> None:
        """Disable a compute environment: nothing new is placed there, what runs goes on (Q-03)."""
        self.wire.call(SET_UP, "update_compute_environment", computeEnvironment=environment, state="DISABLED")

    def register(self, call: Call, name: str, **more: Any) -> str:
        """
        Register a job definition with this name through `call`, and return `NAME:REVISION`.

        `more` are further members of the request, or others than the usual ones.
        """
        self.made.will("job definition", name)
        request = {"jobDefinitionName": name, "type": "container", "containerProperties": CONTAINER, **more}
        answer = call("register_job_definition", **request)
        definition = f"{answer['jobDefinitionName']}:{answer['revision']}"
        self.made.made("job definition", name, definition)
        with self._lock:
            self._definitions.append((name, definition))
        return definition

    def close(self) -> None:
        """Delete what was created, and nothing else, as far as the service lets us: one failure does not end it."""
        for queue in self._queues:
            off = self._cleaned("update_job_queue", jobQueue=queue, state="DISABLED")
            if off and self._cleaned("delete_job_queue", jobQueue=queue):
                self.made.gone("job queue", queue)
        for environment in self._queues:
            off = self._cleaned("update_compute_environment", computeEnvironment=environment, state="DISABLED")
            if off and self._cleaned("delete_compute_environment", computeEnvironment=environment):
                self.made.gone("compute environment", environment)
        for name, definition in self._definitions:
            if self._cleaned("deregister_job_definition", jobDefinition=definition):
                self.made.gone("job definition", name)

    def _cleaned(self, operation: str, **request: Any) -> bool:
        try:
            self.wire.call(CLEAN_UP, operation, **request)
            return True
        except (ClientError, BotoCoreError, AttributeError, KeyError, TypeError, ValueError):
            return False  # it stays in the list of what was made

    def _queue_with_room(self, vcpus: int) -> tuple[str, str]:
        name = f"{self.prefix}-{next(self._numbers)}"
        self.made.will("compute environment", name)
        arn = self._environment(name, vcpus)
        self.made.made("compute environment", name, arn)
        self.made.will("job queue", name)
        order = [{"order": 1, "computeEnvironment": arn}]
        request: dict[str, Any] = {
            "jobQueueName": name,
            "priority": 1,
            "state": "ENABLED",
            "computeEnvironmentOrder": order,
        }
        answer = self.wire.call(SET_UP, "create_job_queue", **request)
        self.made.made("job queue", name, str(answer.get("jobQueueArn", "")))
        with self._lock:
            self._queues.append(name)
        return name, name

    def _environment(self, name: str, vcpus: int) -> str:
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
        role = self.target.service_role
        request: dict[str, Any] = {"computeEnvironmentName": name, "state": "ENABLED"}
        refusal: Exception | None = None
        for kind in kinds:
            more: dict[str, Any] = {"serviceRole": role} if role else {}
            try:
                answer = self.wire.call(SET_UP, "create_compute_environment", **request, **kind, **more)
                return answer["computeEnvironmentArn"]
            except ClientError as reason:
                refusal = reason
        assert refusal is not None
        raise refusal


def provide(target: Target, wire: Wire, made: Made) -> World:
    """
    Create what the run needs on the target, or take the names that the target gives.

    Raises Unprovided with what the service answered.
    """
    prefix = f"batchproof-{uuid.uuid4().hex[:8]}"
    world = World(target, wire, made, target.queue or "", target.definition or "", prefix)
    try:
        if not target.definition:
            world.definition = world.register(partial(wire.call, SET_UP), prefix)
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
