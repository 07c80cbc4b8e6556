"""A compute environment, a queue and a job definition to play with, made as any client would make them."""

from __future__ import annotations

from .deciding import arns
from .http import wire
from .http.asgi import Application
from .http.call import Call

NAME = "quickstart"

STEPS = (
    (
        "CreateComputeEnvironment",  # of the one kind that takes multi-node jobs as well (MNP-10)
        {
            "computeEnvironmentName": NAME,
            "type": "MANAGED",
            "computeResources": {"type": "EC2", "minvCpus": 0, "maxvCpus": 16, "subnets": []},
        },
    ),
    (
        "CreateJobQueue",
        {"jobQueueName": NAME, "priority": 1, "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": NAME}]},
    ),
    (
        "RegisterJobDefinition",
        {
            "jobDefinitionName": NAME,
            "type": "container",
            "parameters": {"message": "hello from batchproof"},
            "containerProperties": {
                "image": "busybox",
                "command": ["echo", "Ref::message"],
                "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}],
            },
        },
    ),
)


async def create(application: Application) -> None:
    """Make all three in the default region, unless a server of before has made them."""
    if arns.of(arns.DEFAULT_REGION, f"job-queue/{NAME}") in application.shell.engine.ledger.queues:
        return
    for operation, request in STEPS:
        body = wire.encoded(request)
        call = Call(application.shell, arns.DEFAULT_REGION, len(body))
        await application.handlers[operation](call, wire.decoded(operation, body))
