"""SubmitJob, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import attempts, dependencies
from ...model.arrays import child_id
from ...model.dependencies import Waits, of_child
from ...model.limits import ARRAY_SIZE, ATTEMPT_DURATION_S, TAGS, check_job_name
from .array import Array
from .demon import Demon, Refused
from .given import taking_effect, vcpus
from .job import Submission
from .room import Queue
from .too_much import doom


def submit_job(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A job or an array is made, or a sentence says what is wrong."""
    name = asked.get("jobName") or ""
    check_job_name(name)
    queue = queue_of(demon, asked.get("jobQueue"))
    if not queue.enabled:
        raise Refused(f"jobQueue {queue.name} is DISABLED")
    definition = definition_of(demon, asked.get("jobDefinition"))
    TAGS.check(len(asked.get("tags") or {}), "tags")
    request = taking_effect(asked, definition)
    strategy = attempts.parse(request.get("retryStrategy"))
    seconds = (request.get("timeout") or {}).get("attemptDurationSeconds")
    if seconds is not None:
        ATTEMPT_DURATION_S.check(seconds, "timeout.attemptDurationSeconds")
    size = (asked.get("arrayProperties") or {}).get("size")
    if size is not None:
        ARRAY_SIZE.check(size, "arrayProperties.size")
    waits = dependencies.parse(asked.get("dependsOn") or (), array=size is not None)
    for other in (*waits.whole, *waits.n_to_n):
        if other not in demon.jobs and other not in demon.arrays:
            raise Refused(f"dependsOn: there is no job {other}")
    container = request["container"]
    common = {
        "name": name,
        "queue": queue,
        "strategy": strategy or attempts.RetryStrategy(),
        "command": tuple(container["command"]),
        "environment": {entry["name"]: entry["value"] for entry in container["environment"]},
        "timeout_s": seconds,
        "vcpus": vcpus(container),
        "doom": doom(demon.choices, asked, definition),
        "request": request,
    }
    job_id = demon.new_id()
    demon.made(demon.arn("job", job_id), asked)
    if size is None:
        demon.admit(Submission(id=job_id, waits=bool(asked.get("dependsOn")), **common), waits.whole)
    else:
        _submit_array(demon, job_id, size, waits, common)
    return {"jobId": job_id, "jobName": name, "jobArn": demon.arn("job", job_id)}


def _submit_array(demon: Demon, job_id: str, size: int, waits: Waits, common: dict[str, Any]) -> None:
    array = Array(
        job_id,
        common["name"],
        common["queue"],
        common["request"],
        size,
        demon.agenda,
        demon.choices,
        demon.freely,
        demon.array_ended,
    )
    demon.arrays[job_id] = array
    demon.watch(job_id)
    for index in range(size):
        # A child enters PENDING when it is made, whether it waits for something or not (ARR-11).
        of = Submission(id=child_id(job_id, index), waits=True, index=index, **common)
        array.children.append(demon.admit(of, (*waits.whole, *of_child(waits, job_id, index))))
    array.child_changed()


def queue_of(demon: Demon, named: Any) -> Queue:
    """The queue of this name or ARN."""
    for queue in demon.queues.values():
        if named in (queue.name, queue.arn):
            return queue
    raise Refused(f"there is no job queue {named!r}")


def definition_of(demon: Demon, named: Any) -> dict[str, Any]:
    """The active revision of this `NAME`, `NAME:REVISION` or ARN."""
    for revisions in demon.definitions.values():
        for one in reversed(revisions):
            if one["status"] == "ACTIVE" and named in (
                one["jobDefinitionName"],
                f"{one['jobDefinitionName']}:{one['revision']}",
                one["jobDefinitionArn"],
            ):
                return one
    raise Refused(f"there is no job definition {named!r}")
