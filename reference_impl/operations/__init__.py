"""The operations of Batch that this server does, one file per family.

A handler checks a request, turns it into an event for the engine, or reads the ledger, and makes the answer.
"""

from __future__ import annotations

from . import bulk, definitions, environments, hosts, jobs, listing, queues, submission
from .call import Call, Handler

HANDLERS: dict[str, Handler] = {
    "CancelJob": jobs.cancel_job,
    "CancelJobs": bulk.cancel_jobs,
    "CreateComputeEnvironment": environments.create,
    "CreateJobQueue": queues.create,
    "DeregisterJobDefinition": definitions.deregister,
    "DescribeComputeEnvironments": environments.describe,
    "DescribeJobDefinitions": definitions.describe,
    "DescribeJobQueues": queues.describe,
    "DescribeJobs": jobs.describe_jobs,
    "ListJobs": listing.list_jobs,
    "LoseHost": hosts.lose_host,
    "RegisterJobDefinition": definitions.register,
    "SubmitJob": submission.submit_job,
    "TerminateJob": jobs.terminate_job,
    "TerminateJobs": bulk.terminate_jobs,
    "UpdateComputeEnvironment": environments.update,
    "UpdateJobQueue": queues.update,
}
"""By name of the operation; LoseHost is ours. What is not here is answered with 501."""

__all__ = ["HANDLERS", "Call", "Handler"]
