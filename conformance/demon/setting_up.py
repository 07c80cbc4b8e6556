"""What is there before any job: job definitions, compute environments and queues, made, changed and deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...model import attempts, multinode
from ...model.limits import COMPUTE_ENVIRONMENTS, TIME_LIMIT_S
from .demon import Demon, Refused
from .given import check_names
from .room import Environment, Queue
from .submitting import definition_of, queue_of
from .too_much import check_definition


def register_job_definition(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A new revision. Jobs of several containers are not run here, those of several nodes are not run either but checked."""
    name = asked["jobDefinitionName"]
    if "ecsProperties" in asked:
        raise Refused("ecsProperties is not served here: leave it out")
    if nodes := asked.get("nodeProperties"):
        ranges = [multinode.parse(each["targetNodes"], "targetNodes") for each in nodes["nodeRangeProperties"]]
        multinode.check(ranges, count=nodes["numNodes"], main=nodes["mainNode"])
    attempts.parse(asked.get("retryStrategy"))
    check_names((asked.get("containerProperties") or {}).get("environment"))
    check_definition(asked)
    revisions = demon.definitions.setdefault(name, [])
    revision = len(revisions) + 1
    arn = demon.arn("job-definition", f"{name}:{revision}")
    demon.made(arn, asked)
    revisions.append({**asked, "revision": revision, "jobDefinitionArn": arn, "status": "ACTIVE"})
    return {"jobDefinitionName": name, "jobDefinitionArn": arn, "revision": revision}


def describe_job_definitions(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """All, or those of a name, a status, or an id."""
    found = [one for revisions in demon.definitions.values() for one in revisions]
    if name := asked.get("jobDefinitionName"):
        found = [one for one in found if one["jobDefinitionName"] == name]
    if status := asked.get("status"):
        found = [one for one in found if one["status"] == status]
    if ids := asked.get("jobDefinitions"):
        found = [
            one
            for one in found
            if {f"{one['jobDefinitionName']}:{one['revision']}", one["jobDefinitionArn"]} & set(ids)
        ]
    return {"jobDefinitions": found}


def deregister_job_definition(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """No job may be submitted with it from now on."""
    definition_of(demon, asked.get("jobDefinition"))["status"] = "INACTIVE"
    return {}


def create_compute_environment(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Room for jobs."""
    name = asked["computeEnvironmentName"]
    if name in demon.environments:
        raise Refused(f"there is a compute environment {name} already")
    vcpus = asked.get("unmanagedvCpus") or (asked.get("computeResources") or {}).get("maxvCpus") or 0
    arn = demon.arn("compute-environment", name)
    enabled = asked.get("state", "ENABLED") == "ENABLED"
    demon.made(arn, asked)
    demon.environments[name] = Environment(name, arn, vcpus, dict(asked), enabled)
    return {"computeEnvironmentName": name, "computeEnvironmentArn": arn}


def describe_compute_environments(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """All, or those that are named."""
    named = asked.get("computeEnvironments")
    return {
        "computeEnvironments": [
            {
                **one.request,
                "computeEnvironmentArn": one.arn,
                "state": _state(one.enabled),
                "status": "VALID",
                "ecsClusterArn": demon.arn("cluster", one.name),
            }
            for one in demon.environments.values()
            if not named or one.name in named or one.arn in named
        ]
    }


def update_compute_environment(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Enabled or disabled."""
    environment = _environment(demon, asked.get("computeEnvironment"))
    if "state" in asked:
        environment.enabled = asked["state"] == "ENABLED"
        demon.look_for_room(environment)
    return {"computeEnvironmentName": environment.name, "computeEnvironmentArn": environment.arn}


def delete_compute_environment(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Only when it is disabled, and no queue needs it."""
    environment = _environment(demon, asked.get("computeEnvironment"))
    used = [queue.name for queue in demon.queues.values() if environment in queue.environments]
    if environment.enabled or used:
        raise Refused(f"compute environment {environment.name} is {'ENABLED' if environment.enabled else 'in use'}")
    del demon.environments[environment.name]
    return {}


def create_job_queue(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Where jobs wait."""
    name = asked["jobQueueName"]
    if name in demon.queues:
        raise Refused(f"there is a job queue {name} already")
    environments = _in_order(demon, asked.get("computeEnvironmentOrder") or ())
    _check_limits(asked)
    enabled = asked.get("state", "ENABLED") == "ENABLED"
    demon.queues[name] = Queue(name, demon.arn("job-queue", name), dict(asked), environments, enabled)
    demon.made(demon.queues[name].arn, asked)
    return {"jobQueueName": name, "jobQueueArn": demon.queues[name].arn}


def describe_job_queues(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """All, or those that are named."""
    named = asked.get("jobQueues")
    return {
        "jobQueues": [
            {**one.request, "jobQueueArn": one.arn, "state": _state(one.enabled), "status": "VALID"}
            for one in demon.queues.values()
            if not named or one.name in named or one.arn in named
        ]
    }


def update_job_queue(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Enabled or disabled, and where its jobs are placed."""
    queue = queue_of(demon, asked.get("jobQueue"))
    _check_limits(asked)
    if "computeEnvironmentOrder" in asked:
        queue.environments = _in_order(demon, asked["computeEnvironmentOrder"])
        queue.request["computeEnvironmentOrder"] = asked["computeEnvironmentOrder"]
    if "state" in asked:
        queue.enabled = asked["state"] == "ENABLED"
    return {"jobQueueName": queue.name, "jobQueueArn": queue.arn}


def delete_job_queue(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Only when it is disabled; what waits in it is given up, and what runs is stopped (Q-02)."""
    queue = queue_of(demon, asked.get("jobQueue"))
    if queue.enabled:
        raise Refused(f"job queue {queue.name} is ENABLED")
    for job in demon.jobs_of(queue):
        job.give_up()
    del demon.queues[queue.name]
    return {}


def _in_order(demon: Demon, order: Sequence[Mapping[str, Any]]) -> list[Environment]:
    """The environments to try, in their order (Q-04)."""
    COMPUTE_ENVIRONMENTS.check(len(order), "computeEnvironmentOrder")
    return [_environment(demon, one["computeEnvironment"]) for one in sorted(order, key=lambda one: one["order"])]


def _check_limits(asked: Mapping[str, Any]) -> None:
    """Raise Violation, or Refused, for a time limit that there cannot be (Q-11)."""
    for limit in asked.get("jobStateTimeLimitActions") or ():
        TIME_LIMIT_S.check(limit["maxTimeSeconds"], "maxTimeSeconds")
        if (limit["state"], limit["action"]) != ("RUNNABLE", "CANCEL"):
            raise Refused(f"{limit['action']} of jobs that are {limit['state']} is no time limit action")


def _environment(demon: Demon, named: Any) -> Environment:
    for environment in demon.environments.values():
        if named in (environment.name, environment.arn):
            return environment
    raise Refused(f"there is no compute environment {named!r}")


def _state(enabled: bool) -> str:
    return "ENABLED" if enabled else "DISABLED"
