"""Each mode, over HTTP, before the real server or a socket, seen by an unmodified boto3 or in the bytes."""

from __future__ import annotations

import gzip
import json
import socket
import time
from typing import Any

import pytest
from adversary.playing import begin
from adversary.upstreams import OK, Running, Socket, client_of, exchanged, post, proxied
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError
from patience import until

from batchproof.conformance.adversary.composition import Adversary, mode_of
from batchproof.conformance.adversary.exchange import Cut
from batchproof.model.status import Status

CALLS = 100
DESCRIBE = post("/v1/describejobs", b'{"jobs": ["a"]}')
TERMINATE = post("/v1/terminatejob", b'{"jobId": "a", "reason": "b"}')


def submitted(batch: Any, *command: str, **members: Any) -> str:
    overrides = {"command": list(command)}
    job = batch.submit_job(
        jobName="job", jobQueue="quickstart", jobDefinition="quickstart", containerOverrides=overrides, **members
    )
    return job["jobId"]


def ended(batch: Any, job_id: str) -> dict[str, Any]:
    def job() -> dict[str, Any] | None:
        return next((job for job in batch.describe_jobs(jobs=[job_id])["jobs"] if Status(job["status"]).terminal), None)

    return until(job)


def outcomes(proxy: Running, times: int = 60, **asked: Any) -> list[Any]:
    """What boto3 makes of so many calls of TerminateJob: the answer's status, or the exception."""
    batch, found = client_of(proxy.url), []
    for _ in range(times):
        try:
            found.append(
                batch.terminate_job(**({"jobId": "none", "reason": "x"} | asked))["ResponseMetadata"]["HTTPStatusCode"]
            )
        except (ClientError, HTTPClientError) as failure:
            found.append(failure)
    return found


@pytest.mark.parametrize(
    ("mode", "codes"),
    [
        ("throttled=0.4", {"TooManyRequestsException", "ThrottlingException"}),
        ("throttled-in-bursts=0.1,every_s=0.2", {"TooManyRequestsException", "ThrottlingException"}),
        ("errors-before=0.4", {"ServerException"}),
        ("errors-after=0.4", {"ServerException"}),
        ("gateway-errors=0.4", {"502", "503", "504"}),
        ("denied=TerminateJob", {"AccessDeniedException"}),
        ("expiring-credentials=0", {"ExpiredTokenException"}),
    ],
)
def test_boto3_sees_the_errors_that_a_mode_says(mode, codes):
    with Socket() as service, proxied(service.url, mode, seed=3) as proxy:
        seen = outcomes(proxy, CALLS)
    failures = [each for each in seen if isinstance(each, ClientError)]
    assert {failure.response["Error"]["Code"] for failure in failures} == codes
    assert proxy.adversary.deeds[mode.partition("=")[0]] == len(failures)
    answered = seen.count(200)
    if mode.startswith("errors-after"):
        assert len(service.got) == CALLS
    elif mode.startswith("gateway"):
        assert answered < len(service.got) < CALLS
    else:
        assert len(service.got) == answered
    if not mode.startswith(("denied", "expiring")):
        assert 0 < answered < CALLS


@pytest.mark.parametrize("mode", ["cut-before=0.5", "cut-after=0.5"])
def test_boto3_sees_connections_cut(mode):
    with Socket() as service, proxied(service.url, mode) as proxy:
        seen = outcomes(proxy)
    cut = sum(isinstance(each, ConnectionClosedError | HTTPClientError) for each in seen)
    assert cut == proxy.adversary.deeds[mode.partition("=")[0]] > 10
    assert len(service.got) == (60 if mode.startswith("cut-after") else 60 - cut)


@pytest.mark.parametrize(("reset", "part"), [(True, 0.0), (False, 0.0), (True, 0.5), (False, 0.5)])
def test_a_connection_is_cut_by_a_reset_or_by_its_end_after_a_part_of_the_answer(reset, part, monkeypatch):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + b'{"a": "0123456789"}\n'
    with Socket([answer]) as service, proxied(service.url, "cut-midway=0.5" if part else "cut-after=0.5") as proxy:
        (mode,) = proxy.adversary.modes
        monkeypatch.setattr(
            mode, "after", lambda request, answer, now_s, chance: Cut(reset, answer if part else None, part)
        )
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
            connection.sendall(DESCRIBE)
            until(lambda: service.got)
            got, error = b"", None
            try:
                while more := connection.recv(1):
                    got += more
            except ConnectionResetError as failure:
                error = failure
        assert (error is not None) == reset
        if not reset:
            assert got.partition(b"\r\n\r\n")[2] == (answer[-20:-10] if part else b"")


def test_a_cut_answer_has_its_whole_length_in_its_head_and_less_in_its_body():
    body = b'{"jobs": []}' + b" " * 1000
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with Socket([answer]) as service, proxied(service.url, "cut-midway=0.9") as proxy:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
                connection.sendall(DESCRIBE)
                got = b""
                try:
                    while more := connection.recv(65536):
                        got += more
                        if got == answer:
                            break
                except ConnectionResetError:
                    continue
            head, _, part = got.partition(b"\r\n\r\n")
            assert b"Content-Length: 1012" in head
            assert body.startswith(part)
    assert proxy.adversary.deeds["cut-midway"] > 10


def test_answers_are_late_by_as_much_as_the_mode_says():
    with Socket() as service, proxied(service.url, "slow-submits=0.5", "late-answers=0.1,share=0.9") as proxy:
        began_s = time.monotonic()
        exchanged(proxy.port, *[post("/v1/submitjob", b"{}")] * 5)
        took_s = time.monotonic() - began_s
    assert len(service.got) == 5
    assert 0.4 < took_s < 10


def test_a_late_request_reaches_the_service_after_its_client_has_left():
    """As in a network: that nobody waits for it any more does not stop it."""
    with Socket() as service, proxied(service.url, "late-requests=0.5,share=0.9", seed=1) as proxy:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", proxy.port)) as connection:
                connection.sendall(TERMINATE)
        until(lambda: len(service.got) == 5)


def test_a_late_request_is_late_by_as_much_as_the_mode_says():
    mode, seed = "late-requests=1,share=0.9", 1
    wait_s = begin(Adversary([mode_of(mode)], seed), "TerminateJob", 0).wait_s
    with Socket() as service, proxied(service.url, mode, seed=seed) as proxy:
        began_s = time.monotonic()
        exchanged(proxy.port, TERMINATE)
        assert time.monotonic() - began_s >= wait_s > 0.2


def test_a_held_answer_holds_nobody_else():
    with (
        Socket() as service,
        proxied(service.url, "slow-submits=600") as proxy,
        socket.create_connection(("127.0.0.1", proxy.port)) as connection,
    ):
        connection.sendall(post("/v1/submitjob", b"{}"))
        until(lambda: service.got)
        assert exchanged(proxy.port, DESCRIBE) == [OK]


def test_an_answer_in_pieces_is_whole_in_the_end():
    body = json.dumps({"jobs": [{"jobId": str(n)} for n in range(50)]}).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with (
        Socket([answer]) as service,
        proxied(service.url, "answers-in-pieces=5,pause_s=0,share=0.9", "connections-end=0.3") as proxy,
    ):
        batch = client_of(proxy.url)
        for _ in range(30):
            assert [job["jobId"] for job in batch.describe_jobs(jobs=["a"])["jobs"]] == [str(n) for n in range(50)]
        heads = [
            found[0].partition(b"\r\n\r\n")[0].lower() for _ in range(30) if (found := exchanged(proxy.port, DESCRIBE))
        ]
    for words in (b"transfer-encoding: chunked", b"content-length:", b"connection: close"):
        assert 0 < sum(words in head for head in heads) < 30
    assert not [head for head in heads if b"chunked" in head and b"content-length" in head]


def test_a_compressed_answer_is_understood_and_changed():
    packed = gzip.compress(b'{"jobs": [{"jobId": "b"}, {"jobId": "a"}, {"jobId": "c"}]}')
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    with Socket([answer]) as service, proxied(service.url, "reordered") as proxy:
        (got,) = exchanged(proxy.port, DESCRIBE)
    assert b"gzip" not in got.lower()
    assert sorted(job["jobId"] for job in json.loads(got.partition(b"\r\n\r\n")[2])["jobs"]) == ["a", "b", "c"]
    with Socket([answer]) as service, proxied(service.url) as proxy:
        assert exchanged(proxy.port, DESCRIBE) == [answer]


def test_reads_lag_and_come_to_the_end(service):
    with proxied(service, "lagging-reads=2", "new-jobs-unknown=1", seed=2) as proxy:
        batch, direct = client_of(proxy.url), client_of(service)
        job_id = submitted(batch, "sleep", "0.3")
        seen = []

        def both_ended() -> bool:
            now = [each.describe_jobs(jobs=[job_id])["jobs"] for each in (batch, direct)]
            seen.append(tuple(jobs[0]["status"] if jobs else None for jobs in now))
            return seen[-1][0] == "SUCCEEDED"

        until(both_ended)
    assert any(shown != true and true == "SUCCEEDED" for shown, true in seen)
    shown = [status for status, _ in seen]
    assert shown[0] is None
    order = [None, "SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]
    assert shown == sorted(shown, key=order.index)


def test_what_a_slow_client_reads_is_read_ahead(service):
    with proxied(service, "lagging-reads=1") as proxy:
        job_id = submitted(client_of(proxy.url), "true")
        client_of(proxy.url).describe_jobs(jobs=[job_id])
        (mode,) = proxy.adversary.modes
        until(lambda: len(mode._seen._by_job["DescribeJobs", job_id]) > 1)
    assert proxy.adversary.calls["DescribeJobs"] == 1


def test_reads_go_back(service):
    with proxied(service, "reads-go-back=0.4,within_s=5") as proxy:
        batch = client_of(proxy.url)
        job_id = submitted(batch, "sleep", "0.3")
        seen = []

        def gone_back() -> bool:
            seen.append(batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"])
            return "SUCCEEDED" in seen and seen[-1] != "SUCCEEDED"

        until(gone_back)


def test_every_job_is_listed_once_over_short_pages(service):
    """boto3's own paginator is content with it; the tokens mean the same for every client."""
    with proxied(service, "short-pages=2,empty=0.3") as proxy:
        batch = client_of(proxy.url)
        made = {submitted(batch, "true") for _ in range(7)}
        for job_id in made:
            ended(batch, job_id)
        pages = list(
            batch.get_paginator("list_jobs").paginate(
                jobQueue="quickstart", jobStatus="SUCCEEDED", PaginationConfig={"PageSize": 3}
            )
        )
        listed = [job["jobId"] for page in pages for job in page["jobSummaryList"]]
        assert len(set(listed)) == len(listed)
        assert made <= set(listed)
        assert all(len(page["jobSummaryList"]) <= 2 for page in pages)
        queues = [
            queue["jobQueueName"]
            for page in batch.get_paginator("describe_job_queues").paginate()
            for queue in page["jobQueues"]
        ]
        assert queues == ["quickstart"]


def test_other_forms_of_answers_are_the_same_job_to_boto3(service):
    modes = ("reordered", "unknown-members=5", "empty-members=0.9", "error-forms=0.9")
    direct = client_of(service)
    job_id = submitted(direct, "false", retryStrategy={"attempts": 2})
    job = ended(direct, job_id)
    with proxied(service, *modes) as proxy:
        shown = client_of(proxy.url).describe_jobs(jobs=[job_id])["jobs"][0]
        assert {name: value for name, value in shown.items() if value not in ([], {}, False)} == {
            name: value for name, value in job.items() if value not in ([], {}, False)
        }
        raw = json.loads(
            exchanged(proxy.port, post("/v1/describejobs", json.dumps({"jobs": [job_id]}).encode()))[0].partition(
                b"\r\n\r\n"
            )[2]
        )
        assert {name for name in raw["jobs"][0] if name.startswith("unknown")}
        messages = []
        for _ in range(20):
            with pytest.raises(client_of(proxy.url).exceptions.ClientException, match="attempts") as refused:
                submitted(client_of(proxy.url), "true", retryStrategy={"attempts": 11})
            messages.append(refused.value.response["Error"]["Message"])
        assert 10 < sum(message.startswith("Error executing request, Exception : ") for message in messages) <= 20


def test_reasons_are_in_other_words_and_a_callers_is_not(service):
    with proxied(service, "other-reasons") as proxy:
        batch = client_of(proxy.url)
        by_itself, stopped = submitted(batch, "true"), submitted(batch, "sleep", "30")
        batch.terminate_job(jobId=stopped, reason="Essential reason")
        assert ended(batch, stopped)["statusReason"] == "Essential reason"
        assert ended(batch, by_itself)["statusReason"] != ended(client_of(service), by_itself)["statusReason"]


def test_flags_of_what_runs_are_in_lists_only(service):
    with proxied(service, "flags-at-the-end") as proxy:
        batch, direct = client_of(proxy.url), client_of(service)
        job_id = submitted(batch, "sleep", "30")
        until(lambda: direct.describe_jobs(jobs=[job_id])["jobs"][0]["status"] == "RUNNING")
        batch.cancel_job(jobId=job_id, reason="x")
        assert direct.describe_jobs(jobs=[job_id])["jobs"][0]["isCancelled"]
        assert "isCancelled" not in batch.describe_jobs(jobs=[job_id])["jobs"][0]
        (listed,) = (job for job in batch.list_jobs(jobQueue="quickstart")["jobSummaryList"] if job["jobId"] == job_id)
        assert listed["isCancelled"]
        batch.terminate_job(jobId=job_id, reason="y")
        assert ended(batch, job_id)["isTerminated"]


def test_bulk_requests_are_denied_for_each_job_and_fail_for_some(service):
    with proxied(service, "denied=CancelJob", "item-errors=0.5", seed=1) as proxy:
        batch = client_of(proxy.url)
        made = [submitted(batch, "sleep", "30") for _ in range(8)]
        answer = batch.cancel_jobs(jobs=made, reason="x")
        assert [error["code"] for error in answer["errors"]] == ["AccessDenied"] * 8
        answer = batch.terminate_jobs(jobs=made, reason="y")
        assert {error["code"] for error in answer["errors"]} == {"ServerException"}
        assert {*answer["successful"], *(error["job"] for error in answer["errors"])} == set(made)
        assert answer["successful"]
        for job_id in made:
            assert ended(batch, job_id)["statusReason"] == "y"
            assert not ended(batch, job_id).get("isCancelled")


def test_an_arrays_counts_lag(service):
    with proxied(service, "lagging-counts=600") as proxy:
        batch, direct = client_of(proxy.url), client_of(service)
        job_id = submitted(batch, "sleep", "1", arrayProperties={"size": 2})
        first = batch.describe_jobs(jobs=[job_id])["jobs"][0]["arrayProperties"]["statusSummary"]

        def moved() -> bool:
            return direct.describe_jobs(jobs=[job_id])["jobs"][0]["arrayProperties"]["statusSummary"] != first

        until(moved)
        shown = batch.describe_jobs(jobs=[job_id])["jobs"][0]
        if not Status(shown["status"]).terminal:
            assert shown["arrayProperties"]["statusSummary"] == first
        parent = ended(batch, job_id)
        assert parent["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 2
