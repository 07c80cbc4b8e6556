"""What a run creates on a target: queues, compute environments and a job definition, all with one prefix.

The *open* queue has room for everything. A *narrow* queue has room for one job, so that a job which the kit holds
there keeps all others RUNNABLE; each scenario gets its own. Where the target names a queue and a definition to use,
nothing is created.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...model import attempts as retrying
from ...model.attempts import RetryStrategy
from ..judging.answers import Meaning, told
from ..judging.outcome import Absent, Refusal, Unclear
from ..targets.target import Target
from .calls import Calls
from .deleting import deleted
from .made import Made

ROOM_VCPUS = 4096  # more jobs than a run ever has at once


class Unprovided(Exception):
    """The target does not let the kit create what it needs; the text says what to do about it."""


@dataclass
class World:
    """
    The names that a run uses. Create it with `provide`.

    strategy    what the job definition gives to a job that is submitted without one (RETRY-04)
    times_out   whether it gives a timeout
    """

    target: Target
    made: Made
    set_up: Calls
    clean_up: Calls
    queue: str
    definition: str
    prefix: str
    strategy: RetryStrategy = RetryStrategy()
    times_out: bool = False
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    _queues: list[str] = field(default_factory=list)
    _environments: list[str] = field(default_factory=list)
    _definitions: list[str] = field(default_factory=list)
    _for_nodes: str | None = None
    _others: list[tuple[str, str, str]] = field(default_factory=list)
    _free: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def narrow_queue(self) -> tuple[str, str]:
        """A new queue with room for one job of one vCPU, and the name of its compute environment."""
        return self._queue_with_room(1)

    def multinode_queue(self) -> str:
        """The one queue of the run in which multi-node jobs can run, made when it is asked for first (MNP-10)."""
        with self._lock:
            if self._for_nodes is None:
                self._for_nodes = self._queue_with_room(ROOM_VCPUS, kinds=(_managed("EC2", ROOM_VCPUS),))[0]
            return self._for_nodes

    def own_queue(self, vcpus: int = 1, **more: Any) -> tuple[str, str]:
        """
        A new queue with so much room, and the name of its compute environment; `more` are further members of its request.

        Raises Absent where the run was told which queue to use.
        """
        if self.target.queue:
            raise Absent(f"the kit was told to use the queue {self.target.queue}, and makes no other")
        return self._queue_with_room(vcpus, **more)

    def environments(self, number: int, vcpus: int = 1) -> dict[str, str]:
        """So many new compute environments, each with so much room: their ARNs by name."""
        names = [f"{self.prefix}-{next(self._numbers)}" for _ in range(number)]
        return {name: self._environment(name, vcpus) for name in names}

    def policy(self, calls: Calls) -> str:
        """The ARN of a new fair-share scheduling policy, in which each share counts the same."""
        name = f"{self.prefix}-{next(self._numbers)}"
        self.made.will("scheduling policy", name)
        share = {"shareIdentifier": "red", "weightFactor": 1.0}
        arn = calls.call("create_scheduling_policy", name=name, fairsharePolicy={"shareDistribution": [share]})["arn"]
        self.made.made("scheduling policy", name, arn)
        self._others.append(("scheduling policy", name, arn))
        return arn

    def consumable(self, calls: Calls, total: int, kind: str = "REPLENISHABLE") -> str:
        """The name of a new consumable resource."""
        name = f"{self.prefix}-{next(self._numbers)}"
        self.made.will("consumable resource", name)
        request = {"consumableResourceName": name, "totalQuantity": total, "resourceType": kind}
        arn = calls.call("create_consumable_resource", **request).get("consumableResourceArn", "")
        self.made.made("consumable resource", name, str(arn))
        self._others.append(("consumable resource", name, name))
        return name

    def gone(self, kind: str, name: str) -> None:
        """Somebody else has deleted it."""
        self.made.gone(kind, name)
        if kind == "job queue":
            self._queues.remove(name)

    def borrowed_narrow_queue(self) -> tuple[str, str]:
        """The same, or one that was given back: nothing is in it."""
        with self._lock:
            if self._free:
                return self._free.pop()
        return self.narrow_queue()

    def give_back(self, queue: str, environment: str) -> None:
        """Nothing is left in this narrow queue, and its environment is enabled: somebody else may borrow it."""
        with self._lock:
            self._free.append((queue, environment))

    def hold_placements(self, environment: str) -> None:
        """Disable a compute environment: nothing new is placed there, what runs goes on (Q-03)."""
        self.set_up.call("update_compute_environment", computeEnvironment=environment, state="DISABLED")

    def let_place(self, environment: str) -> None:
        """Enable it again."""
        self.set_up.call("update_compute_environment", computeEnvironment=environment, state="ENABLED")

    def register(self, calls: Calls, name: str, **more: Any) -> str:
        """
        Register a job definition with this name, and return `NAME:REVISION`.

        `more` are further members of the request, or others than the usual ones; None leaves one out.
        """
        request = self._definition(name, more)

        def found() -> dict[str, Any] | None:
            return next(iter(calls.every("describe_job_definitions", jobDefinitionName=name, status="ACTIVE")), None)

        answer = _made(calls, "register_job_definition", request, found)
        definition = f"{answer['jobDefinitionName']}:{answer['revision']}"
        self.made.made("job definition", name, definition)
        return definition

    def may_register(self, calls: Calls, name: str, **more: Any) -> Refusal | None:
        """The refusal of a job definition that may be refused; None where it was registered."""
        is_new = name not in self._definitions
        refusal = calls.refusal("register_job_definition", **self._definition(name, more))
        if refusal is not None and is_new:
            self.made.gone("job definition", name)
            self._definitions.remove(name)
        return refusal

    def _definition(self, name: str, more: dict[str, Any]) -> dict[str, Any]:
        self.made.will("job definition", name)
        if name not in self._definitions:
            self._definitions.append(name)
        role = self.target.execution_role
        container = {**CONTAINER, **({"executionRoleArn": role} if role else {})}
        request = {"jobDefinitionName": name, "type": "container", "containerProperties": container, **more}
        return {member: value for member, value in request.items() if value is not None}

    def learn(self) -> None:
        """What the user's own job definition says of tries and timeouts: jobs are judged by that."""
        name = self.definition
        by = {"jobDefinitions": [name]} if ":" in name else {"jobDefinitionName": name, "status": "ACTIVE"}
        found = self.set_up.every("describe_job_definitions", **by)
        if newest := max(found, key=lambda one: one.get("revision") or 0, default=None):
            given = newest.get("retryStrategy") or {}
            if given.get("attempts"):
                self.strategy = retrying.parse(given) or self.strategy
            self.times_out = bool((newest.get("timeout") or {}).get("attemptDurationSeconds"))

    def close(self) -> None:
        """Delete what was created, and nothing else, as far as the service lets us: one failure does not end it."""
        made = [("job queue", name) for name in self._queues]
        made += [("compute environment", name) for name in self._environments]
        made += [("job definition", name) for name in self._definitions]
        for kind, name in made:
            if deleted(self.clean_up, kind, name):
                self.made.gone(kind, name)
        for kind, name, id in self._others:
            if deleted(self.clean_up, kind, id):
                self.made.gone(kind, name)

    def _queue_with_room(self, vcpus: int, *, kinds: tuple[dict[str, Any], ...] = (), **more: Any) -> tuple[str, str]:
        name = f"{self.prefix}-{next(self._numbers)}"
        self._queue(name, [self._environment(name, vcpus, kinds)], **more)
        return name, name

    def _queue(self, name: str, environments: list[str], **more: Any) -> None:
        self.made.will("job queue", name)
        self._queues.append(name)
        order = [{"order": place, "computeEnvironment": each} for place, each in enumerate(environments, start=1)]
        request = {"jobQueueName": name, "priority": 1, "state": "ENABLED", "computeEnvironmentOrder": order, **more}

        def found() -> dict[str, Any] | None:
            return next(iter(self.set_up.every("describe_job_queues", jobQueues=[name])), None)

        answer = _made(self.set_up, "create_job_queue", request, found)
        self.made.made("job queue", name, str(answer.get("jobQueueArn", "")))

    def _environment(self, name: str, vcpus: int, kinds: tuple[dict[str, Any], ...] = ()) -> str:
        """A compute environment of the first of these kinds that the service accepts, by default of any that has room."""
        kinds = kinds or ({"type": "UNMANAGED", "unmanagedvCpus": vcpus}, _managed("FARGATE", vcpus))
        role = self.target.service_role
        request: dict[str, Any] = {"computeEnvironmentName": name, "state": "ENABLED"}
        request |= {"serviceRole": role} if role else {}
        self.made.will("compute environment", name)
        self._environments.append(name)

        def found() -> dict[str, Any] | None:
            return next(iter(self.set_up.every("describe_compute_environments", computeEnvironments=[name])), None)

        refusal: Refusal | None = None
        for kind in kinds:
            try:
                answer = _made(self.set_up, "create_compute_environment", {**request, **kind}, found)
                self.made.made("compute environment", name, answer["computeEnvironmentArn"])
                return answer["computeEnvironmentArn"]
            except Refusal as reason:
                refusal = reason
        self.made.gone("compute environment", name)
        self._environments.remove(name)
        assert refusal is not None
        raise refusal


def _managed(kind: str, vcpus: int) -> dict[str, Any]:
    """What a MANAGED compute environment of this kind is made with."""
    own = {} if kind == "FARGATE" else {"minvCpus": 0, "instanceTypes": ["optimal"], "instanceRole": "ecsInstanceRole"}
    network = {"subnets": ["subnet-00000000"], "securityGroupIds": ["sg-00000000"]}
    return {"type": "MANAGED", "computeResources": {"type": kind, "maxvCpus": vcpus, **own, **network}}


def _made(
    calls: Calls, operation: str, request: dict[str, Any], found: Callable[[], dict[str, Any] | None]
) -> dict[str, Any]:
    """What was made, by its answer; or by looking for it, where nobody knows what became of the request."""
    said = ""
    for _ in range(TRIES):
        reply = calls.send(operation, request)
        if reply.meaning is not Meaning.FAULT:
            return calls.answer(reply)
        if (there := found()) is not None:
            return there
        said = told(reply.got)
    raise Unclear(f"{operation} was not judged in {TRIES} tries: {said}")


def provide(target: Target, made: Made, set_up: Calls, clean_up: Calls) -> World:
    """
    Create what the run needs on the target, or take the names that the target gives.

    Raises Unprovided with what the service answered.
    """
    prefix = f"batchproof-{target.chance.getrandbits(32):08x}"
    world = World(target, made, set_up, clean_up, target.queue or "", target.definition or "", prefix)
    try:
        if target.definition:
            world.learn()
        else:
            world.definition = world.register(set_up, prefix)
        if not target.queue:
            world.queue, _ = world._queue_with_room(ROOM_VCPUS)
    except (AttributeError, KeyError, TypeError, ValueError) as reason:
        world.close()
        raise Unprovided(
            f"{target.title} answered RegisterJobDefinition, CreateComputeEnvironment or CreateJobQueue with success and "
            f"without what the answer promises ({reason!r}): it does not speak Batch. Where it does apart from these, "
            "name an existing queue and job definition with --queue and --job-definition."
        ) from reason
    except Unclear as reason:
        world.close()
        advice = ""
        if "CERTIFICATE_VERIFY_FAILED" in str(reason):
            advice = ". Name the certificates by which it is known with --ca-bundle, or AWS_CA_BUNDLE"
        raise Unprovided(f"{target.title} does not answer: {reason}{advice}") from reason
    except (Refusal, Absent) as reason:
        world.close()
        raise Unprovided(
            f"{target.title} did not let the kit create its queue and job definition: {reason}. "
            "Name existing ones with --queue and --job-definition, or an IAM role with --service-role where one is required."
        ) from reason
    except BaseException:  # Ctrl-C, most often
        world.close()
        raise
    return world


TRIES = 5
"""So often something is made anew, where nobody knows what became of the request and it is not there."""

CONTAINER: dict[str, Any] = {
    "image": "busybox",
    "command": ["true"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
}
