"""The operations of Batch that this server does, one file per family.

A handler checks a request, turns it into an input for the engine, or reads the ledger, and makes the answer.
"""

from __future__ import annotations

from ..http.call import Handler
from . import (
    bulk,
    consumables,
    definitions,
    environments,
    jobs,
    listing,
    policies,
    queues,
    snapshot,
    submission,
    tags,
)

HANDLERS: dict[str, Handler] = {
    "CancelJob": jobs.cancel_job,
    "CancelJobs": bulk.cancel_jobs,
    "CreateComputeEnvironment": environments.create,
    "CreateConsumableResource": consumables.create,
    "CreateJobQueue": queues.create,
    "CreateSchedulingPolicy": policies.create,
    "DeleteComputeEnvironment": environments.delete,
    "DeleteConsumableResource": consumables.delete,
    "DeleteJobQueue": queues.delete,
    "DeleteSchedulingPolicy": policies.delete,
    "DeregisterJobDefinition": definitions.deregister,
    "DescribeComputeEnvironments": environments.describe,
    "DescribeConsumableResource": consumables.describe,
    "DescribeJobDefinitions": definitions.describe,
    "DescribeJobQueues": queues.describe,
    "DescribeJobs": jobs.describe_jobs,
    "DescribeSchedulingPolicies": policies.describe,
    "GetJobQueueSnapshot": snapshot.get_job_queue_snapshot,
    "ListConsumableResources": consumables.list_resources,
    "ListJobs": listing.list_jobs,
    "ListJobsByConsumableResource": consumables.list_jobs,
    "ListSchedulingPolicies": policies.list_policies,
    "ListTagsForResource": tags.list_tags,
    "RegisterJobDefinition": definitions.register,
    "SubmitJob": submission.submit_job,
    "TagResource": tags.tag,
    "TerminateJob": jobs.terminate_job,
    "TerminateJobs": bulk.terminate_jobs,
    "UntagResource": tags.untag,
    "UpdateComputeEnvironment": environments.update,
    "UpdateConsumableResource": consumables.update,
    "UpdateJobQueue": queues.update,
    "UpdateSchedulingPolicy": policies.update,
}
"""Batch's own, by name; those that are ours stand in controls.py. What is not here is answered with 501."""
