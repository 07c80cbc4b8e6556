"""No answer says more than what is safe: it was acknowledged, or it waits until the store has what the ledger shows."""

from __future__ import annotations

import asyncio
import json

from batchproof.reference_impl.clock import Clock
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.call import Call
from batchproof.reference_impl.keeping.store import Forgetful
from batchproof.reference_impl.logs import LOG_HANDLERS
from batchproof.reference_impl.operations import HANDLERS
from batchproof.reference_impl.operations.controls import CONTROLS
from batchproof.reference_impl.running.host import NO_OUTPUT
from batchproof.reference_impl.shell import Shell

ENVIRONMENT = {"type": "MANAGED", "computeResources": {"type": "EC2", "minvCpus": 0, "maxvCpus": 1, "subnets": []}}
CONTAINER = {"image": "i", "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1"}]}
QUEUE = "arn:aws:batch:us-east-1:123456789012:job-queue/q"
POLICY = "arn:aws:batch:us-east-1:123456789012:scheduling-policy/p"
ORDER = [{"order": 1, "computeEnvironment": "ce"}]

REQUESTS = {
    "CreateComputeEnvironment": {"computeEnvironmentName": "ce", **ENVIRONMENT},
    "UpdateComputeEnvironment": {"computeEnvironment": "ce", "state": "DISABLED"},
    "DescribeComputeEnvironments": {},
    "CreateSchedulingPolicy": {"name": "p"},
    "UpdateSchedulingPolicy": {"arn": POLICY, "fairsharePolicy": {}},
    "DescribeSchedulingPolicies": {"arns": [POLICY]},
    "ListSchedulingPolicies": {},
    "DeleteSchedulingPolicy": {"arn": POLICY},
    "CreateJobQueue": {"jobQueueName": "q", "priority": 1, "computeEnvironmentOrder": ORDER},
    "DescribeJobQueues": {},
    "CreateConsumableResource": {"consumableResourceName": "c", "totalQuantity": 1},
    "UpdateConsumableResource": {"consumableResource": "c", "operation": "SET", "quantity": 2},
    "DescribeConsumableResource": {"consumableResource": "c"},
    "ListConsumableResources": {},
    "ListJobsByConsumableResource": {"consumableResource": "c"},
    "DeleteConsumableResource": {"consumableResource": "c"},
    "RegisterJobDefinition": {"jobDefinitionName": "d", "type": "container", "containerProperties": CONTAINER},
    "DescribeJobDefinitions": {},
    "TagResource": {"resourceArn": QUEUE, "tags": {"a": "b"}},
    "ListTagsForResource": {"resourceArn": QUEUE},
    "UntagResource": {"resourceArn": QUEUE, "tagKeys": ["a"]},
    "SubmitJob": {"jobName": "j", "jobQueue": "q", "jobDefinition": "d"},
    "DescribeJobs": {"jobs": ["none"]},
    "ListJobs": {"jobQueue": "q"},
    "GetJobQueueSnapshot": {"jobQueue": "q"},
    "CancelJob": {"jobId": "JOB", "reason": "r"},
    "CancelJobs": {"jobs": ["JOB"], "reason": "r"},
    "TerminateJob": {"jobId": "JOB", "reason": "r"},
    "TerminateJobs": {"jobs": ["JOB"], "reason": "r"},
    "UpdateJobQueue": {"jobQueue": "q", "state": "DISABLED"},
    "DeregisterJobDefinition": {"jobDefinition": "d:1"},
    "DeleteJobQueue": {"jobQueue": "q"},
    "DeleteComputeEnvironment": {"computeEnvironment": "ce"},
}
"""One for each operation, in an order in which all of them are valid."""


class NoHost:
    """Runs nothing, and says nothing."""

    def __getattr__(self, name):
        return lambda *arguments: None

    async def read(self, *arguments):
        return NO_OUTPUT


def test_every_handler_either_asks_the_engine_or_has_its_answer_wait_for_the_store():
    """A new operation that forgets to say so would show what a crash can take back."""
    assert REQUESTS.keys() == HANDLERS.keys()

    async def main():
        shell = Shell(Engine(), NoHost(), Forgetful(), Clock())
        asked, right = [], shell.ask

        async def ask(request):
            asked.append(request)
            await right(request)

        shell.ask = ask
        job_id = ""
        for operation, request in REQUESTS.items():
            asked.clear()
            body = json.dumps(request).replace("JOB", job_id).encode()
            reply = await HANDLERS[operation](Call(shell, "us-east-1", len(body)), wire.decoded(operation, body))
            assert HANDLERS[operation].shows is not bool(asked), operation
            job_id = reply.jobId if operation == "SubmitJob" else job_id
        shell.close()

    asyncio.run(main())


def test_every_handler_of_logs_has_its_answer_wait_for_the_store():
    assert all(handler.shows for handler in LOG_HANDLERS.values())


def test_controls_ask():
    assert not any(control.handler.shows for control in CONTROLS.values())
