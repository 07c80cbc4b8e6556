"""DescribeJobs and ListJobs."""

from __future__ import annotations

from typing import Any

from ...model.limits import DESCRIBED_JOBS
from ...model.status import FAILED, PENDING, RUNNABLE, RUNNING, SUCCEEDED, TERMINAL
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.job import Job
from ..steps.scenario import Scenario
from .rule import rule
from .staging import described_children


@rule("DESC-01", "DescribeJobs leaves out ids that no job has.")
def unknown_ids_are_left_out(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    batch.refusal("describe_jobs", jobs=[batch.nobodys_id(), job.id])


@rule("ERR-05", "DescribeJobs refuses more than 100 ids.")
def too_many_ids_are_refused(batch: Scenario) -> None:
    most = DESCRIBED_JOBS.high
    assert most is not None
    ids = [batch.nobodys_id() for _ in range(most + 1)]
    refusal = batch.refusal("describe_jobs", jobs=ids[:1])
    if refusal is not None:  # then a refusal of more of them says nothing (DESC-01)
        raise Unclear(f"DescribeJobs refuses an id that no job has: {refusal}")
    for number in (most, most + 1):
        batch.refusal("describe_jobs", jobs=ids[:number])


@rule("DESC-03", "DescribeJobs takes ids of an array's children, a hundred in one call.")
def children_are_described(batch: Scenario) -> None:
    most = DESCRIBED_JOBS.high
    assert most is not None
    array = batch.submit_unwatched(arrayProperties={"size": most})
    for indices in ([0], [most - 1, 1], range(most)):
        described_children(batch, array, indices)


@rule("LIST-01", "ListJobs wants exactly one of jobQueue, arrayJobId and multiNodeJobId.")
def a_list_has_one_selector(batch: Scenario) -> None:
    somewhere = {
        "jobQueue": batch.stage.world.queue,
        "arrayJobId": batch.nobodys_id(),
        "multiNodeJobId": batch.nobodys_id(),
    }
    batch.refusal("list_jobs")
    for left_out in somewhere:
        batch.refusal("list_jobs", **{name: value for name, value in somewhere.items() if name != left_out})
    batch.refusal("list_jobs", **somewhere)


@rule("LIST-02", "ListJobs without `jobStatus` lists RUNNING jobs only; with it, the jobs of that status.")
def the_default_is_running(batch: Scenario) -> None:
    job = batch.submit(role="ended")
    batch.finish(job)
    queue = batch.stage.world.queue
    batch.listed(jobQueue=queue)
    ids = lambda page: [item.get("jobId") for item in page]  # noqa: E731
    if job.status is not None:
        other = FAILED if job.status is SUCCEEDED else SUCCEEDED
        look = lambda: batch.listed(jobQueue=queue, jobStatus=str(job.status))  # noqa: E731
        batch.eventually(look, lambda page: job.id in ids(page))
        batch.listed(jobQueue=queue, jobStatus=str(other))
    if Power.HOLDS_RUNNING in batch.target.powers:
        running = batch.submit(hold=True, role="running")
        batch.wait(running, RUNNING)
        batch.eventually(lambda: batch.listed(jobQueue=queue), lambda page: running.id in ids(page))


def filtered(batch: Scenario, name: str, value: str, **more: Any) -> list[str]:
    """The ids that ListJobs gives for a filter, in the run's queue."""
    filters = [{"name": name, "values": [value]}]
    return [item["jobId"] for item in batch.listed(jobQueue=batch.stage.world.queue, filters=filters, **more)]


def named(batch: Scenario, name: str, **more: Any) -> list[str]:
    """The ids that ListJobs gives for a JOB_NAME filter."""
    return filtered(batch, "JOB_NAME", name, **more)


@rule("LIST-03", "With `filters`, `jobStatus` is ignored, and jobs of every status are listed.")
def filters_list_every_status(batch: Scenario) -> None:
    name = batch.named("kit")
    job = batch.submit(jobName=name)
    batch.finish(job)
    batch.eventually(lambda: named(batch, name), lambda ids: job.id in ids)
    for status in (RUNNABLE, FAILED if job.status is SUCCEEDED else SUCCEEDED):
        look = lambda status=status: named(batch, name, jobStatus=str(status))  # noqa: E731
        batch.eventually(look, lambda ids: job.id in ids)


@rule("LIST-04", "The JOB_NAME filter has no case, and a final `*` makes it a prefix.")
def names_match_without_case_or_by_prefix(batch: Scenario) -> None:
    name = batch.named("Kit-End")
    job = batch.submit(jobName=name)
    batch.finish(job)
    for value in (name.upper(), name[:-4].lower() + "*", name + "*"):
        batch.eventually(lambda value=value: named(batch, value), lambda ids: job.id in ids)
    for value in (name[:-4], name[1:], name[1:] + "*"):  # neither the whole name nor a prefix with its star
        named(batch, value)


@rule("LIST-05", "The JOB_DEFINITION filter is a name, a prefix of one with `*`, or the ARN of one revision.")
def definitions_match_by_name_prefix_or_arn(batch: Scenario) -> None:
    name = batch.named("Kit-Def")
    revisions = [batch.stage.world.register(batch.calls, name) for _ in range(2)]
    jobs = [batch.submit(jobDefinition=revision, role=revision) for revision in revisions]
    arns = [batch.finish(job).get("jobDefinition") or "" for job in jobs]
    wanted = {job.id for job in jobs}
    for value in (name, name[:-4] + "*"):
        look = lambda value=value: filtered(batch, "JOB_DEFINITION", value)  # noqa: E731
        batch.eventually(look, lambda ids: wanted <= set(ids))
    for job, arn in zip(jobs, arns, strict=True):
        if arn.startswith("arn:"):
            look = lambda arn=arn: filtered(batch, "JOB_DEFINITION", arn)  # noqa: E731
            batch.eventually(look, lambda ids, job=job: job.id in ids)
    for value in (name.lower(), name[:-4], name[:-4].upper() + "*"):
        filtered(batch, "JOB_DEFINITION", value)


@rule("LIST-06", "BEFORE_CREATED_AT and AFTER_CREATED_AT take milliseconds since 1970 as text.")
def times_of_creation_are_filters(batch: Scenario) -> None:
    job = batch.submit()
    created_ms = batch.finish(job).get("createdAt")
    if not isinstance(created_ms, int):
        raise Unclear(f"createdAt is {created_ms!r}: see ST-02")
    for filter_, near in (("AFTER_CREATED_AT", -1), ("BEFORE_CREATED_AT", 1)):
        batch.eventually(lambda f=filter_, n=near: _until(batch, job, f, created_ms + n), bool)
        _until(batch, job, filter_, created_ms - near)


def _until(batch: Scenario, job: Job, name: str, at_ms: int) -> bool:
    """Whether the list of a filter by time has the job: no more pages than it takes to say so, for such a list may be long."""
    request: dict[str, Any] = {"jobQueue": batch.stage.world.queue, "filters": [{"name": name, "values": [str(at_ms)]}]}
    for _ in range(PAGES):
        page = batch.call("list_jobs", **request)
        if any(item.get("jobId") == job.id for item in page.get("jobSummaryList") or ()):
            return True
        if not page.get("nextToken"):
            return False
        request["nextToken"] = page["nextToken"]
    return False


PAGES = 10
"""As many pages of a list by time are looked at: the newest jobs come first, or all of them fit in."""


@rule("LIST-07", "Filter names are case-sensitive: `job_name` is no filter by name.")
def filter_names_have_a_case(batch: Scenario) -> None:
    name = batch.named("kit")
    jobs = [batch.submit(jobName=name, role="named"), batch.submit(jobName=batch.named("other"), role="other")]
    for job in jobs:
        batch.finish(job)
    batch.eventually(lambda: named(batch, name), lambda ids: jobs[0].id in ids)
    for wrong in ("job_name", "Job_Name"):
        filters = [{"name": wrong, "values": [name]}]
        batch.refusal("list_jobs", jobQueue=batch.stage.world.queue, filters=filters)


@rule("LIST-09", "Filters do not apply to the children of an array.")
def children_are_not_filtered(batch: Scenario) -> None:
    array = batch.submit_array(2)
    for child in array.children:
        batch.finish(child)
    for status in dict.fromkeys(child.status for child in array.children):
        request = {"arrayJobId": array.id, "jobStatus": str(status)}
        wanted = {child.id for child in array.children if child.status is status}
        look = lambda request=request: {item.get("jobId") for item in batch.listed(**request)}  # noqa: E731
        if wanted <= batch.eventually(look, lambda ids, wanted=wanted: wanted <= ids):
            batch.refusal("list_jobs", **request, filters=[{"name": "JOB_NAME", "values": [batch.named("nobody")]}])


@rule("LIST-13", "An array's parent is found under PENDING while its children run.", (Power.HOLDS_RUNNING,))
def running_parents_are_pending(batch: Scenario) -> None:
    array = batch.submit_array(2, hold=True)
    for child in array.children:
        batch.wait(child, RUNNING)
    queue = batch.stage.world.queue
    look = lambda: batch.listed(jobQueue=queue, jobStatus=str(PENDING))  # noqa: E731
    batch.eventually(look, lambda page: any(item.get("jobId") == array.id for item in page))
    batch.listed(jobQueue=queue, jobStatus=str(RUNNING))
    for child in array.children:
        batch.read(child)
        batch.release(child, 0)


@rule("ERR-06", "ListJobs takes one filter, with one value.")
def more_than_one_filter_is_refused(batch: Scenario) -> None:
    one, other = ({"name": "JOB_NAME", "values": [word]} for word in ("one", "other"))
    after = {"name": "AFTER_CREATED_AT", "values": ["0"]}
    two_values = {"name": "JOB_NAME", "values": ["one", "other"]}
    for filters in ([one], [one, other], [one, after], [two_values]):
        batch.refusal("list_jobs", jobQueue=batch.stage.world.queue, filters=filters)


@rule("LIST-12", "In ListJobs `isCancelled` and `isTerminated` are there only when true.", (Power.HOLDS_RUNNING,))
def summaries_show_flags_only_when_true(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.summary(job, RUNNING)
    batch.terminate(job)
    if batch.settle(job)["status"] == FAILED:
        look = lambda: batch.summary(job, FAILED) or {}  # noqa: E731
        batch.eventually(look, lambda summary: bool(summary.get("isTerminated")))


@rule("LIST-10", "Pages hold up to `maxResults` jobs; following `nextToken` lists every job once.")
def pages_cover_everything_once(batch: Scenario) -> None:
    name = batch.named("kit")
    jobs = [batch.submit(jobName=name) for _ in range(4)]
    size = 7
    array = batch.submit_unwatched(arrayProperties={"size": size}, jobName=batch.named("array"))
    for job in jobs:
        batch.finish(job)
    described_children(batch, array, range(size), ended=True)
    batch.eventually(lambda: named(batch, name), lambda ids: len(ids) >= len(jobs))
    for most in (1, 2, 3, 4, 100):
        named(batch, name, maxResults=most)
    children = lambda **more: [  # noqa: E731
        child for status in TERMINAL for child in batch.listed(arrayJobId=array, jobStatus=str(status), **more)
    ]
    batch.eventually(children, lambda found: len(found) >= size)
    for most in (1, 3, 7, 100):
        children(maxResults=most)
