"""The command as a user runs it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from patience import until

from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings

BATCHPROOF = [sys.executable, "-m", "batchproof.cli.main"]


@pytest.fixture(scope="session")
def batchproof() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command with these arguments; members of the environment are given in capitals."""

    def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        environment = {name: options.pop(name) for name in list(options) if name.isupper()}
        options = {"capture_output": True} | options if "stdout" not in options else {"stderr": -1} | options
        return subprocess.run(
            [*BATCHPROOF, *arguments], text=True, timeout=60, env={**os.environ, **environment}, check=False, **options
        )

    return run


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """A server that runs real processes."""
    with running(Settings(quickstart=True, grace_s=1)) as served:
        yield served


@pytest.fixture(scope="session")
def batch_at() -> Callable[[str], Batch]:
    return Batch


@pytest.fixture
def batch(url) -> Batch:
    return Batch(url)


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path) -> None:
    """Nobody's account: no credentials, no configuration, and no looking for those of a machine at AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


class Batch:
    """What tests ask of the server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.api = boto3.client(
            "batch", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )

    def submit(self, *command: str, name: str = "job", **members: Any) -> str:
        overrides = {"command": list(command), **members.pop("overrides", {})}
        return self.api.submit_job(
            jobName=name,
            jobQueue="quickstart",
            jobDefinition="quickstart",
            containerOverrides=overrides,
            **members,
        )["jobId"]

    def wait(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """The job once it is in one of these statuses, by default in a final one."""
        wanted = statuses or ("SUCCEEDED", "FAILED")

        def there() -> dict[str, Any] | None:
            (job,) = self.api.describe_jobs(jobs=[job_id])["jobs"]
            return job if job["status"] in wanted else None

        return until(there)

    def queue(self, name: str) -> str:
        """A queue of its own: what other tests submit is not in it."""
        environment = self.api.describe_compute_environments()["computeEnvironments"][0]["computeEnvironmentArn"]
        order = [{"order": 1, "computeEnvironment": environment}]
        self.api.create_job_queue(jobQueueName=name, state="ENABLED", priority=1, computeEnvironmentOrder=order)
        return name

    def submit_nodes(self, count: int) -> str:
        """A multi-node job whose nodes say their numbers."""
        command = ["sh", "-c", "echo node $AWS_BATCH_JOB_NODE_INDEX"]
        needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "16"}]
        ranges = [
            {"targetNodes": "0:", "container": {"image": "none", "command": command, "resourceRequirements": needs}}
        ]
        properties = {"numNodes": count, "mainNode": 0, "nodeRangeProperties": ranges}
        self.api.register_job_definition(jobDefinitionName="nodes", type="multinode", nodeProperties=properties)
        return self.api.submit_job(jobName="nodes", jobQueue="quickstart", jobDefinition="nodes")["jobId"]
