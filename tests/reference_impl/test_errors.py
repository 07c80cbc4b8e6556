"""docs/errors.md is true: each of its cases is sent to the server, and the answer is what its row says."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from refusals.cases import CASES, JSON, answer, call

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"


def rows() -> list[list[str]]:
    lines = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    # A bar inside a cell is written with a backslash before it, as Markdown wants it.
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


@pytest.fixture(scope="module")
def strict(start):
    """A server with a closed queue, a fair-share queue, one on Spot, a deregistered definition, and seats to consume."""
    server = start()
    server.batch.create_consumable_resource(consumableResourceName="seats", totalQuantity=1)
    order = [{"order": 1, "computeEnvironment": "quickstart"}]
    server.batch.create_job_queue(jobQueueName="closed", state="DISABLED", priority=1, computeEnvironmentOrder=order)
    server.batch.create_compute_environment(
        computeEnvironmentName="spot",
        type="MANAGED",
        computeResources={"type": "SPOT", "maxvCpus": 1, "subnets": ["subnet-0"]},
    )
    server.batch.create_job_queue(
        jobQueueName="spot", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "spot"}]
    )
    policy = server.batch.create_scheduling_policy(name="fair")["arn"]
    server.batch.create_job_queue(
        jobQueueName="fair", schedulingPolicyArn=policy, priority=1, computeEnvironmentOrder=order
    )
    server.batch.register_job_definition(
        jobDefinitionName="gone", type="container", containerProperties={"image": "i", "command": ["true"]}
    )
    server.batch.deregister_job_definition(jobDefinition="gone:1")
    ranges = [{"targetNodes": "0:1", "container": {"image": "i", "command": ["true"]}}]
    properties = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": ranges}
    server.batch.register_job_definition(jobDefinitionName="nodes", type="multinode", nodeProperties=properties)
    return server


def test_the_document_and_the_cases_name_each_other():
    assert [row[0] for row in rows()] == list(CASES)
    assert {row[4] for row in rows()} == {"documented", "seen", "ours"}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_the_server_answers_as_the_document_says(strict, row):
    case, status, kind, pattern, _, _ = row
    got_status, headers, body = answer(strict.url, CASES[case])

    message = body.decode() if status == "200" else json.loads(body)["message"]
    assert (got_status, headers.get("x-amzn-errortype", "-")) == (int(status), kind), message
    assert re.search(pattern.strip("`"), message), message
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-amzn-requestid"])


def test_the_server_lives_on_after_all_of_them(strict):
    """All cases again at one go, then a job."""
    for request in CASES.values():
        answer(strict.url, request)
    assert strict.process.poll() is None
    assert strict.wait(strict.submit("true"))["status"] == "SUCCEEDED"


def test_a_refused_request_leaves_nothing_behind(strict):
    before = strict.batch.list_jobs(jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["*"]}])
    for case, request in CASES.items():
        if case.startswith("SubmitJob"):
            answer(strict.url, request)
    after = strict.batch.list_jobs(jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["*"]}])
    assert after["jobSummaryList"] == before["jobSummaryList"]


def test_boto3_raises_the_error_that_batch_models(strict):
    with pytest.raises(strict.batch.exceptions.ClientException) as refused:
        strict.submit("true", queue="nowhere")
    error: ClientError = refused.value
    assert error.response["Error"] == {"Message": "JobQueue nowhere not found.", "Code": "ClientException"}


def test_a_wrong_method_is_told_the_right_one(strict):
    _, headers, _ = answer(strict.url, ("PUT", "/v1/tags/arn", {}, b""))
    assert headers["allow"] == "DELETE, GET, POST"


@pytest.mark.parametrize("kind", ["application/json", "application/x-amz-json-1.1", "application/json; charset=utf-8"])
def test_json_is_read_under_its_usual_names(strict, kind):
    status, _, body = answer(strict.url, ("POST", "/v1/describejobs", {"content-type": kind}, b'{"jobs": []}'))
    assert (status, body) == (200, b'{"jobs":[]}')


def test_no_content_type_and_no_body_are_fine_where_nothing_is_required(strict):
    status, _, body = answer(strict.url, ("POST", "/v1/describejobqueues", {}, b""))
    assert (status, len(json.loads(body)["jobQueues"])) == (200, 4)


def test_a_success_without_members_is_an_empty_object(strict):
    status, headers, body = answer(strict.url, call("CancelJob", jobId="nobody", reason="x"))
    assert (status, body, headers["content-type"]) == (200, b"{}", "application/json")
    assert headers["x-amzn-requestid"]


def test_a_body_of_exactly_1_mib_is_read(strict):
    """And is then too long for SubmitJob by its own bound: the two are told apart."""
    status, _, body = answer(strict.url, ("POST", "/v1/submitjob", JSON, b" " * (1024 * 1024 - 2) + b"{}"))
    assert (status, json.loads(body)["message"]) == (
        400,
        "the SubmitJob payload has 1048576 bytes: at most 30720 are allowed",
    )


def test_a_body_that_is_too_large_and_stops_is_answered_soon(strict):
    """It announced one chunk of 1 GB, and sends a little more than is read: nobody waits for the rest of it."""
    with socket.create_connection(urlsplit(strict.url).netloc.split(":"), timeout=5) as opened:
        opened.sendall(b"POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        opened.sendall(b"40000000\r\n" + b" " * 1_200_000)
        assert opened.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_fault_of_the_server_is_a_server_exception_and_the_server_lives_on(start):
    server = start("--server", "wrong_servers.servers:SERVERS[lists fail]")
    with pytest.raises(server.batch.exceptions.ServerException) as failed:
        server.batch.list_jobs(jobQueue="quickstart")

    request_id = failed.value.response["ResponseMetadata"]["RequestId"]
    log = (server.data / "stderr").read_text()
    assert request_id in log
    assert "ZeroDivisionError: on purpose" in log
    (server.data / "stderr").write_text("")  # what was expected is read; anything more would be a surprise
    assert server.wait(server.submit("true"))["status"] == "SUCCEEDED"
