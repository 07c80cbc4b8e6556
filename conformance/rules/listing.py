"""DescribeJobs and ListJobs."""

from __future__ import annotations

from ...model.limits import DESCRIBED_JOBS
from ...model.status import FAILED, RUNNING
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule


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


@rule("LIST-01", "ListJobs wants exactly one of jobQueue, arrayJobId and multiNodeJobId.")
def a_list_has_one_selector(batch: Scenario) -> None:
    batch.refusal("list_jobs")


@rule("LIST-02", "ListJobs without `jobStatus` lists RUNNING jobs only.")
def the_default_is_running(batch: Scenario) -> None:
    job = batch.submit(role="ended")
    batch.finish(job)
    queue = batch.stage.world.queue
    batch.listed(jobQueue=queue)
    if Power.HOLDS_RUNNING in batch.target.powers:
        running = batch.submit(hold=True, role="running")
        batch.wait(running, RUNNING)
        ids = lambda page: [item.get("jobId") for item in page]  # noqa: E731
        batch.eventually(lambda: batch.listed(jobQueue=queue), lambda page: running.id in ids(page))


def named(batch: Scenario, name: str) -> list[str]:
    """The ids that ListJobs gives for a JOB_NAME filter."""
    filters = [{"name": "JOB_NAME", "values": [name]}]
    return [item["jobId"] for item in batch.listed(jobQueue=batch.stage.world.queue, filters=filters)]


@rule("LIST-03", "With `filters`, jobs of every status are listed.")
def filters_list_every_status(batch: Scenario) -> None:
    name = batch.named("kit")
    job = batch.submit(jobName=name)
    batch.finish(job)
    batch.eventually(lambda: named(batch, name), lambda ids: job.id in ids)


@rule("LIST-04", "The JOB_NAME filter has no case, and a final `*` makes it a prefix.")
def names_match_without_case_or_by_prefix(batch: Scenario) -> None:
    name = batch.named("Kit-End")
    job = batch.submit(jobName=name)
    batch.finish(job)
    for value in (name.upper(), name[:-4].lower() + "*"):
        batch.eventually(lambda value=value: named(batch, value), lambda ids: job.id in ids)
    for value in (name[:-4], name[1:]):  # neither the whole name nor a prefix with its star
        named(batch, value)


@rule("LIST-12", "In ListJobs `isCancelled` and `isTerminated` are there only when true.", (Power.HOLDS_RUNNING,))
def summaries_show_flags_only_when_true(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.summary(job, RUNNING)
    batch.terminate(job)
    if batch.settle(job)["status"] == FAILED:
        look = lambda: batch.summary(job, FAILED) or {}  # noqa: E731
        batch.eventually(look, lambda summary: bool(summary.get("isTerminated")))


@rule("LIST-10", "Pages hold `maxResults` jobs; following `nextToken` lists every job once.")
def pages_cover_everything_once(batch: Scenario) -> None:
    name = batch.named("kit")
    jobs = [batch.submit(jobName=name) for _ in range(3)]
    for job in jobs:
        batch.finish(job)
    batch.eventually(lambda: named(batch, name), lambda ids: len(ids) >= len(jobs))
    filters = [{"name": "JOB_NAME", "values": [name]}]
    batch.listed(jobQueue=batch.stage.world.queue, filters=filters, maxResults=2)
