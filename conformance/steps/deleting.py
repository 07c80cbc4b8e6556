"""How what a run has made is deleted: by the run itself when it ends, and by `clean` after one that could not."""

from __future__ import annotations

from ..judging.answers import Meaning
from ..judging.outcome import Absent, Refusal, Unclear
from .calls import Calls

BY_NAME = {
    "job queue": ("update_job_queue", "delete_job_queue", "jobQueue"),
    "compute environment": ("update_compute_environment", "delete_compute_environment", "computeEnvironment"),
}
"""What disables it, what deletes it, and the member that names it."""

AT_ONCE = {
    "scheduling policy": ("delete_scheduling_policy", "arn"),
    "consumable resource": ("delete_consumable_resource", "consumableResource"),
}
"""What deletes it, and the member that names it: a policy by its ARN."""


def deleted(calls: Calls, kind: str, name: str) -> bool:
    """
    Whether the service did it; else it stays in the list of what was made.

    kind   job queue, compute environment, one of `AT_ONCE`, or job definition: all active revisions of that name
    """
    if kind == "job definition":
        try:
            known = calls.every("describe_job_definitions", jobDefinitionName=name, status="ACTIVE")
        except (Refusal, Unclear, Absent):
            return False
        revisions = [f"{name}:{item['revision']}" for item in known]
        gone = [done(calls, "deregister_job_definition", jobDefinition=revision) for revision in revisions]
        return all(gone)
    if kind in AT_ONCE:
        delete, member = AT_ONCE[kind]
        return done(calls, delete, **{member: name})
    disable, delete, member = BY_NAME[kind]
    done(calls, disable, **{member: name, "state": "DISABLED"})  # where it cannot be, the service says so once more
    return done(calls, delete, **{member: name})


def done(calls: Calls, operation: str, **request: str) -> bool:
    """Whether a call was answered with success."""
    return calls.send(operation, dict(request)).meaning is Meaning.DONE
