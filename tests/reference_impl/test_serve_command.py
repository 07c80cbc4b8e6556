"""`batchproof serve` as a command: what it prints, refuses, and leaves behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings

SERVE = [sys.executable, "-c", "from batchproof.cli.serve import serve; serve()"]


def served(*flags: str, **options) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*SERVE, "--port", "0", *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def refused(*flags: str) -> tuple[int, str]:
    done = subprocess.run([*SERVE, *flags], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stderr.strip()


def test_the_first_line_is_true_when_it_is_printed(client):
    """Whoever reads it connects at once, without a retry."""
    with served("--quickstart") as process:
        first = process.stdout.readline()
        url = first.removeprefix("batchproof serves AWS Batch at ").strip()
        assert url.startswith("http://127.0.0.1:")
        assert client(url).describe_job_queues()["jobQueues"][0]["jobQueueName"] == "quickstart"
        exports = process.stdout.readline() + process.stdout.readline()
        assert f"AWS_ENDPOINT_URL_BATCH={url}" in exports
        assert "AWS_ACCESS_KEY_ID=test" in exports
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_server_its_jobs_and_its_temporary_folder(client, tmp_path, patiently, number):
    with served("--quickstart", env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        batch = client(process.stdout.readline().split()[-1])
        batch.submit_job(
            jobName="a",
            jobQueue="quickstart",
            jobDefinition="quickstart",
            containerOverrides={
                "command": ["sh", "-c", "trap 'echo bye; exit' TERM; echo $$; while :; do sleep 0.02; done"]
            },
        )
        (pid,) = patiently(
            lambda: [out.read_text().strip() for out in tmp_path.glob("*/jobs/*/1/out") if out.read_text()]
        )
        process.send_signal(number)
        assert process.wait(20) == 0
        assert not Path("/proc", pid).exists()
        assert list(tmp_path.iterdir()) == []


def test_the_end_of_standard_input_ends_the_server_when_asked_for():
    with served("--stop-on-eof", stdin=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(20) == 0


def test_without_being_asked_for_it_does_not():
    with served(stdin=subprocess.DEVNULL) as process:
        process.stdout.readline()
        assert process.poll() is None
        process.terminate()


def test_a_taken_port_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, line = refused("--port", str(port))
    assert code == 2
    assert line == f"Error: cannot listen on 127.0.0.1, port {port}: Address already in use"


def test_a_data_folder_that_cannot_be_is_said_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    code, line = refused("--port", "0", "--data", str(tmp_path / "file" / "below"))
    assert code == 2
    assert line == f"Error: --data: {tmp_path}/file/below cannot be used: Not a directory"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.com"])
def test_other_than_loopback_addresses_need_credentials(host):
    code, line = refused("--host", host)
    assert code == 2
    assert f"--host is {host}: beyond loopback addresses callers must sign" in line


def test_a_reading_that_does_not_exist_is_refused_with_those_that_do():
    code, line = refused("--reading", "pending_cancel=soon")
    assert code == 2
    assert "it takes waits or at_once" in line


@pytest.mark.parametrize("option", ["--grace-s", "--retain-days"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "soon"])
def test_a_time_that_is_none_is_refused_with_the_option_and_the_value(option, value):
    """`nan` is in every range: no comparison with it holds."""
    code, said = refused(option, value)
    assert code == 2
    assert option in said
    assert value in said


@pytest.mark.parametrize("place", ["nowhere", "no_such_module:x", "json:no_such_name"])
def test_a_table_that_is_not_there_is_refused(place):
    code, line = refused("--table", place)
    assert code == 2
    assert place in line.splitlines()[-1]


def test_the_help_teaches_by_an_example():
    done = subprocess.run([*SERVE, "--help"], capture_output=True, text=True, timeout=20)
    assert "aws batch submit-job --job-name hello" in done.stdout
    assert "--stop-on-eof" not in done.stdout


def test_the_help_needs_neither_the_server_nor_boto3():
    """`batchproof --help` must be quick, and imports are what makes it slow."""
    program = (
        "import sys; import batchproof.cli.serve; print({'uvicorn', 'botocore', 'transitions'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20)
    assert done.stdout.strip() == "set()"


def test_a_server_can_be_had_inside_a_test(client):
    with running(Settings()) as url:
        assert client(url).describe_job_queues()["jobQueues"] == []
    with pytest.raises(Exception, match="Could not connect"):
        client(url).describe_job_queues()


def test_a_changed_server_shows_its_change(start):
    server = start("--server", "wrong_servers.odd:shows_no_flags")
    assert "isCancelled" not in server.describe(server.submit("true"))


def test_a_session_of_boto3_finds_the_server_by_the_printed_exports(server, monkeypatch):
    for name, value in {"AWS_ENDPOINT_URL_BATCH": server.url, "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    assert boto3.Session().client("batch").describe_jobs(jobs=["x"])["jobs"] == []


def test_the_url_is_written_to_a_descriptor_that_is_closed_then(client):
    """For programs: a sentence is for people, and may be said in other words one day."""
    read, write = os.pipe()
    with served("--ready-fd", str(write), pass_fds=(write,)) as process, os.fdopen(read) as told:
        os.close(write)
        (line,) = told  # to its end: nobody else holds the descriptor, no job and no launcher
        assert process.stdout.readline().endswith(f" {line}")
        assert client(line.strip()).describe_job_queues()["jobQueues"] == []
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize("descriptor", ["2", "77", "x"])
def test_a_descriptor_that_is_none_is_refused(descriptor):
    code, said = refused("--ready-fd", descriptor)
    assert code == 2
    assert "--ready-fd" in said
    assert descriptor in said


def test_under_nohup_the_end_of_the_terminal_is_no_end_of_the_server():
    with served(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
        process.stdout.readline()
        (ignored,) = re.findall(r"^SigIgn:\t(\w+)$", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
        assert int(ignored, 16) & 1 << signal.SIGHUP - 1
        process.terminate()
        assert process.wait(20) == 0
