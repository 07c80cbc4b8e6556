"""Queues and compute environments go, and what becomes of their jobs (Q-02)."""

from __future__ import annotations

import pytest


def environment(server, name, vcpus=1, **members):
    server.batch.create_compute_environment(
        computeEnvironmentName=name, type="UNMANAGED", unmanagedvCpus=vcpus, **members
    )


def queue(server, name, *environments, **members):
    return server.batch.create_job_queue(
        jobQueueName=name,
        priority=1,
        computeEnvironmentOrder=[{"order": n, "computeEnvironment": ce} for n, ce in enumerate(environments)],
        **members,
    )["jobQueueArn"]


def refused(server):
    return pytest.raises(server.batch.exceptions.ClientException)


def test_a_deleted_queue_ends_its_jobs_and_is_gone_when_the_last_one_has_ended(server, patiently):
    environment(server, "going")
    arn = queue(server, "going", "going")
    running = server.submit("sleep", "60", queue="going", retryStrategy={"attempts": 3})
    server.wait(running, "RUNNING")
    waiting = server.submit("true", queue="going")
    pending = server.submit("true", queue="going", dependsOn=[{"jobId": running}])
    with refused(server) as why:
        server.batch.delete_job_queue(jobQueue="going")
    assert "state of JobQueue going is ENABLED: it must be DISABLED" in str(why.value)

    server.batch.update_job_queue(jobQueue="going", state="DISABLED")
    server.batch.delete_job_queue(jobQueue=arn)

    for job_id in (waiting, pending):
        job = server.describe(job_id)
        assert (job["status"], job["statusReason"], job["attempts"]) == ("FAILED", "JobQueue deleted", [])
    job = server.wait(running)
    assert (job["status"], job["statusReason"], len(job["attempts"])) == ("FAILED", "JobQueue deleted", 1)
    patiently(lambda: server.batch.describe_job_queues(jobQueues=["going"])["jobQueues"] == [])
    queue(server, "going", "going")
    every = [{"name": "JOB_NAME", "values": ["*"]}]
    assert server.batch.list_jobs(jobQueue="going", filters=every)["jobSummaryList"] == []
    assert server.wait(server.submit("true", queue="going"))["status"] == "SUCCEEDED"


def test_an_environment_goes_when_it_is_disabled_and_no_queue_uses_it(server):
    environment(server, "spare")
    queue(server, "uses-spare", "quickstart", "spare")
    with refused(server) as why:
        server.batch.delete_compute_environment(computeEnvironment="spare")
    assert "it must be DISABLED" in str(why.value)
    server.batch.update_compute_environment(computeEnvironment="spare", state="DISABLED")
    with refused(server) as why:
        server.batch.delete_compute_environment(computeEnvironment="spare")
    assert "found existing JobQueue relationship: uses-spare" in str(why.value)

    server.batch.update_job_queue(
        jobQueue="uses-spare", computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "quickstart"}]
    )
    server.batch.delete_compute_environment(computeEnvironment="spare")
    assert server.batch.describe_compute_environments(computeEnvironments=["spare"])["computeEnvironments"] == []


def test_environments_are_tried_in_their_order_and_memory_bounds_one(server):
    """The first has room for one job's memory, so the second job goes to the second (Q-04)."""
    environment(server, "small", 4, tags={"batchproof:memory-mib": "128"})
    environment(server, "roomy", 4)
    queue(server, "ordered", "small", "roomy")
    jobs = [server.submit("sh", "-c", "echo $AWS_BATCH_CE_NAME; sleep 60", queue="ordered") for _ in range(2)]
    server.wait_for_output(jobs[0], "small")
    server.wait_for_output(jobs[1], "roomy")
    server.batch.terminate_jobs(jobs=jobs, reason="seen enough")


def test_tags_are_added_changed_listed_and_taken_away(server):
    environment(server, "tagged", tags={"a": "1"})
    arns = [
        queue(server, "tagged", "tagged", tags={"a": "1"}),
        server.batch.describe_compute_environments(computeEnvironments=["tagged"])["computeEnvironments"][0][
            "computeEnvironmentArn"
        ],
        server.batch.register_job_definition(
            jobDefinitionName="tagged", type="container", containerProperties={"image": "i"}, tags={"a": "1"}
        )["jobDefinitionArn"],
        server.describe(server.submit("true", tags={"a": "1"}))["jobArn"],
    ]
    for arn in arns:
        server.batch.tag_resource(resourceArn=arn, tags={"a": "2", "b/c d": "3", "e": ""})
        server.batch.untag_resource(resourceArn=arn, tagKeys=["b/c d", "never there"])
        assert server.batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "2", "e": ""}
        with refused(server) as why:
            server.batch.tag_resource(resourceArn=arn, tags={f"key {n}": "" for n in range(49)})
        assert "tags has 51 entries" in str(why.value)
    assert server.batch.describe_job_queues(jobQueues=["tagged"])["jobQueues"][0]["tags"] == {"a": "2", "e": ""}
    assert server.describe(arns[3].rpartition("/")[2])["tags"] == {"a": "2", "e": ""}


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        ("arn:aws:batch:us-east-1:123456789012:job/none", "there is no such resource"),
        ("arn:aws:batch:us-east-1:123456789012:job/none:3", "children and nodes have no tags"),
        ("arn:aws:batch:eu-west-1:123456789012:job-queue/quickstart", "there is no such resource"),
    ],
)
def test_what_has_no_tags_is_named(server, arn, message):
    with refused(server) as why:
        server.batch.list_tags_for_resource(resourceArn=arn)
    assert message in str(why.value)
