"""What DescribeJobs and ListJobs say of a job, made of a picture of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.event import Event
from ...model.status import BEFORE_STARTING, STARTING
from .job import Job, log_stream
from .views import Picture

FLAGS = (("isCancelled", "is_cancelled", Event.CANCEL), ("isTerminated", "is_terminated", Event.TERMINATE))


ECHOED = ("jobDefinition", "dependsOn", "parameters", "retryStrategy", "timeout", "propagateTags")


def echoed(request: Mapping[str, Any]) -> dict[str, Any]:
    """What a job or array repeats of its submission, with what its definition adds (RETRY-37, DEP-23)."""
    return {"dependsOn": [], **{name: request[name] for name in ECHOED if name in request}}


def detail(job: Job, shown: Picture, flags: dict[str, bool], epoch_ms: int) -> dict[str, Any]:
    """A JobDetail."""
    of, memory = job.of, shown.at.memory
    container: dict[str, Any] = dict(of.request["container"])
    if shown.code is not None:
        container["exitCode"] = shown.code
    if memory.attempt and shown.at.status not in (*BEFORE_STARTING, STARTING) and shown.started_ms is not None:
        container["logStreamName"] = log_stream(of.id, memory.attempt)
    found: dict[str, Any] = {
        **echoed(of.request),
        "jobId": of.id,
        "jobName": of.name,
        "jobQueue": of.queue.arn,
        "status": shown.at.status.value,
        "createdAt": epoch_ms + job.created_ms,
        "attempts": [_in_time(entry, epoch_ms) for entry in shown.attempts],
        "container": container,
        **flags,
    }
    if shown.started_ms is not None and (memory.attempt or shown.at.status not in BEFORE_STARTING):
        found["startedAt"] = epoch_ms + shown.started_ms
    if shown.stopped_ms is not None:
        found["stoppedAt"] = epoch_ms + shown.stopped_ms
    if shown.reason:
        found["statusReason"] = shown.reason
    if of.index is not None:
        found["arrayProperties"] = {"index": of.index}
    return found


SUMMARY = (
    "jobId",
    "jobName",
    "createdAt",
    "status",
    "statusReason",
    "startedAt",
    "stoppedAt",
    "jobDefinition",
    "isCancelled",
    "isTerminated",
    "arrayProperties",
)


def summary(told: dict[str, Any]) -> dict[str, Any]:
    """The JobSummary of a JobDetail: its flags are there only when they are true (LIST-12)."""
    found = {name: told[name] for name in SUMMARY if name in told and told[name] is not False}
    code = told.get("container", {}).get("exitCode")
    return found | ({"container": {"exitCode": code}} if code is not None else {})


def _in_time(entry: dict[str, Any], epoch_ms: int) -> dict[str, Any]:
    times = {name: epoch_ms + entry[name] for name in ("startedAt", "stoppedAt") if name in entry}
    return {**entry, **times}
