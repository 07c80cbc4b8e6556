"""With no mode on, and for all that is not Batch, the proxy passes on what came: bytes, headers, connections."""

from __future__ import annotations

import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from adversary.upstreams import OK, Socket, client_of, exchanged, post, proxied
from patience import until

from batchproof.conformance.adversary.composition import MODES
from batchproof.conformance.adversary.shapes import _model, operations

OWN = re.compile(
    rb'(?im)^(?:date|x-amzn-requestid):[^\r]*|"lastUpdatedAt":\d+'
)  # what differs from one answer to the next
EVERYTHING = [
    *(
        post(
            operation["http"]["requestUri"].replace(
                "{resourceArn}", "arn:aws:batch:us-east-1:123456789012:job-queue%2Fquickstart"
            ),
            body,
            "Content-Type: application/json",
            method=operation["http"]["method"],
        )
        for operation in _model()["operations"].values()
        for body in (b"{}", b'{"jobs": ["none"], "jobQueue": "quickstart"}')
    ),
    post("/no/such/path?a=b", b"x"),
    post("/", b"", method="GET"),
    post("/v1/describejobs", b"{", "X-Odd:  Value  with  spaces"),
    post("/v1/describejobs", b"[]"),
    post("/v1/describejobs", b"", method="PUT"),
    post("/", b'{"logGroupName": "/aws/batch/job"}', "X-Amz-Target: Logs_20140328.DescribeLogStreams"),
    post("/batchproof/advance-clock", b'{"seconds": -1}'),
]


def test_every_operation_is_answered_as_if_it_was_asked_directly(service):
    """Byte for byte, but for the request id and the date."""
    port = int(service.rpartition(":")[2])
    with proxied(service) as proxy:
        for request in EVERYTHING:
            (direct,), (through,) = exchanged(port, request), exchanged(proxy.port, request)
            assert OWN.sub(b"", through) == OWN.sub(b"", direct), request
    assert sum(proxy.adversary.calls.values()) >= 2 * len(operations())
    assert set(proxy.adversary.calls) == operations()


def test_boto3_works_through_it_as_without_it(service):
    with proxied(service) as proxy:
        batch = client_of(proxy.url)
        job_id = batch.submit_job(
            jobName="hello", jobQueue="quickstart", jobDefinition="quickstart", containerOverrides={"command": ["true"]}
        )["jobId"]
        job = until(
            lambda: next(
                (job for job in batch.describe_jobs(jobs=[job_id])["jobs"] if job["status"] == "SUCCEEDED"), None
            )
        )
        assert client_of(service).describe_jobs(jobs=[job_id])["jobs"] == [job]
        with pytest.raises(batch.exceptions.ClientException, match="attempts"):
            batch.submit_job(
                jobName="x", jobQueue="quickstart", jobDefinition="quickstart", retryStrategy={"attempts": 11}
            )


REQUEST = post(
    "/v1/describejobs",
    b'{ "jobs" :["a"]}',
    "x-ODD-case: 1",
    "X-Twice: a",
    "X-Twice: b",
    "Authorization: AWS4-X Y",
    host="given:80",
)


def test_what_reaches_the_service_is_what_was_sent():
    """The Host header too, which a signature covers."""
    with Socket() as service, proxied(service.url) as proxy:
        exchanged(proxy.port, REQUEST)
    assert service.got == [REQUEST]


def test_what_reaches_the_client_is_what_was_answered():
    answer = (
        b'HTTP/1.1 418 I am odd\r\nX-b: 1\r\nx-A:2\r\nX-b: 3\r\nContent-Length: 11\r\nDate: never\r\n\r\n{"a" :  1}\n'
    )
    with Socket([answer]) as service, proxied(service.url) as proxy:
        (got,) = exchanged(proxy.port, REQUEST)
    assert got == answer.replace(b"x-A:2", b"x-A: 2")


def test_a_path_of_the_services_url_comes_before_that_of_the_request():
    with Socket() as service, proxied(f"{service.url}/prefix/") as proxy:
        exchanged(proxy.port, REQUEST)
    assert service.got[0].startswith(b"POST /prefix/v1/describejobs HTTP/1.1\r\n")


def test_what_is_not_batch_is_untouched_by_every_mode():
    request = post("/v1/describejobs2", b'{"jobs": []}', "Content-Type: application/json")
    modes = [mode.name for mode in MODES if mode.name not in ("clock-differs", "late-answers")]
    with Socket() as service, proxied(service.url, *modes) as proxy:
        assert exchanged(proxy.port, *[request] * 50) == [OK] * 50
    assert service.got == [request] * 50
    assert proxy.adversary.calls.total() == 0


def test_chunked_bodies_come_whole():
    chunks = (
        b"POST /v1/describejobs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n"
        + b'{"jobs\r\n7\r\n": [1]}\r\n0\r\n\r\n'
    )
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    with Socket([answer]) as service, proxied(service.url) as proxy:
        assert exchanged(proxy.port, chunks) == [answer]
    assert service.got[0].partition(b"\r\n\r\n")[2].replace(b"\r\n", b"") == b'd{"jobs": [1]}0'


def test_who_waits_for_100_continue_gets_it(service):
    request = post("/v1/describejobs", b'{"jobs": []}', "Expect: 100-continue")
    head, _, body = request.partition(b"\r\n\r\n")
    with (
        proxied(service) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection,
        connection.makefile("rb") as reader,
    ):
        connection.sendall(head + b"\r\n\r\n")
        assert reader.readline().startswith(b"HTTP/1.1 100")
        reader.readline()
        connection.sendall(body)
        assert reader.readline().startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("size", [2**20, 16 * 2**20])
def test_large_bodies_pass_both_ways(size):
    body = b'{"jobs": ["' + b"x" * (size - 14) + b'"]}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + body
    with Socket([answer]) as service, proxied(service.url, "reordered") as proxy:
        (got,) = exchanged(proxy.port, post("/v1/describejobs", body))
        assert service.got[0].endswith(body)
        assert json.loads(got.partition(b"\r\n\r\n")[2]) == json.loads(body)


def test_a_longer_body_is_refused_and_the_proxy_lives_on():
    request = post("/v1/describejobs", b"x" * (16 * 2**20 + 1))
    with Socket() as service, proxied(service.url) as proxy:
        (answer,) = exchanged(proxy.port, request)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"16777216" in answer
        assert service.got == []
        assert exchanged(proxy.port, REQUEST) == [OK]


@pytest.mark.parametrize(
    "nonsense",
    [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"],
)
def test_what_is_no_http_is_refused_and_the_proxy_lives_on(nonsense):
    with Socket() as service, proxied(service.url) as proxy:
        (answer,) = exchanged(proxy.port, nonsense)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert exchanged(proxy.port, REQUEST) == [OK]
    assert service.got == [REQUEST]


def test_two_hundred_connections_at_once(service):
    """Each is held open until all have had two answers."""
    together = threading.Barrier(200)
    request = post("/v1/describejobs", b'{"jobs": []}')

    def call(_: int) -> list[bytes]:
        with (
            socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as connection,
            connection.makefile("rb") as reader,
        ):
            together.wait(60)
            found = []
            for _ in range(2):
                connection.sendall(request)
                found.append(reader.readline())
                while reader.readline() != b"\r\n":
                    pass
                reader.read(len(b'{"jobs":[]}'))
            together.wait(60)
            return found

    with proxied(service) as proxy, ThreadPoolExecutor(200) as pool:
        for found in pool.map(call, range(200)):
            assert found == [b"HTTP/1.1 200 OK\r\n"] * 2
    assert proxy.adversary.calls == {"DescribeJobs": 400}


def test_a_connection_is_used_again():
    with Socket() as service, proxied(service.url) as proxy:
        assert exchanged(proxy.port, *[REQUEST] * 3) == [OK] * 3
    assert service.connections == 1


def test_a_service_that_ends_its_connections_is_connected_to_again():
    with (
        Socket(ends=True) as service,
        proxied(service.url) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection,
        connection.makefile("rb") as reader,
    ):
        for _ in range(3):
            connection.sendall(REQUEST)
            assert reader.read(len(OK)) == OK
            threading.Event().wait(0.05)  # its end must have come, which nothing tells
    assert service.connections == 3
    assert len(service.got) == 3


def test_a_service_that_does_not_answer_is_asked_once():
    """Asking again would do twice what is no read: the client must learn that it cannot know."""
    with Socket([b""], ends=True) as service, proxied(service.url) as proxy:
        assert exchanged(proxy.port, REQUEST) == []
    assert len(service.got) == 1
    assert "gave no answer" in proxy.said[0]


def test_a_service_that_is_not_there_is_a_502_and_said_once():
    with Socket() as gone:
        pass
    with proxied(gone.url) as proxy:
        answers = exchanged(proxy.port, REQUEST, REQUEST)
    assert [answer.split(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 502 Bad Gateway"] * 2
    assert b"cannot connect to" in answers[0]
    assert len(proxy.said) == 1
