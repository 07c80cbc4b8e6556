"""`batchproof logs`: what a job prints, and what there is to say where it prints nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

BATCHPROOF = [sys.executable, "-m", "batchproof.cli.main"]


@contextmanager
def following(*arguments: str, **options):
    """`logs -f` under way; whoever runs the tests may have SIGINT ignored."""
    command = [*BATCHPROOF, "logs", "-f", *arguments]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    with subprocess.Popen(command, **heard, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def stepping(folder: Path, *codes: int) -> list[str]:
    """A command that prints its attempt, and ends with that attempt's code once the file `go-N` is there."""
    ends = " ".join(f"{number}) code={code};;" for number, code in enumerate(codes, 1))
    waits = f"until [ -e '{folder}'/go-$N ]; do sleep 0.02; done"
    return [
        "sh",
        "-c",
        f"N=$AWS_BATCH_JOB_ATTEMPT; echo begin $N; {waits}; echo end $N; case $N in {ends} esac; exit $code",
    ]


def test_the_output_goes_to_standard_output_and_nothing_else_does(batchproof, batch):
    job = batch.submit("sh", "-c", "printf 'one\\ntwo\\nümlaut\\n'; echo error >&2")
    batch.wait(job)
    done = batchproof("logs", job, "--url", batch.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "one\ntwo\nümlaut\nerror\n", "")


def test_more_than_a_page_is_shown_whole(batchproof, batch):
    """GetLogEvents gives 1 MB at a time."""
    job = batch.submit("sh", "-c", "seq 400000")
    batch.wait(job)
    done = batchproof("logs", job, "--url", batch.url)
    assert done.stdout == "".join(f"{number}\n" for number in range(1, 400_001))


def test_the_newest_attempt_is_shown_unless_another_is_named(batchproof, batch):
    job = batch.submit("sh", "-c", "echo attempt $AWS_BATCH_JOB_ATTEMPT; exit 1", retryStrategy={"attempts": 3})
    batch.wait(job)
    newest = batchproof("logs", job, "--url", batch.url)
    assert (newest.stdout, newest.stderr) == ("attempt 3\n", "attempt 3 of the 3 that began\n")
    assert batchproof("logs", job, "--attempt", "1", "--url", batch.url).stdout == "attempt 1\n"
    beyond = batchproof("logs", job, "--attempt", "4", "--url", batch.url)
    assert (beyond.returncode, beyond.stdout) == (2, "")
    assert beyond.stderr == f"Error: --attempt is 4: {job} has begun 3 of its attempts\n"


def test_a_job_without_output_says_so_and_why(batchproof, batch):
    silent = batch.submit("true")
    batch.wait(silent)
    runs = batch.submit("sleep", "600")
    batch.wait(runs, "RUNNING")
    waits = batch.submit("true", dependsOn=[{"jobId": runs}])
    batch.wait(waits, "PENDING")
    terminated = batch.submit("true", dependsOn=[{"jobId": runs}])
    batch.wait(terminated, "PENDING")
    batch.api.terminate_job(jobId=terminated, reason="changed my mind")
    batch.wait(terminated)
    said = {job: batchproof("logs", job, "--url", batch.url) for job in (silent, runs, waits, terminated)}
    assert {(done.returncode, done.stdout) for done in said.values()} == {(0, "")}
    assert {job: done.stderr for job, done in said.items()} == {
        silent: f"{silent} has printed nothing: it is SUCCEEDED\n",
        runs: f"{runs} has printed nothing yet: it is RUNNING\n",
        waits: f"{waits} has printed nothing yet: it is PENDING\n",
        terminated: f"{terminated} has printed nothing: it is FAILED (terminated: changed my mind)\n",
    }


def test_why_a_job_could_not_start_is_said(batchproof, batch):
    """`Task failed to start` alone helps nobody: what the host says of it stands in `container.reason`."""
    job = batch.submit("no-such-program")
    batch.wait(job)
    reason = batch.api.describe_jobs(jobs=[job])["jobs"][0]["container"]["reason"]
    assert "no-such-program" in reason
    assert f"(Task failed to start: {reason})" in batchproof("logs", job, "--url", batch.url).stderr
    assert f"Task failed to start: {reason}\n" in batchproof("jobs", "--url", batch.url).stdout


def test_following_goes_over_the_attempts_to_the_end_of_the_job(batch, tmp_path):
    job = batch.submit(*stepping(tmp_path, 3, 0), retryStrategy={"attempts": 3})
    with following(job, "--url", batch.url) as process:
        assert process.stdout.readline() == "begin 1\n"  # while it runs
        (tmp_path / "go-1").touch()
        assert [process.stdout.readline() for _ in range(2)] == ["end 1\n", "begin 2\n"]
        (tmp_path / "go-2").touch()
        assert process.stdout.read() == "end 2\n"
        assert process.wait(20) == 0
        *others, last = process.stderr.read().splitlines()
        assert "attempt 2" in others
        assert last == f"{job} SUCCEEDED, exit status 0"


def test_following_a_job_that_waits_says_what_it_waits_as_and_how_it_ended(batch):
    runs = batch.submit("sleep", "600")
    batch.wait(runs, "RUNNING")
    job = batch.submit("true", dependsOn=[{"jobId": runs}])
    with following(job, "--url", batch.url) as process:
        assert process.stderr.readline() == f"{job} is PENDING\n"
        batch.api.terminate_job(jobId=job, reason="changed my mind")
        assert process.wait(20) == 0
        assert process.stdout.read() == ""
        *_, silent, last = process.stderr.read().splitlines()
        assert silent == f"{job} has printed nothing"
        assert last == f"{job} FAILED, terminated, no exit status: changed my mind"


def test_a_job_that_ended_before_is_followed_to_its_end_too(batchproof, batch):
    job = batch.submit("sh", "-c", "echo alas; exit 7")
    batch.wait(job)
    done = batchproof("logs", "-f", job, "--url", batch.url)
    assert (done.returncode, done.stdout) == (0, "alas\n")
    assert done.stderr == f"{job} FAILED, exit status 7: Essential container in task exited\n"


def test_children_and_nodes_have_output_and_their_parents_name_one(batchproof, batch):
    array = batch.submit("sh", "-c", "echo child $AWS_BATCH_JOB_ARRAY_INDEX", arrayProperties={"size": 2})
    nodes = batch.submit_nodes(2)
    batch.wait(array)
    batch.wait(nodes)
    assert batchproof("logs", f"{array}:1", "--url", batch.url).stdout == "child 1\n"
    assert (
        batchproof("logs", f"{nodes}#0", "--url", batch.url).stdout == "node 0\n"
    )  # the end of this one ends the others
    parents = [batchproof("logs", parent, "--url", batch.url) for parent in (array, nodes)]
    assert [parent.returncode for parent in parents] == [2, 2]
    assert [parent.stderr.split(" prints nothing itself: ")[1] for parent in parents] == [
        f"name a child, as {array}:0\n",
        f"name one, as {nodes}#0\n",
    ]


def test_ctrl_c_ends_following_without_a_word(batch, tmp_path):
    job = batch.submit(*stepping(tmp_path, 0))
    with following(job, "--url", batch.url) as process:
        assert process.stdout.readline() == "begin 1\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() in ("", f"{job} is STARTING\n")
    (tmp_path / "go-1").touch()


def test_a_reader_who_has_seen_enough_ends_following(batch, tmp_path):
    job = batch.submit(*stepping(tmp_path, 0))
    read, write = os.pipe()
    with following(job, "--url", batch.url, stdout=write) as process:
        os.close(write)
        assert os.read(read, 100) == b"begin 1\n"
        os.close(read)
        (tmp_path / "go-1").touch()
        assert process.wait(20) == 128 + signal.SIGPIPE


def test_output_that_is_kept_elsewhere_is_named(batchproof, batch):
    properties = {
        "image": "none",
        "command": ["true"],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "16"}],
        "logConfiguration": {"logDriver": "splunk", "options": {}},
    }
    batch.api.register_job_definition(jobDefinitionName="splunk", type="container", containerProperties=properties)
    job = batch.api.submit_job(jobName="a", jobQueue="quickstart", jobDefinition="splunk")["jobId"]
    done = batchproof("logs", job, "--url", batch.url)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: the output of {job} goes to splunk, by its logConfiguration")


def test_there_is_no_such_job(batchproof, url):
    done = batchproof("logs", "none", "-f", "--url", url)
    assert (done.returncode, done.stderr) == (
        2,
        f"Error: no job at {url} has the id 'none': `batchproof jobs` lists them\n",
    )


@pytest.mark.slow
def test_following_outlives_the_server(batch_at, tmp_path):
    """What once answered is asked again for some seconds: a server that is started anew, or a network that has gaps."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serve = [*BATCHPROOF, "serve", "--quickstart", "--port", str(port), "--data", str(tmp_path / "data")]

    def served() -> subprocess.Popen[str]:
        process = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline().startswith("batchproof serves")
        return process

    first = served()
    batch = batch_at(f"http://127.0.0.1:{port}")
    job = batch.submit(*stepping(tmp_path, 0))
    with following(job, "--url", batch.url) as process:
        assert process.stdout.readline() == "begin 1\n"
        first.kill()
        first.communicate()
        second = served()
        (tmp_path / "go-1").touch()
        assert process.stdout.read() == "end 1\n"
        assert process.wait(20) == 0
    second.terminate()
    second.communicate()
    assert second.returncode == 0
