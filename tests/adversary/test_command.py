"""`batchproof adversary` as a process: what it prints, how it ends, what it refuses."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator

import pytest
from adversary.command import adversary, refused
from adversary.upstreams import BATCHPROOF, OK, Socket, client_of, exchanged, post, serving
from botocore.exceptions import ClientError
from patience import until
from processes import lives

DESCRIBE = post("/v1/describejobs", b'{"jobs": []}')


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_it_says_what_it_did(number):
    """With a connection that is idle, and one whose answer is held for ten minutes."""
    with (
        Socket() as service,
        adversary(service.url, "--mode", "throttled=0.5", "--mode", "slow-submits=600", "--seed", "7") as command,
        socket.create_connection(("127.0.0.1", command.port)) as held,
        socket.create_connection(("127.0.0.1", command.port)) as idle,
    ):
        answers = exchanged(command.port, *[DESCRIBE] * 20)
        throttled = sum(answer.startswith(b"HTTP/1.1 429 ") for answer in answers)
        while not any(b"submitjob" in request for request in service.got):
            held.sendall(post("/v1/submitjob", b"{}"))
            held.settimeout(0.2)
            try:
                held.recv(65536)  # it was throttled
            except TimeoutError:
                continue
        said, complaints = command.end(number)
        assert command.process.returncode == 0
        idle.settimeout(5)
        assert idle.recv(1) == b""
        assert not listens(command.port)
    lines = said.splitlines()
    assert lines[0] == f"batchproof adversary before {service.url}, seed 7, at {command.url}"
    assert lines[1] == f"export AWS_ENDPOINT_URL_BATCH={command.url}"
    assert lines[2].startswith("slow-submits=600: takes away that a job begins only after its id is known")
    assert lines[3].startswith("throttled=0.5: takes away that ")
    assert re.fullmatch(r"\d+ calls of Batch: 20 DescribeJobs, \d SubmitJob", lines[4])
    counts = dict(line.split(": ") for line in lines[5:])
    assert int(counts["throttled"].split()[0]) >= throttled > 0
    assert complaints == ""


def test_killed_it_leaves_nothing_behind():
    with Socket() as service, adversary(service.url, "--mode", "lagging-reads") as command:
        assert exchanged(command.port, DESCRIBE) == [OK]
        command.process.kill()
        command.process.wait(10)
        assert not listens(command.port)
        assert not lives(command.process.pid)
        until(lambda: all(not listens(command.port) for _ in range(3)))


def test_a_service_that_is_not_there_is_said_in_one_line_and_it_lives_on():
    with Socket() as gone:
        pass
    with adversary(gone.url) as command:
        (answer,) = exchanged(command.port, DESCRIBE)
        assert answer.startswith(b"HTTP/1.1 502 ")
        _, said = command.end()
    assert re.fullmatch(rf"cannot connect to {gone.url}: .*; clients get 502 for it\n", said)


def test_it_listens_on_loopback_only():
    with Socket() as service, adversary(service.url) as command, open("/proc/net/tcp", encoding="ascii") as table:
        local = [line.split()[1] for line in table.readlines()[1:] if line.split()[3] == "0A"]
    assert f"0100007F:{command.port:04X}" in local
    assert f"00000000:{command.port:04X}" not in local


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["ftp://somewhere"], r"'ftp://somewhere' is no URL of a service"),
        (["http://a:b"], r"'http://a:b' is no URL"),
        (["http://127.0.0.1:1", "--mode", "nonsense"], r"--mode: 'nonsense' is no mode: there are late-requests, "),
        (
            ["http://127.0.0.1:1", "--mode", "throttled=2"],
            r"--mode: throttled: share is 2: it must be between 0 and 0.9 of 1",
        ),
        (
            ["http://127.0.0.1:1", "--mode", "clock-differs"],
            r"--mode clock-differs changes what is asked.*give --sign too",
        ),
        (["http://127.0.0.1:1", "--profile", "x"], r"--profile is given without --sign"),
        (["https://127.0.0.1:1", "--ca-bundle", "/dev/null"], r"the certificates in /dev/null cannot be read"),
        (["http://127.0.0.1:1", "--sign", "--profile", "no-such-profile"], r"--sign: .*no-such-profile"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(flags, complaint):
    assert re.search(complaint, refused(*flags))


def test_without_credentials_nothing_is_signed():
    nowhere = {name: "" for name in os.environ if name.startswith("AWS_")}
    alone = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}
    assert "--sign: boto3 finds no credentials" in refused("http://127.0.0.1:1", "--sign", env=nowhere | alone)


def test_a_taken_port_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1, port {port}" in refused("http://127.0.0.1:1", "--port", str(port))


def test_all_modes_are_listed():
    done = subprocess.run([*BATCHPROOF, "adversary", "--modes"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert "lagging-reads\n  takes away   " in done.stdout
    assert "within_s     how old what a read shows may be: 0 to 600 s, default 3 (NAME=VALUE sets it)" in done.stdout


def test_the_help_needs_neither_the_proxy_nor_botocore():
    code = "import sys; from batchproof.cli.adversary import adversary; sys.exit(sum('botocore' in m or 'h11' in m for m in sys.modules))"
    assert subprocess.run([BATCHPROOF[0], "-c", code], timeout=30).returncode == 0


KEYS = {"AWS_ACCESS_KEY_ID": "AKIAOURS", "AWS_SECRET_ACCESS_KEY": "our-secret", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture
def guarded(tmp_path) -> Iterator[str]:
    """A server that wants signatures."""
    keys = tmp_path / "credentials"
    keys.write_text("[default]\naws_access_key_id = AKIAOURS\naws_secret_access_key = our-secret\n")
    with serving("--quickstart", "--credentials", str(keys)) as url:
        yield url


def test_a_clients_own_signature_stays_good(guarded):
    """Its Host header is passed on as it was signed; short pages ask again by requests that were signed."""
    with adversary(
        guarded, "--mode", "short-pages=1", "--mode", "unknown-members", "--mode", "lagging-reads=1"
    ) as command:
        batch = client_of(command.url, "AKIAOURS", "our-secret")
        for name in ("one", "two", "three"):
            batch.create_job_queue(
                jobQueueName=name,
                priority=1,
                computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "quickstart"}],
            )
        pages = list(batch.get_paginator("describe_job_queues").paginate())
        assert sorted(queue["jobQueueName"] for page in pages for queue in page["jobQueues"]) == [
            "one",
            "quickstart",
            "three",
            "two",
        ]
        assert len(pages) >= 4
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            client_of(command.url, "AKIATHEIRS").describe_job_queues()


def test_signed_anew_a_request_is_ours_whoever_sent_it(guarded):
    """Every form of it: a body, a path with an ARN, a query; and a filter by time that a mode changed."""
    with adversary(guarded, "--sign", "--mode", "clock-differs=90", env=KEYS) as command:
        batch, direct = client_of(command.url, "AKIATHEIRS", "x"), client_of(guarded, "AKIAOURS", "our-secret")
        job_id = batch.submit_job(jobName="hello", jobQueue="quickstart", jobDefinition="quickstart")["jobId"]
        (job,), (true,) = batch.describe_jobs(jobs=[job_id])["jobs"], direct.describe_jobs(jobs=[job_id])["jobs"]
        assert job["createdAt"] - true["createdAt"] == 90_000
        for name, by_ms, found in (
            ("AFTER_CREATED_AT", -1, [job_id]),
            ("AFTER_CREATED_AT", 1000, []),
            ("BEFORE_CREATED_AT", 1, [job_id]),
        ):
            filters = [{"name": name, "values": [str(job["createdAt"] + by_ms)]}]
            assert [
                job["jobId"] for job in batch.list_jobs(jobQueue="quickstart", filters=filters)["jobSummaryList"]
            ] == found
        arn = true["jobQueue"]
        batch.tag_resource(resourceArn=arn, tags={"a b": "c"})
        assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"a b": "c"}
        batch.untag_resource(resourceArn=arn, tagKeys=["a b"])
        assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {}
        unsigned = exchanged(command.port, post("/v1/describejobqueues", b"{}", "Content-Type: application/json"))
        assert unsigned[0].startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("host", "more", "complaint"),
    [
        ("127.0.0.1", ["Origin: https://evil.example"], b"the request has an Origin"),
        ("evil.example:80", [], b"Host is 'evil.example:80'"),
    ],
)
def test_nothing_is_signed_for_a_page_in_a_browser(host, more, complaint):
    """It can post to any address of this machine, and would act with our credentials."""
    request = post("/v1/submitjob", b"{}", "Content-Type: text/plain", *more, host=host)
    with Socket() as service, adversary(service.url, "--sign", env=KEYS) as command:
        (answer,) = exchanged(command.port, request)
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert complaint in answer
        assert service.got == []
        assert exchanged(command.port, post("/v1/submitjob", b"{}", host=f"localhost:{command.port}")) == [OK]
        assert b"Authorization: AWS4-HMAC-SHA256 Credential=AKIAOURS/" in service.got[0]
