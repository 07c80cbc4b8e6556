"""Whoever keeps the protocol can run the jobs: here somebody who runs none, and says of each that it went well."""

from __future__ import annotations

import subprocess
import sys

import boto3
import pytest
from botocore.config import Config
from patience import until

from batchproof.reference_impl.deciding.messages import Exited, HostLost, Started
from batchproof.reference_impl.running.host import NO_OUTPUT, Host, Output
from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings


class Imagined:
    """A host without processes: what is spawned has started, and has ended unless its command is `sleep`."""

    def __init__(self, folder):
        self.folder = folder
        self.runs = {}
        self.under_way = set()
        self.log = []

    def guarantee(self):
        return "jobs run in nobody's mind"

    def connect(self, report):
        self.report = report

    def spawn(self, job_id, number, command, environment):
        self.log.append("spawn")
        self.runs[job_id, number] = f"imagine {' '.join(command)}\n".encode()
        self.under_way.add((job_id, number))
        self.report(Started(job_id, number))
        if command[0] != "sleep":
            self.end(job_id, number, 0)

    def stop(self, job_id, number, grace_ms):
        self.log.append(f"stop {grace_ms}")
        self.end(job_id, number, 143)

    def end(self, job_id, number, exit_code):
        self.under_way.discard((job_id, number))
        self.report(Exited(job_id, number, exit_code))

    def forget(self, job_id, number):
        self.log.append("forget")

    def discard(self, job_id):
        self.log.append("discard")

    async def read(self, job_id, number, offset, length):
        written = self.runs.get((job_id, number))
        return NO_OUTPUT if written is None else Output(written[offset : offset + length], len(written), 1000)

    async def close(self, grace_ms):
        self.log.append("close")
        for job_id, number in self.under_way:
            self.report(HostLost(job_id, number, "Host EC2 (nobody) terminated."))

    async def let_go(self):
        self.log.append("let go")


def client(url: str, service: str = "batch"):
    config = Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", config=config, **keys)


def submit(batch, *command: str) -> str:
    overrides = {"command": list(command)}
    return batch.submit_job(
        jobName="a", jobQueue="quickstart", jobDefinition="quickstart", containerOverrides=overrides
    )["jobId"]


def test_a_server_runs_its_jobs_on_the_host_that_it_is_given():
    """It asks nothing of it that is not in the protocol, and leaves it when it ends."""
    made: list[Host] = []

    def host(folder):
        made.append(Imagined(folder))
        return made[0]

    with running(Settings(host=host, quickstart=True, grace_s=7)) as url:
        batch, logs = client(url), client(url, "logs")
        job_id, stopped = submit(batch, "true"), submit(batch, "sleep", "9")

        def shown(job_id):
            return batch.describe_jobs(jobs=[job_id])["jobs"][0]

        job = until(lambda: (found := shown(job_id))["status"] == "SUCCEEDED" and found)
        page = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=job["container"]["logStreamName"])
        assert [(event["message"], event["timestamp"]) for event in page["events"]] == [("imagine true", 1000)]
        batch.terminate_job(jobId=stopped, reason="enough")
        assert until(lambda: (found := shown(stopped))["status"] == "FAILED" and found)["container"]["exitCode"] == 143
    (imagined,) = made
    assert sorted(imagined.log[:-2]) == ["forget", "forget", "spawn", "spawn", "stop 7000"]
    assert imagined.log[-2:] == ["close", "let go"]
    assert not imagined.folder.path.exists()


@pytest.mark.parametrize("module", ["settings", "serving", "shell", "running.host", "operations", "logs"])
def test_nothing_that_needs_linux_is_imported_for_a_server_of_another_host(module):
    """processes.py and the launcher are the one host that does; they are imported when they are chosen."""
    program = (
        f"import sys, batchproof.reference_impl.{module}; "
        "print([name for name in sys.modules if 'running.processes' in name or 'running.launcher' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.strip() == "[]"
