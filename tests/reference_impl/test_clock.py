"""The server's clock can be put forward, so that nobody has to wait for what takes a minute at least."""

from __future__ import annotations

import json
import time
from urllib.request import Request, urlopen

import pytest

from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings


@pytest.fixture
def forgetful(client):
    """A server that keeps nothing, and how to put its clock forward."""
    with running(Settings(grace_s=0.2)) as url:

        def advance(seconds: int) -> int:
            body = json.dumps({"seconds": seconds}).encode()
            request = Request(f"{url}/batchproof/advance-clock", body, {"content-type": "application/json"})
            with urlopen(request) as answer:
                return json.load(answer)["now"]

        batch = client(url)
        batch.create_compute_environment(computeEnvironmentName="c", type="UNMANAGED", unmanagedvCpus=1)
        order = [{"order": 1, "computeEnvironment": "c"}]
        batch.create_job_queue(jobQueueName="q", priority=1, computeEnvironmentOrder=order)
        container = {"image": "busybox", "command": ["sleep", "600"]}
        batch.register_job_definition(jobDefinitionName="d", type="container", containerProperties=container)
        yield batch, advance


def test_a_timeout_that_has_come_by_the_new_time_ends_its_attempt_and_one_that_has_not_does_not(forgetful, patiently):
    """TO-02, TO-04: never earlier than promised, on the clock that the server shows."""
    batch, advance = forgetful
    timeout = {"attemptDurationSeconds": 60}
    job = batch.submit_job(jobName="j", jobQueue="q", jobDefinition="d", timeout=timeout)["jobId"]

    def shown() -> dict:
        return batch.describe_jobs(jobs=[job])["jobs"][0]

    patiently(lambda: shown()["status"] == "RUNNING")
    advance(30)
    assert shown()["status"] == "RUNNING"
    advance(31)
    patiently(lambda: shown()["status"] == "FAILED")
    ended = shown()
    assert ended["statusReason"] == "Job attempt duration exceeded timeout"
    assert ended["stoppedAt"] - ended["startedAt"] >= 60_000


def test_every_time_that_is_shown_afterwards_is_on_the_new_clock(forgetful):
    batch, advance = forgetful
    now_ms = advance(3600)
    job = batch.submit_job(jobName="j", jobQueue="q", jobDefinition="d")["jobId"]
    assert batch.describe_jobs(jobs=[job])["jobs"][0]["createdAt"] >= now_ms > (time.time() + 3500) * 1000
