"""Compute environments, queues and job definitions: created, changed, echoed."""

from __future__ import annotations


def test_what_a_definition_has_is_echoed_as_it_was_registered(server):
    """Clients compare what they see with what they sent."""
    properties = {
        "image": "busybox:1.36",
        "command": [],
        "environment": [{"name": "A", "value": ""}],
        "ulimits": [{"hardLimit": 5, "name": "nofile", "softLimit": 5}],
        "resourceRequirements": [{"value": "0.25", "type": "VCPU"}],
        "readonlyRootFilesystem": False,
    }
    server.batch.register_job_definition(
        jobDefinitionName="echoed",
        type="container",
        containerProperties=properties,
        retryStrategy={"attempts": 2, "evaluateOnExit": [{"action": "exit", "onExitCode": "1"}]},
        timeout={"attemptDurationSeconds": 60},
        tags={"team": "a"},
    )

    (shown,) = server.batch.describe_job_definitions(jobDefinitionName="echoed")["jobDefinitions"]
    assert shown["containerProperties"] == {**properties, "mountPoints": [], "secrets": [], "volumes": []}
    assert shown["retryStrategy"] == {"attempts": 2, "evaluateOnExit": [{"action": "exit", "onExitCode": "1"}]}
    assert (shown["timeout"], shown["tags"]) == ({"attemptDurationSeconds": 60}, {"team": "a"})
    assert (shown["revision"], shown["status"]) == (1, "ACTIVE")


def test_a_name_means_its_latest_active_revision(server):
    for _ in range(3):
        reply = server.batch.register_job_definition(
            jobDefinitionName="revised", type="container", containerProperties={"image": "i", "command": ["true"]}
        )
    server.batch.deregister_job_definition(jobDefinition=reply["jobDefinitionArn"])

    def used(definition: str) -> str:
        return server.describe(server.submit("true", jobDefinition=definition))["jobDefinition"].rpartition("/")[2]

    assert used("revised") == "revised:2"
    assert used("revised:1") == "revised:1"
    assert used(reply["jobDefinitionArn"].replace(":3", ":2")) == "revised:2"
    active = server.batch.describe_job_definitions(jobDefinitionName="revised", status="ACTIVE")["jobDefinitions"]
    assert [shown["revision"] for shown in active] == [2, 1]


def test_queues_and_environments_are_described_and_changed(server):
    server.batch.create_compute_environment(
        computeEnvironmentName="managed",
        type="MANAGED",
        computeResources={"type": "FARGATE", "maxvCpus": 4, "subnets": ["s"], "securityGroupIds": ["g"]},
    )
    created = server.batch.create_job_queue(
        jobQueueName="described",
        priority=7,
        computeEnvironmentOrder=[
            {"order": 2, "computeEnvironment": "quickstart"},
            {"order": 1, "computeEnvironment": "managed"},
        ],
        tags={"a": "b"},
    )
    server.batch.update_job_queue(jobQueue="described", state="DISABLED", priority=8)
    server.batch.update_compute_environment(computeEnvironment="managed", computeResources={"maxvCpus": 9})

    (queue,) = server.batch.describe_job_queues(jobQueues=[created["jobQueueArn"], "unknown"])["jobQueues"]
    assert (queue["state"], queue["status"], queue["priority"], queue["tags"]) == ("DISABLED", "VALID", 8, {"a": "b"})
    assert [entry["order"] for entry in queue["computeEnvironmentOrder"]] == [1, 2]
    (environment,) = server.batch.describe_compute_environments(computeEnvironments=["managed"])["computeEnvironments"]
    assert environment["computeResources"]["maxvCpus"] == 9
    assert environment["computeResources"]["subnets"] == ["s"]


def test_short_lists_come_in_pages(server):
    first = server.batch.describe_compute_environments(maxResults=1)
    second = server.batch.describe_compute_environments(maxResults=1, nextToken=first["nextToken"])
    assert first["computeEnvironments"] != second["computeEnvironments"]
