"""DescribeJobs and ListJobs: each job as its views show it, in any order where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...model.limits import DESCRIBED_JOBS
from ...model.status import RUNNING
from .demon import Demon, Refused
from .job import Job
from .shapes import detail, summary
from .submitting import queue_of

FILTERS = frozenset({"JOB_NAME", "JOB_DEFINITION", "BEFORE_CREATED_AT", "AFTER_CREATED_AT"})
SELECTORS = ("jobQueue", "arrayJobId", "multiNodeJobId")


def describe_jobs(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is not known is left out (DESC-01)."""
    ids = asked.get("jobs") or ()
    DESCRIBED_JOBS.check(len(ids), "jobs")
    found = [told for each in dict.fromkeys(ids) if (told := _described(demon, each)) is not None]
    demon.chance.shuffle(found)
    return {"jobs": found}


def _described(demon: Demon, job_id: str, which: int = 0) -> dict[str, Any] | None:
    """A job or array as DescribeJobs (0) or ListJobs (1) shows it now."""
    if job_id not in demon.views:
        return None
    view, now_ms = demon.views[job_id][which], demon.agenda.now_ms
    arn = demon.arn("job", job_id)
    more = {"jobArn": arn, "tags": dict(demon.tags.get(arn) or {})}
    if job_id in demon.arrays:
        return demon.arrays[job_id].detail(demon.epoch_ms) | more if now_ms >= view.known_ms else None
    job = demon.jobs[job_id]
    shown = view.of(job.pictures, now_ms)
    if shown is None:
        return None
    return detail(job, shown, demon.flags(job, shown), demon.epoch_ms) | more


def list_jobs(demon: Demon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """One page; those that follow it were put down when the first was asked for, so that no job is on two (LIST-10)."""
    if sum(bool(asked.get(member)) for member in SELECTORS) != 1:
        raise Refused(f"exactly one of {', '.join(SELECTORS)} is needed")  # LIST-01
    if token := asked.get("nextToken"):
        if token not in demon.pages:
            raise Refused(f"nextToken is {token[:100]!r}: no list gave it")
        return _page(demon, demon.pages.pop(token), asked)
    return _page(demon, list(_listed(demon, asked)), asked)


def _page(demon: Demon, found: list[dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
    most = asked.get("maxResults") or 100
    page, rest = found[:most], found[most:]
    if not rest:
        return {"jobSummaryList": page}
    token = demon.new_id()
    demon.pages[token] = rest
    return {"jobSummaryList": page, "nextToken": token}


def _listed(demon: Demon, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    filters = _filters(asked)
    status = asked.get("jobStatus") or (None if filters else RUNNING.value)  # LIST-02, LIST-03
    if parent := asked.get("arrayJobId"):
        if parent not in demon.arrays:
            raise Refused(f"there is no array job {parent}")
        ids = [child.of.id for child in demon.arrays[parent].children]
        filters = ()  # LIST-09
    elif asked.get("multiNodeJobId"):
        raise Refused("there is no such multi-node job")
    else:
        queue = queue_of(demon, asked["jobQueue"])
        singles = [job for job in demon.jobs_of(queue) if job.of.index is None]
        arrays = [array for array in demon.arrays.values() if array.queue is queue]
        newest_first = sorted([*singles, *arrays], key=lambda each: -each.created_ms)
        ids = [each.of.id if isinstance(each, Job) else each.id for each in newest_first]
    found: list[dict[str, Any]] = []
    for each in ids:
        if not all(_passes(demon, each, one["name"], one["values"][0]) for one in filters):
            continue
        told = _described(demon, each, which=1)
        if told is not None and (status is None or filters or told["status"] == status):
            found.append(summary(told))
    return found


def _filters(asked: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """None, or one with one value (ERR-06), whose name is written as it has to be (LIST-07)."""
    filters = asked.get("filters") or ()
    if len(filters) > 1:
        raise Refused("Only one filter key-value pair can be specified.")
    for one in filters:
        if one.get("name") not in FILTERS:
            raise Refused(f"filters: there is no filter {one.get('name')!r} here")
        if len(values := one.get("values") or ()) != 1:
            raise Refused(f"Filter cannot take more than one value. (It has {len(values)}.)")
    return filters


def _passes(demon: Demon, job_id: str, name: str, value: str) -> bool:
    """Whether a job passes a filter. Names of jobs have no case, those of definitions have one (LIST-04, LIST-05)."""
    job = demon.jobs.get(job_id)
    of = job.of if job else demon.arrays[job_id]
    created_ms = demon.epoch_ms + (job or demon.arrays[job_id]).created_ms
    match name:
        case "JOB_NAME":
            return _fits(of.name.lower(), value.lower())
        case "JOB_DEFINITION":
            arn = of.request["jobDefinition"]
            return arn == value or _fits(arn.rpartition("/")[2].partition(":")[0], value)
        case "BEFORE_CREATED_AT":
            return created_ms < int(value)
        case _:
            return created_ms > int(value)


def _fits(name: str, value: str) -> bool:
    return name.startswith(value[:-1]) if value.endswith("*") else name == value
