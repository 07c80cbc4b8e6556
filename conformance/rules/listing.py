"""DescribeJobs and ListJobs."""

from __future__ import annotations

import uuid

from botocore.exceptions import ClientError

from ...model.limits import DESCRIBED_JOBS
from ...model.status import FAILED, RUNNING, Status
from ..judging.outcome import Broken, Unclear
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule


@rule("DESC-01", "DescribeJobs leaves out ids that no job has.")
def unknown_ids_are_left_out(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    try:
        found = batch.call("describe_jobs", jobs=[str(uuid.uuid4()), job.id]).get("jobs", [])
    except ClientError as refusal:
        raise Broken("an answer without the id that no job has", str(refusal)) from refusal
    ids = [detail.get("jobId") for detail in found]
    batch.expect(ids == [job.id], f"the one job {job.id}", ids)


@rule("ERR-05", "DescribeJobs refuses more than 100 ids.")
def too_many_ids_are_refused(batch: Scenario) -> None:
    most = DESCRIBED_JOBS.high
    assert most is not None
    ids = [str(uuid.uuid4()) for _ in range(most + 1)]
    refusal = batch.refusal("describe_jobs", jobs=ids[:1])
    if refusal is not None:  # then a refusal of more of them says nothing (DESC-01)
        raise Unclear(f"DescribeJobs refuses an id that no job has: {refusal}")
    refusal = batch.refusal("describe_jobs", jobs=ids[:most])
    batch.expect(refusal is None, f"{most} ids are accepted", refusal)
    refusal = batch.refusal("describe_jobs", jobs=ids)
    batch.expect(refusal is not None, f"{most + 1} ids are refused", "DescribeJobs accepted them")


@rule("LIST-01", "ListJobs wants exactly one of jobQueue, arrayJobId and multiNodeJobId.")
def a_list_has_one_selector(batch: Scenario) -> None:
    refusal = batch.refusal("list_jobs")
    batch.expect(refusal is not None, "ListJobs without a selector is refused", "it was accepted")


@rule("LIST-02", "ListJobs without `jobStatus` lists RUNNING jobs only.")
def the_default_is_running(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    page = batch.call("list_jobs", jobQueue=batch.stage.world.queue)
    # Other scenarios' jobs come and go here; this one has ended, and was asked for by nobody. A list that lags behind
    # may still show it RUNNING.
    mine = [item.get("status") for item in page.get("jobSummaryList", []) if item["jobId"] == job.id]
    shown = [status for status in mine if status != RUNNING]
    batch.expect(not shown, "RUNNING jobs only", f"a job that is {', '.join(map(str, shown))}")
    if Power.HOLDS_RUNNING in batch.target.powers:
        running = batch.submit(hold=True)
        batch.wait(running, RUNNING)
        look = lambda: batch.call("list_jobs", jobQueue=batch.stage.world.queue)  # noqa: E731
        listed = lambda page: running.id in [item["jobId"] for item in page.get("jobSummaryList", [])]  # noqa: E731
        page = batch.eventually(look, listed)
        if batch.read(running)["status"] == RUNNING and not page.get("nextToken"):
            batch.expect(listed(page), "a list with a job that is RUNNING", "the list does not have it")


def named(batch: Scenario, name: str) -> list[str]:
    """The ids that ListJobs gives for a JOB_NAME filter, its first page."""
    filters = [{"name": "JOB_NAME", "values": [name]}]
    page = batch.call("list_jobs", jobQueue=batch.stage.world.queue, filters=filters)
    return [item["jobId"] for item in page.get("jobSummaryList", [])]


@rule("LIST-03", "With `filters`, jobs of every status are listed.")
def filters_list_every_status(batch: Scenario) -> None:
    name = f"kit-{uuid.uuid4().hex[:8]}"
    job = batch.submit(jobName=name)
    batch.finish(job)
    ids = batch.eventually(lambda: named(batch, name), lambda ids: ids == [job.id])
    batch.expect(ids == [job.id], f"the one job named {name}", ids)


@rule("LIST-04", "The JOB_NAME filter has no case, and a final `*` makes it a prefix.")
def names_match_without_case_or_by_prefix(batch: Scenario) -> None:
    name = f"Kit-{uuid.uuid4().hex[:8]}-End"
    job = batch.submit(jobName=name)
    batch.finish(job)
    for value in (name.upper(), name[:-4].lower() + "*"):
        ids = batch.eventually(lambda value=value: named(batch, value), lambda ids: job.id in ids)
        batch.expect(job.id in ids, f"{value} lists the job named {name}", f"{len(ids)} jobs, not this one")


@rule("LIST-12", "In ListJobs `isCancelled` and `isTerminated` are there only when true.", (Power.HOLDS_RUNNING,))
def summaries_show_flags_only_when_true(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    summary = batch.summary(job, RUNNING) or {}
    flags = {name: summary[name] for name in ("isCancelled", "isTerminated") if name in summary}
    batch.expect(not flags, "neither flag", flags)
    batch.terminate(job)
    if batch.settle(job)["status"] == FAILED:
        look = lambda: batch.summary(job, Status.FAILED) or {}  # noqa: E731
        summary = batch.eventually(look, lambda summary: bool(summary.get("isTerminated")))
        batch.expect(summary.get("isTerminated") is True, "isTerminated true", summary.get("isTerminated", "absent"))


@rule("LIST-10", "Pages hold `maxResults` jobs; following `nextToken` lists every job once.")
def pages_cover_everything_once(batch: Scenario) -> None:
    name = f"kit-{uuid.uuid4().hex[:8]}"
    jobs = [batch.submit(jobName=name) for _ in range(3)]
    for job in jobs:
        batch.finish(job)
    batch.eventually(lambda: named(batch, name), lambda ids: len(ids) >= len(jobs))
    request = {
        "jobQueue": batch.stage.world.queue,
        "filters": [{"name": "JOB_NAME", "values": [name]}],
        "maxResults": 2,
    }
    seen, sizes, token = [], [], None
    for _ in range(len(jobs) + 1):
        page = batch.call("list_jobs", **request, **({"nextToken": token} if token else {}))
        items = [item["jobId"] for item in page.get("jobSummaryList", [])]
        seen, sizes, token = [*seen, *items], [*sizes, len(items)], page.get("nextToken")
        if not token:
            break
    batch.expect(max(sizes) <= 2, "at most 2 jobs a page", f"pages of {sizes}")
    batch.expect(sorted(seen) == sorted(job.id for job in jobs), "3 jobs, each once", f"{len(seen)} jobs in {sizes}")
