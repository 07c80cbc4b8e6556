"""CancelJob and TerminateJob, of one job or of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.arrays import parent_and_index
from ...model.event import Event
from ...model.limits import BULK_JOBS, REASON_CHARACTERS
from .demon import Demon, Refused


def cancel_job(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """It answers nothing, and accepts what it can make no use of, too (CANCEL-01, CANCEL-08)."""
    return _ask(demon, Event.CANCEL, asked)


def terminate_job(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """It answers nothing, and accepts what it can make no use of, too (TERM-01, TERM-16)."""
    return _ask(demon, Event.TERMINATE, asked)


def cancel_jobs(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Each id is in one of two lists (BULK-04)."""
    return _ask_many(demon, Event.CANCEL, asked)


def terminate_jobs(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Each id is in one of two lists (BULK-04)."""
    return _ask_many(demon, Event.TERMINATE, asked)


def _ask(demon: Demon, request: Event, asked: Mapping[str, Any]) -> dict[str, Any]:
    if not asked.get("jobId"):
        raise Refused("jobId is required, and it is empty")
    demon.ask(asked["jobId"], request, _reason(asked))
    return {}


def _ask_many(demon: Demon, request: Event, asked: Mapping[str, Any]) -> dict[str, Any]:
    if "jobs" not in asked:
        raise Refused("jobs is required, and it is absent")
    ids = asked["jobs"] or ()
    BULK_JOBS.check(len(ids), "jobs")
    reason = _reason(asked)
    successful: list[str] = []
    errors: list[dict[str, str]] = []
    for each in ids:
        if _could_be_one(each):
            demon.ask(each, request, reason)
            successful.append(each)
        else:
            errors.append({"job": each, "code": "ValidationException", "message": f"{each!r} is no id of a job"})
    return {"successful": successful, "errors": errors}


def _reason(asked: Mapping[str, Any]) -> str:
    reason = asked.get("reason") or ""
    REASON_CHARACTERS.check(len(reason), "reason")
    return reason


def _could_be_one(job_id: str) -> bool:
    """Whether some job may have this id; which texts a service takes for ids is its own business (BULK-07)."""
    parent = parent_and_index(job_id)
    return len(parent[0] if parent else job_id) == 36
