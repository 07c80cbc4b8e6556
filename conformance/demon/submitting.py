"""SubmitJob, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...model import attempts, dependencies
from ...model.arrays import child_id
from ...model.dependencies import Waits, of_child
from ...model.limits import ARRAY_SIZE, ATTEMPT_DURATION_S, RESERVED_ENVIRONMENT_PREFIX, Violation, check_job_name
from .array import Array
from .demon import Demon, Refused
from .job import Submission
from .room import Queue


def submit_job(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A job or an array is made, or a sentence says what is wrong."""
    name = asked.get("jobName") or ""
    check_job_name(name)
    queue = queue_of(demon, asked.get("jobQueue"))
    if not queue.enabled:
        raise Refused(f"jobQueue {queue.name} is DISABLED")
    definition = definition_of(demon, asked.get("jobDefinition"))
    strategy = attempts.parse(asked.get("retryStrategy")) or attempts.parse(definition.get("retryStrategy"))
    seconds = (asked.get("timeout") or definition.get("timeout") or {}).get("attemptDurationSeconds")
    if seconds is not None:
        ATTEMPT_DURATION_S.check(seconds, "timeout.attemptDurationSeconds")
    size = (asked.get("arrayProperties") or {}).get("size")
    if size is not None:
        ARRAY_SIZE.check(size, "arrayProperties.size")
    waits = dependencies.parse(asked.get("dependsOn") or (), array=size is not None)
    for other in (*waits.whole, *waits.n_to_n):
        if other not in demon.jobs and other not in demon.arrays:
            raise Refused(f"dependsOn: there is no job {other}")
    request = {**asked, "jobDefinition": definition["jobDefinitionArn"]}
    common = {
        "name": name,
        "queue": queue,
        "strategy": strategy or attempts.RetryStrategy(),
        "command": _command(asked, definition),
        "environment": _environment(asked, definition),
        "timeout_s": seconds,
        "request": request,
    }
    job_id = demon.new_id()
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


def _command(asked: Mapping[str, Any], definition: Mapping[str, Any]) -> tuple[str, ...]:
    given = (asked.get("containerOverrides") or {}).get("command")
    command = given if given is not None else (definition.get("containerProperties") or {}).get("command") or ()
    if any(part == "" for part in command):
        raise Refused(f"containerOverrides.command has an empty string: {json.dumps(list(command))[:100]}")
    values = {**(definition.get("parameters") or {}), **(asked.get("parameters") or {})}
    return tuple(_substituted(part, values) for part in command)


def _substituted(part: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        part = part.replace(f"Ref::{name}", value)
    return part


def _environment(asked: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for given in (definition.get("containerProperties") or {}, asked.get("containerOverrides") or {}):
        for entry in given.get("environment") or ():
            if entry["name"].startswith(RESERVED_ENVIRONMENT_PREFIX):
                raise Violation(
                    f"environment: {entry['name']!r} begins with {RESERVED_ENVIRONMENT_PREFIX}, which is reserved"
                )
            found[entry["name"]] = entry["value"]
    return found
