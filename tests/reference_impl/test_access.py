"""Signatures, and clients that are slow: botocore signs here, and never verifies."""

from __future__ import annotations

import http.client
import json
import socket
import time
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from batchproof.reference_impl.http import patience
from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings

KEYS = ("AKIAKIT", "s3cret/with+signs")


@pytest.fixture(scope="module")
def signed(start, tmp_path_factory):
    """A server that listens everywhere and wants signatures."""
    file = tmp_path_factory.mktemp("keys") / "credentials"
    file.write_text(f"[default]\naws_access_key_id = {KEYS[0]}\naws_secret_access_key = {KEYS[1]}\n")
    server = start("--host", "0.0.0.0", "--credentials", str(file))
    server.url = server.url.replace("0.0.0.0", "127.0.0.1")
    return server


def client(url, service="batch", keys=KEYS):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
        config=Config(retries={"total_max_attempts": 1}),
    )


def request(url, *, service="batch", keys=KEYS, path="/v1/describejobs", ago=timedelta(), body=b'{"jobs":["a"]}'):
    """A signed request, not sent."""
    made = AWSRequest("POST", url + path, data=body, headers={"content-type": "application/json"})
    signer = SigV4Auth(Credentials(*keys), service, "us-east-1")
    with patch("botocore.auth.get_current_datetime", lambda: (datetime.now(UTC) - ago).replace(tzinfo=None)):
        signer.add_auth(made)
    return dict(made.headers.items()), body, path


def answer(url, headers, body, path="/v1/describejobs", method="POST"):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers.get("x-amzn-errortype"), json.loads(response.read())
    finally:
        connection.close()


def test_an_unmodified_boto3_with_the_right_key_is_served(signed):
    batch, logs = client(signed.url), client(signed.url, "logs")
    job_id = batch.submit_job(
        jobName="a",
        jobQueue="quickstart",
        jobDefinition="quickstart",
        containerOverrides={"command": ["sh", "-c", "env; echo ☂"]},
    )["jobId"]
    while (job := batch.describe_jobs(jobs=[job_id])["jobs"][0])["status"] != "SUCCEEDED":
        time.sleep(0.01)
    events = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=job["container"]["logStreamName"])
    text = "\n".join(event["message"] for event in events["events"])
    assert "☂" in text
    assert KEYS[1] not in text
    batch.tag_resource(resourceArn=job["jobArn"], tags={"a b": "c/ü", "d": ""})
    batch.untag_resource(resourceArn=job["jobArn"], tagKeys=["z z", "d", "ü&="])
    assert batch.list_tags_for_resource(resourceArn=job["jobArn"])["tags"] == {"a b": "c/ü"}
    headers, body, _ = request(signed.url, path="/")
    assert answer(signed.url, headers, body, path="/")[0] == 404  # signed, and no operation


@pytest.mark.parametrize(
    ("keys", "code"),
    [((KEYS[0], "guess"), "InvalidSignatureException"), (("AKIANOBODY", KEYS[1]), "UnrecognizedClientException")],
)
def test_wrong_keys_are_refused_with_awss_error(signed, keys, code):
    for call in (
        lambda: client(signed.url, keys=keys).describe_jobs(jobs=["a"]),
        lambda: client(signed.url, "logs", keys).describe_log_groups(),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_request_is_served_as_it_was_signed(signed):
    headers, body, _ = request(signed.url)
    assert answer(signed.url, headers, body) == (200, None, {"jobs": []})


def change(**changed):
    return lambda headers, body, path: ({**headers, **changed}, body, path)


TAMPERED = {
    "another body": lambda headers, body, path: (headers, b'{"jobs":["b"]}', path),
    "another path": lambda headers, body, path: (headers, body, "/v1/canceljob"),
    "a query": lambda headers, body, path: (headers, body, path + "?a=b"),
    "another host": change(Host="other.example"),
    "another date": lambda headers, body, path: (
        {**headers, "X-Amz-Date": headers["X-Amz-Date"][:-2] + ("0" if headers["X-Amz-Date"][-2] != "0" else "1") + "Z"},
        body,
        path,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_whatever_is_changed_afterwards_breaks_the_signature(signed, name):
    headers, body, path = TAMPERED[name](*request(signed.url))
    status, kind, message = answer(signed.url, headers, body, path)
    assert (status, kind) == (403, "InvalidSignatureException"), message


@pytest.mark.parametrize(
    ("headers", "kind", "message"),
    [
        (lambda h: {}, "MissingAuthenticationTokenException", "Authorization is absent"),
        (lambda h: {**h, "Authorization": "Bearer x"}, "IncompleteSignatureException", "Authorization is not"),
        (lambda h: {**h, "X-Amz-Target": "Logs_20140328.GetLogEvents"}, "IncompleteSignatureException", "lacks x-amz-target"),
        (lambda h: {**h, "X-Amz-Date": "today"}, "IncompleteSignatureException", "X-Amz-Date is 'today'"),
        (lambda h: {**h, "Authorization": h["Authorization"].replace("host;", "")}, "IncompleteSignatureException", "lacks host"),
        (lambda h: {**h, "Authorization": h["Authorization"].replace("host;", "host;x;")}, "IncompleteSignatureException", "names x"),
        (lambda h: {**h, "Origin": "http://evil.example"}, "AccessDeniedException", "browsers are not served"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_signature_is_said(signed, headers, kind, message):
    made, body, _ = request(signed.url)
    status, got, told = answer(signed.url, headers(made), body)
    assert (status, got) == (403, kind)
    assert message in told["message"]


@pytest.mark.parametrize(
    ("ago", "word"), [(timedelta(minutes=6), "expired"), (-timedelta(minutes=6), "not yet current"), (timedelta(minutes=4), None)]
)  # fmt: skip
def test_a_signature_is_good_for_five_minutes(signed, ago, word):
    headers, body, _ = request(signed.url, ago=ago)
    status, _, told = answer(signed.url, headers, body)
    assert status == (200 if word is None else 403)
    assert word is None or word in told["message"]


def test_a_key_signs_for_one_service(signed):
    headers, body, _ = request(signed.url, service="logs")
    assert "correct service: 'batch'" in answer(signed.url, headers, body)[2]["message"]


def test_events_are_for_those_who_sign(signed):
    assert answer(signed.url, {}, None, "/batchproof/events", "GET")[:2] == (403, "MissingAuthenticationTokenException")


def test_slow_clients_are_let_go_and_others_served(tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "HEADERS_S", 0.3)
    monkeypatch.setattr("batchproof.reference_impl.http.asgi.BODY_S", 0.3)
    with running(Settings(data=tmp_path)) as url:
        address = (urlsplit(url).hostname, urlsplit(url).port)
        silent, halting, withholding = (socket.create_connection(address, timeout=10) for _ in range(3))
        halting.sendall(b"POST /v1/describejobs HTTP/1.1\r\nHost: local")
        withholding.sendall(b"POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
        broken = socket.create_connection(address)
        broken.sendall(b"POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
        broken.close()
        assert answer(url, {"content-type": "application/json"}, b'{"jobs":[]}')[0] == 200
        assert silent.recv(100) == b""
        assert halting.recv(100) == b""
        assert withholding.recv(100).startswith(b"HTTP/1.1 408 ")
        for each in (silent, halting, withholding):
            each.close()
