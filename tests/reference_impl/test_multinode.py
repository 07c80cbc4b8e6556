"""Multi-node jobs as clients meet them."""

from __future__ import annotations

import pytest

SAY = (
    "echo $AWS_BATCH_JOB_NODE_INDEX of $AWS_BATCH_JOB_NUM_NODES, main $AWS_BATCH_JOB_MAIN_NODE_INDEX"
    ' at "${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS-none}", $ROLE'
)

EC2 = {"type": "EC2", "maxvCpus": 16, "subnets": ["subnet-0"]}


@pytest.fixture(scope="module")
def defined(server):
    """A definition of which the main node ends after a moment, and workers wait for a long time."""

    def container(role: str, then: str) -> dict:
        environment = [{"name": "ROLE", "value": role}]
        return {"image": "i", "vcpus": 2, "command": ["sh", "-c", f"{SAY}; {then}"], "environment": environment}

    ranges = [
        {"targetNodes": "0:0", "container": container("leads", "sleep 0.3")},
        {"targetNodes": "1:", "container": container("works", "sleep 60")},
    ]
    properties = {"numNodes": 3, "mainNode": 0, "nodeRangeProperties": ranges}
    server.batch.register_job_definition(jobDefinitionName="party", type="multinode", nodeProperties=properties)
    return properties


@pytest.fixture(scope="module")
def done(server, defined):
    job = server.batch.submit_job(jobName="job", jobQueue="quickstart", jobDefinition="party")["jobId"]
    server.wait(job)
    for index in (1, 2):
        server.wait(f"{job}#{index}")
    return job


def test_the_definition_is_echoed(server, defined):
    (shown,) = server.batch.describe_job_definitions(jobDefinitionName="party")["jobDefinitions"]
    for group in shown["nodeProperties"]["nodeRangeProperties"]:  # with lists that were not given, and are empty
        group["container"] = {member: value for member, value in group["container"].items() if value != []}
    assert (shown["type"], shown["nodeProperties"]) == ("multinode", defined)


def test_the_job_shows_its_nodes_and_the_main_nodes_times_and_attempts(server, done):
    job, main = server.describe(done), server.describe(f"{done}#0")

    assert (job["status"], job["nodeProperties"]["numNodes"], job["nodeProperties"]["mainNode"]) == ("SUCCEEDED", 3, 0)
    assert "container" not in job
    assert "nodeDetails" not in job
    for member in ("startedAt", "stoppedAt", "statusReason", "attempts"):
        assert job[member] == main[member], member
    assert job["attempts"][0]["container"]["exitCode"] == 0


def test_nodes_say_which_they_are(server, done):
    nodes = server.batch.describe_jobs(jobs=[f"{done}#{index}" for index in range(4)])["jobs"]

    assert [node["nodeDetails"] for node in nodes] == [
        {"nodeIndex": 0, "isMainNode": True},
        {"nodeIndex": 1, "isMainNode": False},
        {"nodeIndex": 2, "isMainNode": False},
    ]
    assert [node["status"] for node in nodes] == ["SUCCEEDED", "FAILED", "FAILED"], (
        "stopped with the main node (MNP-08)"
    )
    assert nodes[1]["container"]["exitCode"] == 143
    assert not nodes[1]["isTerminated"]
    assert nodes[0]["startedAt"] <= nodes[1]["startedAt"]


def test_nodes_know_which_they_are_and_where_the_main_node_is(server, done):
    assert server.output(f"{done}#0") == "0 of 3, main 0 at none, leads\n"
    assert server.output(f"{done}#2") == "2 of 3, main 0 at 127.0.0.1, works\n"


def test_nodes_are_listed_by_their_job_and_not_by_their_queue(server, done):
    failed = server.batch.list_jobs(multiNodeJobId=done, jobStatus="FAILED")["jobSummaryList"]
    in_queue = server.batch.list_jobs(jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["*"]}])
    (job,) = [job for job in in_queue["jobSummaryList"] if job["jobId"].startswith(done)]

    assert sorted(node["jobId"] for node in failed) == [f"{done}#1", f"{done}#2"]
    assert failed[0]["nodeProperties"] == {"isMainNode": False, "numNodes": 3, "nodeIndex": 2}
    assert (job["jobId"], job["nodeProperties"]) == (done, {"numNodes": 3})


def test_overrides_change_the_nodes_of_their_range_and_how_many_there_are(server, defined):
    overrides = {
        "numNodes": 2,
        "nodePropertyOverrides": [
            {"targetNodes": "1:", "containerOverrides": {"environment": [{"name": "ROLE", "value": "plays"}]}}
        ],
    }
    job = server.batch.submit_job(jobName="job", jobQueue="quickstart", jobDefinition="party", nodeOverrides=overrides)[
        "jobId"
    ]

    server.wait(f"{job}#0")
    assert server.wait(f"{job}#1")["status"] == "FAILED"
    assert server.output(f"{job}#1") == "1 of 2, main 0 at 127.0.0.1, plays\n"
    assert server.batch.describe_jobs(jobs=[f"{job}#2"])["jobs"] == []


def test_a_job_starts_only_where_there_is_room_for_all_of_its_nodes(server, defined):
    """Three nodes of 2 vCPUs each."""
    server.batch.create_compute_environment(
        computeEnvironmentName="narrow", type="MANAGED", computeResources={**EC2, "maxvCpus": 5}
    )
    order = [{"order": 1, "computeEnvironment": "narrow"}]
    server.batch.create_job_queue(jobQueueName="narrow", priority=1, computeEnvironmentOrder=order)
    job = server.batch.submit_job(jobName="job", jobQueue="narrow", jobDefinition="party")["jobId"]
    assert server.describe(job)["status"] == "RUNNABLE"

    server.batch.update_compute_environment(computeEnvironment="narrow", computeResources={"maxvCpus": 6})
    assert server.wait(job)["status"] == "SUCCEEDED"


def test_fewer_nodes_are_fine_while_every_range_begins_before_the_last_of_them(server, defined):
    """What the API asks of numNodes in an override: an open range, and lower boundaries below it; not upper ones (MNP-09)."""
    container = {"image": "i", "command": ["sh", "-c", SAY]}
    ranges = [{"targetNodes": targets, "container": container} for targets in ("0:3", "1:")]
    properties = {"numNodes": 4, "mainNode": 0, "nodeRangeProperties": ranges}
    server.batch.register_job_definition(jobDefinitionName="shrinks", type="multinode", nodeProperties=properties)
    job = server.batch.submit_job(
        jobName="job", jobQueue="quickstart", jobDefinition="shrinks", nodeOverrides={"numNodes": 2}
    )["jobId"]

    server.wait(job)
    assert server.output(f"{job}#0").startswith("0 of 2,")
    assert server.batch.describe_jobs(jobs=[f"{job}#2"])["jobs"] == []


@pytest.mark.parametrize("name", ["UNMANAGED", "SPOT", "FARGATE", "FARGATE_SPOT", "ECS_MANAGED_INSTANCES"])
def test_an_environment_that_takes_no_multinode_jobs_gets_none(server, defined, name):
    """MNP-10. Other jobs run there."""
    kind = (
        {"type": "UNMANAGED"} if name == "UNMANAGED" else {"type": "MANAGED", "computeResources": {**EC2, "type": name}}
    )
    queue = f"no-nodes-{name}"
    server.batch.create_compute_environment(computeEnvironmentName=queue, **kind)
    order = [{"order": 1, "computeEnvironment": queue}]
    server.batch.create_job_queue(jobQueueName=queue, priority=1, computeEnvironmentOrder=order)

    with pytest.raises(
        server.batch.exceptions.ClientException, match=f"^.*JobQueue {queue} has no compute environment"
    ):
        server.batch.submit_job(jobName="job", jobQueue=queue, jobDefinition="party")
    assert server.wait(server.submit("true", queue=queue))["status"] == "SUCCEEDED"


def test_a_multinode_job_goes_to_the_first_environment_that_takes_it(server):
    """MNP-10: it passes over Spot, also when that becomes EC2 and is Spot again."""
    container = {"image": "i", "command": ["sh", "-c", "echo $AWS_BATCH_CE_NAME"]}
    nodes = {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [{"targetNodes": "0:", "container": container}]}
    server.batch.register_job_definition(jobDefinitionName="where", type="multinode", nodeProperties=nodes)
    server.batch.create_compute_environment(
        computeEnvironmentName="spot", type="MANAGED", computeResources={**EC2, "type": "SPOT"}
    )
    order = [{"order": n, "computeEnvironment": name} for n, name in enumerate(("spot", "quickstart"))]
    server.batch.create_job_queue(jobQueueName="spot", priority=1, computeEnvironmentOrder=order)

    for kind, taken in (("SPOT", "quickstart"), ("EC2", "spot"), ("SPOT", "quickstart")):
        server.batch.update_compute_environment(computeEnvironment="spot", computeResources={"type": kind})
        job = server.batch.submit_job(jobName="job", jobQueue="spot", jobDefinition="where")["jobId"]
        server.wait(job)
        assert server.output(f"{job}#0") == f"{taken}\n"


def test_instance_types_of_an_override_are_shown_as_given(server, defined):
    """They pick no hardware here, but what a caller asked for is not lost without a word."""
    overrides = {"nodePropertyOverrides": [{"targetNodes": "1:", "instanceTypes": ["c7i.large"]}]}
    job = server.batch.submit_job(jobName="job", jobQueue="quickstart", jobDefinition="party", nodeOverrides=overrides)[
        "jobId"
    ]
    ranges = server.describe(job)["nodeProperties"]["nodeRangeProperties"]
    assert [one.get("instanceTypes") for one in ranges] == [None, ["c7i.large"]]
    assert server.wait(job)["status"] == "SUCCEEDED"
