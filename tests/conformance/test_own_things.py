"""A queue and a job definition of the user's own stay exactly as they were, and nothing of the kit's stays behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from patience import until

from batchproof.conformance.targets.child import running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

BATCHPROOF = [sys.executable, "-m", "batchproof.cli.main"]
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
CONTAINER = {
    "image": "busybox",
    "command": ["true"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
}
RULES = ("CANCEL-0*", "TERM-0*", "RETRY-0*", "ARR-05")


class Owned:
    """A service on which somebody has a queue and a definition, and what there is of both."""

    def __init__(self, url: str) -> None:
        self.url, self.batch = url, boto3.client("batch", endpoint_url=url, **KEYS)
        environment = self.batch.create_compute_environment(
            computeEnvironmentName="theirs", type="UNMANAGED", state="ENABLED", unmanagedvCpus=4096
        )["computeEnvironmentArn"]
        order = [{"order": 1, "computeEnvironment": environment}]
        self.batch.create_job_queue(jobQueueName="theirs", priority=1, state="ENABLED", computeEnvironmentOrder=order)
        self.batch.register_job_definition(
            jobDefinitionName="theirs",
            type="container",
            containerProperties=CONTAINER,
            retryStrategy={"attempts": 2},
        )
        self.before = self.there()

    def there(self) -> list[object]:
        batch = self.batch
        return [
            batch.describe_job_queues()["jobQueues"],
            batch.describe_compute_environments()["computeEnvironments"],
            batch.describe_job_definitions(jobDefinitionName="theirs")["jobDefinitions"],
            [d["jobDefinitionName"] for d in batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]],
        ]

    def jobs(self) -> list[str]:
        """Those that have not ended."""
        found = []
        for status in ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"):
            for page in self.batch.get_paginator("list_jobs").paginate(jobQueue="theirs", jobStatus=status):
                found += [job["jobName"] for job in page["jobSummaryList"]]
        return found

    def untouched(self) -> None:
        assert self.there() == self.before
        until(lambda: not self.jobs())


@pytest.fixture
def owned(served):
    with served("--grace-s", "1") as url:
        yield Owned(url)


def command(url: str, folder: Path, *more: str) -> list[str]:
    mine = ["--queue", "theirs", "--job-definition", "theirs", "--grace-s", "1", "--deadline-s", "1"]
    rules = [word for rule in RULES for word in ("--rule", rule)]
    return [*BATCHPROOF, "check", url, "--power", "gate", *mine, *rules, "--report", str(folder), *more]


def begun(url: str, folder: Path) -> subprocess.Popen[str]:
    """A run that has jobs at the service by now."""
    child = subprocess.Popen(
        command(url, folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    made = folder / "made.jsonl"
    until(lambda: made.exists() and made.read_text().count('"is", "kind": "job"') > 10)
    return child


def test_after_success(owned, tmp_path):
    """A definition with a strategy of its own is no fault of the service: its jobs have that many tries."""
    done = subprocess.run(command(owned.url, tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    owned.untouched()
    verdicts = {rule["id"]: rule["verdict"] for rule in json.loads((tmp_path / "report.json").read_text())["rules"]}
    assert verdicts["RETRY-02"] == "NOT_SUPPORTED"
    assert set(verdicts.values()) == {"CONFORMS", "NOT_SUPPORTED"}


def test_after_a_divergence(served, tmp_path):
    with served("--grace-s", "1", "--table", "wrong_servers.tables:TABLES[cancel stops]") as url:
        owned = Owned(url)
        done = subprocess.run(command(url, tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stdout
        owned.untouched()


def test_after_ctrl_c(owned, tmp_path):
    """What was seen by then is told, and what was begun is ended."""
    child = begun(owned.url, tmp_path)
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGINT)  # as a shell and `timeout` do, to the process and to its group
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 130, out
    owned.untouched()


def test_after_kill_and_clean(owned, tmp_path):
    """A kit that was killed leaves a list, from which `clean` takes back what is there."""
    child = begun(owned.url, tmp_path)
    child.kill()
    child.communicate(timeout=20)
    cleaned = subprocess.run([*BATCHPROOF, "clean", str(tmp_path)], capture_output=True, text=True, check=False)
    assert cleaned.returncode == 0, cleaned.stdout + cleaned.stderr
    owned.untouched()
    again = subprocess.run([*BATCHPROOF, "clean", str(tmp_path)], capture_output=True, text=True, check=False)
    assert again.stdout == "0 taken back, 0 left\n"


def test_while_a_fifth_of_all_calls_is_throttled(owned, tmp_path):
    """Clean-up is asked for again and again, as everything else is."""
    before = [*BATCHPROOF, "adversary", owned.url, "--port", "0", "--mode", "throttled=0.2"]
    with running(before) as (url, _):
        done = subprocess.run(command(url, tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    owned.untouched()


def test_where_pages_are_short_or_empty(served, tmp_path):
    """An empty page is no end: the kit took it for one, and left its definition behind."""
    with served("--grace-s", "1") as url:
        batch = boto3.client("batch", endpoint_url=url, **KEYS)
        with running([*BATCHPROOF, "adversary", url, "--port", "0", "--mode", "short-pages=1,empty=0.8"]) as (short, _):
            mine = ["check", short, "--power", "none", "--rule", "ST-33", "--report", str(tmp_path)]
            done = subprocess.run([*BATCHPROOF, *mine], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"] == []
        assert batch.describe_job_queues()["jobQueues"] == []


def test_an_interruption_while_the_queue_is_made_leaves_nothing(served, tmp_path):
    """The kit had not begun to check, and its compute environment stayed."""
    with served("--grace-s", "1") as url:
        batch = boto3.client("batch", endpoint_url=url, **KEYS)
        with running([*BATCHPROOF, "adversary", url, "--port", "0", "--mode", "late-answers=3,share=0.9"]) as (slow, _):
            child = subprocess.Popen(
                [*BATCHPROOF, "check", slow, "--report", str(tmp_path)], stdout=subprocess.PIPE, text=True
            )
            until(lambda: batch.describe_compute_environments()["computeEnvironments"])
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=120)
        assert child.returncode == 130
        assert batch.describe_compute_environments()["computeEnvironments"] == []
        assert batch.describe_job_queues()["jobQueues"] == []
        assert batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"] == []
