"""The two services side by side: `batchproof serve --data`, and moto's server, which keeps all in memory.

Both get the same requests, byte for byte but for names, and the same queue with the same room. moto runs as it does
with `use_docker` off: a job runs nothing and has ended at its first read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3

from batchproof.conformance.targets.child import (  # pyright: ignore[reportMissingImports] - its folder has another name
    free_port,
    running,
)

from .programs import Programs

NAME = "benchmark"
UNENDED = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
"""In the order in which a job passes them: where nothing new comes, a status that is empty stays empty."""

SCOPE = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/batch/aws4_request, SignedHeaders=host, Signature=0"
"""What tells the service and the region; neither server checks a signature here."""

LOOK_S = 0.005
"""Between two looks at whether all jobs have ended."""


class Service:
    """A Batch on a loopback port."""

    def __init__(self, url: str, programs: Programs) -> None:
        self._url = url
        self.port = int(url.rpartition(":")[2])
        self._programs = programs

    def prepare(self, role: str, vcpus: int) -> Service:
        """Make a queue that has room for `vcpus` jobs at once, and a job that does nothing."""
        batch: Any = boto3.client(
            "batch",
            endpoint_url=self._url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        batch.create_compute_environment(
            computeEnvironmentName=NAME, type="UNMANAGED", unmanagedvCpus=vcpus, serviceRole=role
        )
        batch.create_job_queue(
            jobQueueName=NAME,
            state="ENABLED",
            priority=1,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": NAME}],
        )
        self.define("true", ["/bin/true"])
        return self

    def define(self, name: str, command: list[str]) -> None:
        """Register a job definition that runs a command on one vCPU."""
        needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "16"}]
        container = {"image": "none", "command": command, "resourceRequirements": needs}
        self.call("RegisterJobDefinition", jobDefinitionName=name, type="container", containerProperties=container)

    def call(self, operation: str, **members: Any) -> Any:
        """One request, and what is answered."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", _path(operation), json.dumps(members), {"Authorization": SCOPE})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{operation} was answered {answer.status}: {body.decode(errors='replace')}")
        return json.loads(body or b"{}")

    def encoded(self, operation: str, **members: Any) -> bytes:
        """A request as it goes over the wire."""
        body = json.dumps(members).encode()
        head = (
            f"POST {_path(operation)} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: {SCOPE}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def submission(self, definition: str = "true") -> bytes:
        """A SubmitJob as it goes over the wire."""
        return self.encoded("SubmitJob", jobName="benchmark", jobQueue=NAME, jobDefinition=definition)

    def load(self, *requests: bytes, connections: int, **how: Any) -> Any:
        """A load on this service; see `Programs.load`."""
        return self._programs.load(self.port, requests, connections=connections, **how)

    def submit(self, count: int, connections: int, definition: str = "true") -> Any:
        """Submit so many jobs: the load that does it, under way."""
        return self.load(self.submission(definition), connections=connections, count=count)

    def any_in(self, status: str) -> bool:
        return bool(self.call("ListJobs", jobQueue=NAME, jobStatus=status, maxResults=1)["jobSummaryList"])

    def wait_until_ended(self) -> None:
        """Return when all that was submitted has SUCCEEDED; raises when a job has not."""
        for status in UNENDED:
            while self.any_in(status):
                time.sleep(LOOK_S)
        if self.any_in("FAILED"):
            raise RuntimeError("jobs have failed that run /bin/true")

    def fill(self, count: int) -> list[str]:
        """Have so many jobs SUCCEEDED, through SubmitJob as any client's; the ids of at most 100 of them."""
        self.submit(count, connections=8).wait()
        self.wait_until_ended()
        ids = self.ids("SUCCEEDED")
        if len(ids) != count:
            raise RuntimeError(f"{len(ids)} of {count} jobs have SUCCEEDED")
        return ids[:: max(1, count // 100)][:100]

    def ids(self, status: str) -> list[str]:
        """All jobs of the queue in this status."""
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = self.call("ListJobs", jobQueue=NAME, jobStatus=status, **more)
            found += [summary["jobId"] for summary in page["jobSummaryList"]]
            if not page.get("nextToken"):
                return found
            more = {"nextToken": page["nextToken"]}


def command(data: Path) -> list[str]:
    """`batchproof serve --data`."""
    return [
        sys.executable,
        "-m",
        "batchproof.cli.main",
        "serve",
        "--port",
        "0",
        "--stop-on-eof",
        "--data",
        str(data),
    ]


@contextmanager
def batchproof(programs: Programs, data: Path, vcpus: int = 64) -> Iterator[Service]:
    """`batchproof serve --data`; no job and no process of it is left at the end."""
    with running(command(data)) as (url, _):
        yield Service(url, programs).prepare(role="", vcpus=vcpus)


@contextmanager
def moto(programs: Programs, vcpus: int = 64) -> Iterator[Service]:
    """moto_server, whose jobs run nothing."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", url.rpartition(":")[2]]
    with running(command, url=url) as (_, _child):
        settings = json.dumps({"batch": {"use_docker": False}}).encode()
        with urlopen(Request(f"{url}/moto-api/config", data=settings, method="POST"), timeout=10) as answer:
            answer.read()
        iam = boto3.client(
            "iam", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        role = iam.create_role(RoleName=NAME, AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
        yield Service(url, programs).prepare(role=role["Role"]["Arn"], vcpus=vcpus)


def _path(operation: str) -> str:
    return f"/v1/{operation.lower()}"
