"""What the demon answers: an operation by its name, its arguments as boto3 sends them, and the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...model.limits import Violation
from . import asking, looking, setting_up, submitting, tagging
from .demon import Demon, Refused

OPERATIONS: Mapping[str, Callable[[Demon, Mapping[str, Any]], dict[str, Any]]] = {
    "SubmitJob": submitting.submit_job,
    "DescribeJobs": looking.describe_jobs,
    "ListJobs": looking.list_jobs,
    "CancelJob": asking.cancel_job,
    "CancelJobs": asking.cancel_jobs,
    "TerminateJob": asking.terminate_job,
    "TerminateJobs": asking.terminate_jobs,
    "RegisterJobDefinition": setting_up.register_job_definition,
    "DescribeJobDefinitions": setting_up.describe_job_definitions,
    "DeregisterJobDefinition": setting_up.deregister_job_definition,
    "CreateComputeEnvironment": setting_up.create_compute_environment,
    "DescribeComputeEnvironments": setting_up.describe_compute_environments,
    "UpdateComputeEnvironment": setting_up.update_compute_environment,
    "DeleteComputeEnvironment": setting_up.delete_compute_environment,
    "CreateJobQueue": setting_up.create_job_queue,
    "DescribeJobQueues": setting_up.describe_job_queues,
    "UpdateJobQueue": setting_up.update_job_queue,
    "DeleteJobQueue": setting_up.delete_job_queue,
    "TagResource": tagging.tag_resource,
    "ListTagsForResource": tagging.list_tags_for_resource,
}


def handle(demon: Demon, operation: str, asked: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    """
    The answer to a call now; time passes up to then first.

    Raises Refused, with what a client did wrong, and KeyError for an operation that the demon does not have.
    """
    demon.advance(now_ms)
    answer = OPERATIONS[operation]
    try:
        return answer(demon, asked)
    except Violation as violation:
        raise Refused(str(violation)) from None
