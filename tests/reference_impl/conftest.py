"""The real server as a child process, reached by an unmodified boto3; and the engine's effects in words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from patience import until

from batchproof.reference_impl.deciding.messages import Acknowledge, Effect, Save, SetDeadline, Spawn, Stop
from batchproof.reference_impl.deciding.records import Job
from batchproof.reference_impl.running.job_folders import name_of

PATIENCE_S = 20
SERVE = [sys.executable, "-c", "from batchproof.cli.serve import serve; serve()"]


def client_of(url: str, region: str = "us-east-1") -> Any:
    return boto3.client(
        "batch",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


@dataclass
class Served:
    """One server: its process, its client, and the few things that tests do with both."""

    process: subprocess.Popen[str]
    url: str
    data: Path
    batch: Any = field(init=False)

    def __post_init__(self) -> None:
        self.batch = client_of(self.url)

    def submit(self, *command: str, queue: str = "quickstart", **members: Any) -> str:
        overrides = {"command": list(command), **members.pop("containerOverrides", {})}
        return self.batch.submit_job(
            **{"jobName": "job", "jobQueue": queue, "jobDefinition": "quickstart", "containerOverrides": overrides}
            | members
        )["jobId"]

    def describe(self, job_id: str) -> dict[str, Any]:
        (job,) = self.batch.describe_jobs(jobs=[job_id])["jobs"]
        return job

    def wait(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """The job once it is in one of these statuses, by default in a final one."""
        wanted = statuses or ("SUCCEEDED", "FAILED")
        return until(lambda: (job := self.describe(job_id))["status"] in wanted and job)

    def lose_host(self, host: str) -> None:
        """LoseHost, which boto3 does not know."""
        request = urllib.request.Request(
            f"{self.url}/batchproof/lose-host",
            data=json.dumps({"host": host}).encode(),
            headers={"content-type": "application/json"},
        )
        urllib.request.urlopen(request).close()

    def output(self, job_id: str, attempt: int = 1) -> str:
        file = self.data / "jobs" / name_of(job_id) / str(attempt) / "out"
        return file.read_text() if file.exists() else ""

    def wait_for_output(self, job_id: str, text: str) -> None:
        until(lambda: text in self.output(job_id))


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Starts servers with these flags; all are stopped in order at the end, and must then have nothing to say."""
    started: list[Served] = []

    def starting(*flags: str, **environment: str) -> Served:
        data = tmp_path_factory.mktemp("data")
        process = subprocess.Popen(
            [*SERVE, "--port", "0", "--data", str(data), "--quickstart", "--grace-s", "1", "--stop-on-eof", *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(data / "stderr").open("w"),
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
            text=True,
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("batchproof serves AWS Batch at http://"), (data / "stderr").read_text()
        started.append(Served(process, first.split()[-1], data))
        return started[-1]

    yield starting
    for served in started:
        assert served.process.stdin is not None
        served.process.stdin.close()
    for served in started:
        assert served.process.wait(PATIENCE_S) in (0, -9)
        assert (served.data / "stderr").read_text() == ""


@pytest.fixture(scope="session")
def server(start: Callable[..., Served]) -> Served:
    """One server of the right table with the default readings, shared by all tests that leave it as it is."""
    return start(AWS_SECRET_ACCESS_KEY="hunter2")


@pytest.fixture
def serving(tmp_path: Path) -> Callable[..., AbstractContextManager[Served]]:
    """
    Has a server with these flags while the block runs. It stops in order then, unless the test killed it, and must have
    nothing to say. Without --data its files are in a temporary folder below `tmp_path`.
    """

    @contextmanager
    def serving(*flags: str, **environment: str) -> Iterator[Served]:
        process = subprocess.Popen(
            [*SERVE, "--port", "0", "--quickstart", "--grace-s", "1", *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(tmp_path), **environment},
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            url = process.stdout.readline().split()[-1]
            data = Path(flags[flags.index("--data") + 1]) if "--data" in flags else next(tmp_path.glob("batchproof-*"))
            yield Served(process, url, data)
            process.terminate()
            assert process.wait(PATIENCE_S) in (0, -9)
            assert process.stderr.read() == ""
        finally:
            process.kill()
            process.wait()

    return serving


@pytest.fixture(scope="session")
def patiently() -> Callable[[Callable[[], Any]], Any]:
    return until


@pytest.fixture(scope="session")
def client() -> Callable[..., Any]:
    return client_of


@pytest.fixture(scope="session")
def story() -> Callable[[list[Effect]], list[str]]:
    """Effects in few words, in their order: a whole record says too much for one line."""

    def told(effects: list[Effect]) -> list[str]:
        return [_word(effect) for effect in effects]

    return told


def _word(effect: Effect) -> str:
    match effect:
        case Save(Job() as job):
            return f"save {job.id} {job.status}"
        case Save(record):
            return f"save {type(record).__name__}"
        case Acknowledge(request):
            return f"acknowledge {request}"
        case Spawn(job_id, number):
            return f"spawn {job_id}/{number}"
        case Stop(job_id, number, grace_ms):
            return f"stop {job_id}/{number} grace {grace_ms}"
        case SetDeadline(job_id, number, at_ms):
            return f"deadline {job_id}/{number} at {at_ms}"
