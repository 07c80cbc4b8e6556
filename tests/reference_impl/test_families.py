"""Where queues, consumable resources and logs meet arrays and multi-node jobs."""

from __future__ import annotations

import json


def closed(server, name: str, **definition) -> None:
    resources = {"type": "EC2", "maxvCpus": 3, "subnets": ["subnet-0"]}  # multi-node jobs need EC2 (MNP-10)
    server.batch.create_compute_environment(computeEnvironmentName=name, type="MANAGED", computeResources=resources)
    order = [{"order": 1, "computeEnvironment": name}]
    server.batch.create_job_queue(jobQueueName=name, priority=1, computeEnvironmentOrder=order)
    container = {"image": "busybox", "command": ["sh", "-c", "echo here; exec sleep 60"]}
    nodes = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [{"targetNodes": ":", "container": container}]}
    server.batch.register_job_definition(jobDefinitionName=name, type="multinode", nodeProperties=nodes, **definition)


def test_a_deleted_queue_ends_arrays_through_their_children_and_nodes_with_their_main_node(server, patiently):
    closed(server, "families")
    submit = server.batch.submit_job
    multi = submit(jobName="m", jobQueue="families", jobDefinition="families")["jobId"]
    server.wait(multi, "RUNNING")
    array = server.submit("sleep", "60", queue="families", arrayProperties={"size": 3})
    server.wait(f"{array}:0", "RUNNING")
    unborn = server.submit("true", queue="families", arrayProperties={"size": 2}, dependsOn=[{"jobId": array}])
    server.batch.update_job_queue(jobQueue="families", state="DISABLED")
    server.batch.delete_job_queue(jobQueue="families")

    for job_id in (multi, f"{multi}#0", f"{multi}#1", array, f"{array}:0", f"{array}:1", f"{array}:2", unborn):
        job = server.wait(job_id)
        assert (job_id, job["status"]) == (job_id, "FAILED")
        assert (job_id, job["statusReason"]) == (job_id, "JobQueue deleted")
    patiently(lambda: server.batch.describe_job_queues(jobQueues=["families"])["jobQueues"] == [])


def test_a_multinode_job_consumes_once_and_children_each_for_themselves(server, patiently):
    server.batch.create_consumable_resource(consumableResourceName="seat", totalQuantity=2)
    needs = {"consumableResourceList": [{"consumableResource": "seat", "quantity": 1}]}
    closed(server, "seats", consumableResourceProperties=needs)

    def in_use() -> int:
        return server.batch.describe_consumable_resource(consumableResource="seat")["inUseQuantity"]

    multi = server.batch.submit_job(jobName="m", jobQueue="seats", jobDefinition="seats")["jobId"]
    server.wait(multi, "RUNNING")  # until then it has no nodes
    server.wait(f"{multi}#1", "RUNNING")
    assert in_use() == 1
    listed = server.batch.list_jobs_by_consumable_resource(consumableResource="seat")["jobs"]
    assert [job["jobArn"].rpartition("/")[2] for job in listed] == [multi]
    server.batch.terminate_job(jobId=multi, reason="enough")
    server.wait(multi)
    patiently(lambda: in_use() == 0)

    array = server.submit("sleep", "60", arrayProperties={"size": 3}, consumableResourcePropertiesOverride=needs)
    server.wait(f"{array}:1", "RUNNING")
    assert (in_use(), server.describe(f"{array}:2")["status"]) == (2, "RUNNABLE")
    server.batch.terminate_job(jobId=array, reason="enough")
    server.wait(array)
    patiently(lambda: in_use() == 0)


def test_the_snapshot_shows_a_waiting_multinode_job_by_its_own_id(server):
    closed(server, "front")
    server.batch.update_compute_environment(computeEnvironment="front", state="DISABLED")
    multi = server.batch.submit_job(jobName="m", jobQueue="front", jobDefinition="front")["jobId"]
    server.wait(multi, "RUNNABLE")
    front = server.batch.get_job_queue_snapshot(jobQueue="front")["frontOfQueue"]["jobs"]
    assert [entry["jobArn"].rpartition("/")[2] for entry in front] == [multi]


def test_events_of_an_array_tell_of_its_parent_and_its_children(start, tmp_path, patiently):
    server = start("--events", str(tmp_path / "events"))
    array = server.submit("true", arrayProperties={"size": 2})
    server.wait(array)

    def told() -> list[dict]:
        return [json.loads(line)["detail"] for line in (tmp_path / "events").read_text().splitlines()]

    def is_over(job_id: str) -> bool:
        return any((one["jobId"], one["status"]) == (job_id, "SUCCEEDED") for one in told())

    patiently(lambda: is_over(array) and is_over(f"{array}:1"))  # a thread writes it
    moves = {job_id: [one["status"] for one in told() if one["jobId"] == job_id] for job_id in (array, f"{array}:1")}
    assert moves[array] == ["PENDING", "SUCCEEDED"]
    assert moves[f"{array}:1"] == ["RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]


def test_a_blocked_multinode_job_is_told_once_and_by_its_own_id(start, tmp_path, patiently):
    """EVT-06 is about the job in the queue: its main node waits there for it, and is no second job."""
    server = start("--events", str(tmp_path / "events"))
    closed(server, "narrow")
    server.batch.update_compute_environment(computeEnvironment="narrow", computeResources={"maxvCpus": 1})
    multi = server.batch.submit_job(jobName="m", jobQueue="narrow", jobDefinition="narrow")["jobId"]
    job = server.describe(multi)
    assert job["statusReason"].startswith("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - ")
    patiently(lambda: "Queue Blocked" in (tmp_path / "events").read_text())  # a thread writes it
    told = [json.loads(line) for line in (tmp_path / "events").read_text().splitlines()]
    (blocked,) = [event for event in told if event["detail-type"] == "Batch Job Queue Blocked"]
    assert blocked["resources"] == [job["jobArn"], job["jobQueue"]]
    assert (blocked["detail"]["status"], blocked["detail"]["statusReason"]) == ("RUNNABLE", job["statusReason"])
