"""Consumable resources: nobody gets more than there is (Q-20), and what comes back does so at the end (Q-21)."""

from __future__ import annotations

import pytest


def need(name, quantity=1):
    return {"consumableResourceList": [{"consumableResource": name, "quantity": quantity}]}


def amounts(server, name):
    shown = server.batch.describe_consumable_resource(consumableResource=name)
    return shown["totalQuantity"], shown["inUseQuantity"], shown["availableQuantity"]


def test_a_job_waits_for_what_it_consumes_and_gives_it_back(server):
    arn = server.batch.create_consumable_resource(consumableResourceName="licence", totalQuantity=2)[
        "consumableResourceArn"
    ]
    server.batch.create_job_queue(
        jobQueueName="licensed", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "quickstart"}]
    )
    server.batch.register_job_definition(
        jobDefinitionName="licensed",
        type="container",
        containerProperties={"image": "i"},
        consumableResourceProperties=need("licence", 2),
    )
    first = server.submit("sleep", "60", queue="licensed", jobDefinition="licensed")
    server.wait(first, "RUNNING")
    second = server.submit(
        "sleep", "60", queue="licensed", jobDefinition="licensed", consumableResourcePropertiesOverride=need(arn)
    )
    other = server.wait(server.submit("true"))  # another queue is not held up

    assert other["status"] == "SUCCEEDED"
    assert amounts(server, arn) == (2, 2, 0)
    assert server.describe(second)["status"] == "RUNNABLE"
    assert server.describe(first)["consumableResourceProperties"] == need("licence", 2)
    jobs = server.batch.list_jobs_by_consumable_resource(
        consumableResource="licence", filters=[{"name": "JOB_STATUS", "values": ["RUNNING", "RUNNABLE"]}]
    )["jobs"]
    assert [(job["jobArn"].rpartition("/")[2], job["quantity"], job["jobStatus"]) for job in jobs] == [
        (first, 2, "RUNNING"),
        (second, 1, "RUNNABLE"),
    ]
    server.batch.terminate_job(jobId=first, reason="seen enough")
    server.wait(second, "RUNNING")
    assert amounts(server, "licence") == (2, 1, 1)
    reply = server.batch.update_consumable_resource(consumableResource="licence", operation="REMOVE", quantity=2)
    assert reply["totalQuantity"] == 0
    assert amounts(server, "licence") == (0, 1, 0)
    server.batch.terminate_job(jobId=second, reason="seen enough")
    server.wait(second)
    assert amounts(server, "licence") == (0, 0, 0)


def test_what_is_not_replenishable_is_used_up(server):
    server.batch.create_consumable_resource(
        consumableResourceName="fuel", totalQuantity=3, resourceType="NON_REPLENISHABLE", tags={"a": "b"}
    )
    for _ in range(3):
        server.wait(server.submit("true", consumableResourcePropertiesOverride=need("fuel")))
    assert amounts(server, "fuel") == (3, 3, 0)
    summaries = server.batch.list_consumable_resources(
        filters=[{"name": "CONSUMABLE_RESOURCE_NAME", "values": ["FU*"]}]
    )["consumableResources"]
    assert [(entry["consumableResourceName"], entry["inUseQuantity"]) for entry in summaries] == [("fuel", 3)]
    arn = summaries[0]["consumableResourceArn"]
    server.batch.tag_resource(resourceArn=arn, tags={"c": "d"})
    assert server.batch.describe_consumable_resource(consumableResource=arn)["tags"] == {"a": "b", "c": "d"}
    server.batch.delete_consumable_resource(consumableResource=arn)
    with pytest.raises(server.batch.exceptions.ClientException, match="there is no such resource"):
        server.batch.describe_consumable_resource(consumableResource=arn)


def test_a_retried_job_consumes_once_for_each_attempt_at_a_time(server):
    server.batch.create_consumable_resource(consumableResourceName="bench", totalQuantity=1)
    job = server.wait(
        server.submit("false", retryStrategy={"attempts": 3}, consumableResourcePropertiesOverride=need("bench"))
    )
    assert len(job["attempts"]) == 3
    assert amounts(server, "bench") == (1, 0, 1)


def test_an_update_that_comes_twice_with_one_token_happens_once(server):
    """botocore gives every update a token, so that it can send it again when it does not know whether it arrived (SVC-16)."""
    server.batch.create_consumable_resource(consumableResourceName="tokens", totalQuantity=1)

    def updated(token: str, operation: str, quantity: int) -> int:
        return server.batch.update_consumable_resource(
            consumableResource="tokens", operation=operation, quantity=quantity, clientToken=token
        )["totalQuantity"]

    assert [updated("a", "ADD", 2), updated("a", "ADD", 2), updated("b", "ADD", 2)] == [3, 3, 5]
    assert [updated("c", "SET", 9), updated("a", "ADD", 2)] == [9, 9]
    assert amounts(server, "tokens") == (9, 0, 9)
    assert updated("a", "REMOVE", 2) == 7, "another payload is another request"
