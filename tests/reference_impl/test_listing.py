"""ListJobs: statuses, filters, pages."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from batchproof.model.machine import LIFECYCLE
from batchproof.reference_impl.deciding.ledger import Ledger
from batchproof.reference_impl.deciding.records import Job, Order
from batchproof.reference_impl.operations import listing


@pytest.fixture(scope="module")
def shelf(server):
    """A queue of its own with eight jobs, submitted in this order: six are RUNNABLE for good, two are cancelled."""
    server.batch.create_compute_environment(computeEnvironmentName="shelf", type="UNMANAGED", unmanagedvCpus=0)
    order = [{"order": 1, "computeEnvironment": "shelf"}]
    server.batch.create_job_queue(jobQueueName="shelf", priority=1, computeEnvironmentOrder=order)
    server.batch.register_job_definition(
        jobDefinitionName="quick", type="container", containerProperties={"image": "i", "command": ["true"]}
    )
    names = ["Render-1", "render-2", "encode", "render", "mix", "master", "gone", "gone"]
    jobs = [
        server.submit("true", queue="shelf", jobName=name, jobDefinition="quick" if name == "mix" else "quickstart")
        for name in names
    ]
    for job in jobs[6:]:
        server.batch.cancel_job(jobId=job, reason="away")
    return jobs


def listed(server, **members):
    return [job["jobName"] for job in server.batch.list_jobs(jobQueue="shelf", **members)["jobSummaryList"]]


def filtered(server, name: str, value: str):
    return listed(server, filters=[{"name": name, "values": [value]}])


def test_only_running_jobs_are_listed_unless_a_status_is_asked_for(server, shelf):
    assert listed(server) == []
    assert listed(server, jobStatus="RUNNABLE") == ["master", "mix", "render", "encode", "render-2", "Render-1"]
    assert listed(server, jobStatus="FAILED") == ["gone", "gone"]


def test_flags_are_there_only_when_they_are_true(server, shelf):
    (waiting, *_) = server.batch.list_jobs(jobQueue="shelf", jobStatus="RUNNABLE")["jobSummaryList"]
    (cancelled, _) = server.batch.list_jobs(jobQueue="shelf", jobStatus="FAILED")["jobSummaryList"]

    assert "isCancelled" not in waiting
    assert "isTerminated" not in waiting
    assert (cancelled["isCancelled"], "isTerminated" in cancelled) == (True, False)
    assert cancelled["statusReason"] == "away"


def test_a_filter_looks_at_all_statuses_and_ignores_the_one_given(server, shelf):
    filters = [{"name": "JOB_NAME", "values": ["*"]}]
    assert len(listed(server, filters=filters, jobStatus="RUNNABLE")) == 8


def test_names_are_compared_without_case_and_a_star_makes_a_prefix(server, shelf):
    assert filtered(server, "JOB_NAME", "RENDER") == ["render"]
    assert filtered(server, "JOB_NAME", "render*") == ["render", "render-2", "Render-1"]


def test_definitions_are_compared_with_case_and_an_arn_means_one_revision(server, shelf):
    arn = "arn:aws:batch:us-east-1:123456789012:job-definition/quick:1"
    assert filtered(server, "JOB_DEFINITION", "quick") == filtered(server, "JOB_DEFINITION", arn) == ["mix"]
    assert filtered(server, "JOB_DEFINITION", "Quick") == []
    assert len(filtered(server, "JOB_DEFINITION", "quick*")) == 8


def test_times_are_milliseconds(server, shelf):
    at_ms = server.describe(shelf[3])["createdAt"]
    before = filtered(server, "BEFORE_CREATED_AT", str(at_ms))
    after = filtered(server, "AFTER_CREATED_AT", str(at_ms))

    assert "render" not in before + after
    assert len(filtered(server, "BEFORE_CREATED_AT", str(at_ms + 3_600_000))) == 8
    assert filtered(server, "AFTER_CREATED_AT", "0")[-1] == "Render-1"


def test_pages_go_on_where_the_last_ended_also_when_jobs_have_come_and_gone_since(server, shelf):
    """The token is a place among submissions: a job that was submitted later cannot push one onto a second page."""
    first = server.batch.list_jobs(jobQueue="shelf", jobStatus="RUNNABLE", maxResults=4)
    newer = server.submit("true", queue="shelf", jobName="newer")
    server.batch.cancel_job(jobId=shelf[0], reason="away")
    second = server.batch.list_jobs(jobQueue="shelf", jobStatus="RUNNABLE", maxResults=4, nextToken=first["nextToken"])
    server.batch.cancel_job(jobId=newer, reason="away")

    assert [job["jobName"] for job in first["jobSummaryList"]] == ["master", "mix", "render", "encode"]
    assert [job["jobName"] for job in second["jobSummaryList"]] == ["render-2"]
    assert "nextToken" not in second


def test_a_last_page_that_is_just_full_has_no_token(server, shelf):
    reply = server.batch.list_jobs(jobQueue="shelf", maxResults=1, filters=[{"name": "JOB_NAME", "values": ["mix"]}])
    assert "nextToken" not in reply


def test_botocores_paginator_sees_every_job_once(server, shelf):
    pages = server.batch.get_paginator("list_jobs").paginate(
        jobQueue="shelf", filters=[{"name": "JOB_NAME", "values": ["*"]}], PaginationConfig={"PageSize": 3}
    )
    seen = [job["jobId"] for page in pages for job in page["jobSummaryList"]]
    assert len(seen) == len(set(seen)) >= 8


def test_a_filter_that_fits_few_of_very_many_answers_with_short_pages(monkeypatch):
    """Nobody waits a minute for one answer: the token says that there is more to look at."""
    monkeypatch.setattr(listing, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(listing, "LOOKS", 2)
    ledger = Ledger()
    call: Any = SimpleNamespace(ledger=ledger)
    for number in range(11):
        order = Order(f"j{number}", "r", "rare" if number == 1 else "n", "q", "d:1", ("true",), {}, {}, {})
        ledger.put(Job(order, LIFECYCLE.submitted(1, waits=False), number, 0))

    async def pages(before: int | None) -> list[list[str]]:
        found, more_before = await listing._page(call, "q", None, before, lambda job: job.order.name == "rare", 100)
        rest = [] if more_before is None else await pages(more_before)
        return [[job.id for job in found], *rest]

    assert asyncio.run(pages(None)) == [[], [], ["j1"]]
