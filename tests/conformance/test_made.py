"""What a run makes at a service: listed before it is made, taken back afterwards, and nothing else ever touched."""

from __future__ import annotations

import json

import boto3
import pytest

from batchproof.conformance import run_conformance

CONTAINER = {
    "image": "busybox",
    "command": ["true"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
}


@pytest.fixture
def batch(served):
    with served("--grace-s", "1") as url:
        yield boto3.client(
            "batch", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )


def listed(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_everything_is_named_before_it_is_made_and_gone_at_the_end(batch, tmp_path):
    """A kit that dies in between leaves a list and no riddle."""
    rules = ("CANCEL-03", "DEP-01", "RETRY-04")  # DEP-01 submits what is to be refused, RETRY-04 registers a definition
    url = batch.meta.endpoint_url
    report = run_conformance(endpoint_url=url, powers=("gate", "holds-runnable"), rule=rules, report=tmp_path)
    assert report.exit_status == 0, report.text()
    lines = listed(tmp_path / "made.jsonl")
    assert lines[0] == {"what": "at", "url": batch.meta.endpoint_url, "region": "us-east-1"}
    first = {(line["kind"], line["name"]): line["what"] for line in reversed(lines[1:])}
    last = {(line["kind"], line["name"]): line["what"] for line in lines[1:]}
    assert {kind for kind, _ in first} == {"job", "job queue", "compute environment", "job definition"}
    assert set(first.values()) == {"will"}
    assert set(last.values()) == {"gone"}
    assert batch.describe_job_queues()["jobQueues"] == []
    assert batch.describe_compute_environments()["computeEnvironments"] == []
    assert batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"] == []


def test_a_definition_of_the_users_own_stays_as_it_was(batch, tmp_path):
    """The kit deregistered whatever it had been told to use, and left its own behind."""
    batch.register_job_definition(jobDefinitionName="mine", type="container", containerProperties=CONTAINER)
    before = batch.describe_job_definitions()["jobDefinitions"]
    run_conformance(
        endpoint_url=batch.meta.endpoint_url, job_definition="mine:1", rule=("ST-33", "RETRY-04"), report=tmp_path
    )
    assert batch.describe_job_definitions(jobDefinitionName="mine")["jobDefinitions"] == before
    assert [d["jobDefinitionName"] for d in batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]] == [
        "mine"
    ]


def test_without_a_report_the_list_stands_in_the_users_state_folder_until_nothing_is_left(
    batch, tmp_path, monkeypatch, batchproof
):
    """The first line of the run names it; a list of nothing would only be in the way."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = batchproof("check", batch.meta.endpoint_url, "--power", "none", "--rule", "ST-33")
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"what this run makes at the service is listed in {tmp_path}/batchproof/made-")
    assert list((tmp_path / "batchproof").iterdir()) == []
