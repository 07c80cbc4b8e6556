"""`batchproof jobs`: what it shows of a real server's jobs, through the API alone."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from http.server import HTTPServer, SimpleHTTPRequestHandler
from threading import Thread

import pytest

from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings

CLOCK = r"\d\d:\d\d:\d\d"


def in_terminal(*arguments: str, columns: int) -> list[str]:
    """The lines that the command prints in a terminal of this width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-m", "batchproof.cli.main", *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        printed = b""
        while True:
            try:
                read = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not read:
                break
            printed += read
    os.close(ours)
    assert process.returncode == 0, printed
    return printed.decode().splitlines()


@pytest.fixture(scope="module")
def kinds(batch_at):
    """A server of its own with jobs of several kinds, and their ids by name."""
    with running(Settings(quickstart=True)) as url:
        batch = batch_at(url)
        ids = {"hello": batch.submit("true", name="hello")}
        batch.wait(ids["hello"])
        ids["fails"] = batch.submit("sh", "-c", "exit 3", name="fails", retryStrategy={"attempts": 2})
        batch.wait(ids["fails"])
        ids["array"] = batch.submit(
            "sh", "-c", "exit $AWS_BATCH_JOB_ARRAY_INDEX", name="array", arrayProperties={"size": 2}
        )
        batch.wait(ids["array"])
        ids["nodes"] = batch.submit_nodes(2)
        batch.wait(ids["nodes"])
        ids["runs"] = batch.submit("sleep", "600", name="runs-" + "long" * 20)
        batch.wait(ids["runs"], "RUNNING")
        batch.api.cancel_job(jobId=ids["runs"], reason="changed my mind")
        ids["waits"] = batch.submit("true", name="waits", dependsOn=[{"jobId": ids["runs"]}])
        batch.wait(ids["waits"], "PENDING")
        yield url, ids


def test_in_a_pipe_a_job_is_a_line_and_nothing_is_cut(batchproof, kinds):
    url, ids = kinds
    done = batchproof("jobs", "--url", url)
    assert done.stderr == ""
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["JOB", "STATUS", "SINCE", "NAME"]
    found = [re.split(r"\s{2,}", line) for line in lines]
    assert all(re.fullmatch(CLOCK, time) for _, _, time, *_ in found)
    assert [[job, status, *more] for job, status, _, *more in found] == [
        [ids["hello"], "SUCCEEDED", "hello"],
        [ids["fails"], "FAILED", "fails", "exit 3, 2 of 2 attempts: Essential container in task exited"],
        [ids["array"], "FAILED", "array", "array of 2: 1 SUCCEEDED, 1 FAILED: Array Child Job failed"],
        [ids["nodes"], "SUCCEEDED", "nodes", "2 nodes"],
        [ids["runs"], "RUNNING", "runs-" + "long" * 20, "cancel accepted"],
        [ids["waits"], "PENDING", "waits"],
    ]


def test_a_terminal_of_80_columns_is_not_too_narrow(kinds):
    url, ids = kinds
    lines = in_terminal("jobs", "--url", url, columns=80)
    assert max(len(line) for line in lines) <= 80
    (failed,) = (number for number, line in enumerate(lines) if line.startswith(ids["fails"]))
    assert lines[failed + 1] == "    exit 3, 2 of 2 attempts: Essential container in task exited"
    assert any(line.startswith(ids["runs"]) and line.endswith("…") for line in lines)


def test_in_a_wide_terminal_a_job_is_a_line(kinds):
    url, ids = kinds
    assert len(in_terminal("jobs", "--url", url, columns=250)) == 1 + len(ids)


def test_jobs_can_be_asked_for_by_status_and_queue(batchproof, kinds):
    url, ids = kinds
    some = batchproof("jobs", "--url", url, "--status", "running", "--status", "PENDING", "--queue", "quickstart")
    assert [line.split()[0] for line in some.stdout.splitlines()[1:]] == [ids["runs"], ids["waits"]]
    none = batchproof("jobs", "--url", url, "--status", "RUNNABLE")
    assert (none.returncode, none.stdout.splitlines()) == (0, ["JOB  STATUS  SINCE  NAME"])


def test_what_is_not_shown_is_said(batchproof, kinds):
    url, ids = kinds
    done = batchproof("jobs", "--url", url, "--limit", "1", "--status", "SUCCEEDED", "--status", "PENDING")
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == [ids["nodes"], ids["waits"]]
    assert done.stderr == "There are more: of each status in a queue, 1 are shown (--limit).\n"


def test_an_array_shows_its_children_and_a_multi_node_job_its_nodes(batchproof, kinds):
    url, ids = kinds
    array = batchproof("jobs", ids["array"], "--url", url).stdout.splitlines()[1:]
    assert [line.split()[:2] for line in array] == [
        [ids["array"], "FAILED"],
        [f"{ids['array']}:0", "SUCCEEDED"],
        [f"{ids['array']}:1", "FAILED"],
    ]
    nodes = batchproof("jobs", ids["nodes"], "--url", url).stdout.splitlines()[1:]
    assert [line.split()[0] for line in nodes] == [ids["nodes"], f"{ids['nodes']}#0", f"{ids['nodes']}#1"]


def test_any_other_job_shows_its_attempts(batchproof, kinds):
    url, ids = kinds
    _, _, empty, head, *attempts = batchproof("jobs", ids["fails"], "--url", url).stdout.splitlines()
    assert (empty, head.split()) == ("", ["ATTEMPT", "STARTED", "STOPPED", "EXIT"])
    assert [re.split(r"\s{2,}", line)[0::3] for line in attempts] == [["1", "3"], ["2", "3"]]


def test_programs_get_what_describe_jobs_answers(batchproof, kinds, batch_at):
    url, ids = kinds
    done = batchproof("jobs", ids["fails"], "--json", "--url", url)
    (job,) = json.loads(done.stdout)["jobs"]
    assert job == batch_at(url).api.describe_jobs(jobs=[ids["fails"]])["jobs"][0]


def test_a_text_of_somebody_else_does_not_rule_the_terminal(batchproof, batch):
    job = batch.submit("sleep", "600")
    batch.wait(job, "RUNNING")
    batch.api.terminate_job(jobId=job, reason="cost\nmoney \x1b[2J")
    batch.wait(job)
    done = batchproof("jobs", job, "--url", batch.url)
    assert "terminated, exit 143: cost money ?[2J\n" in done.stdout


def test_the_service_is_found_as_boto3_finds_it_and_on_this_machine_without_credentials(batchproof, kinds):
    url, ids = kinds
    done = batchproof("jobs", AWS_ENDPOINT_URL_BATCH=url)
    assert len(done.stdout.splitlines()) == 1 + len(ids), done.stderr


def test_a_service_that_wants_signatures_gets_those_of_a_profile(batchproof, tmp_path):
    (tmp_path / ".aws").mkdir()
    key = "[{}]\naws_access_key_id = {}\naws_secret_access_key = secret\nregion = us-west-2\n"
    (tmp_path / ".aws" / "credentials").write_text(key.format("mine", "ours") + key.format("other", "theirs"))
    with running(Settings(quickstart=True, keys={"ours": "secret"})) as url:
        good = batchproof("jobs", "--url", url, "--profile", "mine", "--region", "us-east-1")
        bad = batchproof("jobs", "--url", url, "--profile", "other")
    assert (good.returncode, good.stdout, good.stderr) == (0, "JOB  STATUS  SINCE  NAME\n", "")
    assert bad.returncode == 2
    assert bad.stderr.startswith(f"Error: {url} refuses DescribeJobQueues: UnrecognizedClientException: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            [],
            "there are no credentials for https://batch.us-east-1.amazonaws.com; for a server on this machine say --url",
        ),
        (["--url", "http://127.0.0.1:1"], "nothing answers at http://127.0.0.1:1"),
        (["--url", "nonsense"], "Invalid endpoint: nonsense: it must be a URL such as http://127.0.0.1:4590"),
        (["--profile", "none"], "The config profile (none) could not be found"),
    ],
    ids=["AWS", "nobody", "no URL", "no profile"],
)
def test_a_service_that_is_not_reached_is_said_in_one_line(batchproof, arguments, said):
    done = batchproof("jobs", *arguments)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert line.startswith(f"Error: {said}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--queue", "nowhere"], "refuses ListJobs: ClientException: JobQueue nowhere not found."),
        (["no-such-job"], "has the id 'no-such-job': `batchproof jobs` lists them"),
    ],
    ids=["queue", "job"],
)
def test_what_the_service_does_not_have_is_said_in_one_line(batchproof, url, arguments, said):
    done = batchproof("jobs", *arguments, "--url", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.rstrip().endswith(said)


def test_a_service_that_does_not_speak_batch_is_told_so_in_one_line(batchproof):
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        where = f"http://127.0.0.1:{other.server_port}"
        done = batchproof("jobs", "--url", where)
        other.shutdown()
    said = f"Error: {where} does not speak AWS Batch: it answers DescribeJobQueues with 501 text/html\n"
    assert (done.returncode, done.stderr) == (2, said)
