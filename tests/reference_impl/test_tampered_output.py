"""What a job does to its own output harms nobody else: not the server, not who asks for it, not other jobs."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from patience import until

from batchproof.reference_impl.removal import remove
from batchproof.reference_impl.running import job_folders
from batchproof.reference_impl.running.host import UnreadableOutput
from batchproof.reference_impl.running.output import Outputs

GROUP = "/aws/batch/job"
SAID = "has put something else in its place|is gone"

TRICKS = {
    "a FIFO": "rm ../out; mkfifo ../out",
    "a link to a file": "rm ../out; ln -s /etc/passwd ../out",
    "a link to a device": "rm ../out; ln -s /dev/zero ../out",
    "a link to nowhere": "rm ../out; ln -s nowhere ../out",
    "a directory": "rm ../out; mkdir ../out",
    "a device": "rm ../out; mknod ../out c 1 5",
    "a socket": "rm ../out; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"../out\")'",
    "nothing": "rm ../out",
    "a link instead of the folder of its attempt": "cd ../..; mv 1 other; ln -s other 1",
    "a link instead of its own folder": 'cd ../../..; mv "$AWS_BATCH_JOB_ID" "$TMP"; ln -s "$TMP" "$AWS_BATCH_JOB_ID"',
    "a FIFO instead of its own folder": 'cd ../../..; mv "$AWS_BATCH_JOB_ID" "$TMP"; mkfifo "$AWS_BATCH_JOB_ID"',
}


@pytest.fixture(scope="module")
def logs(server):
    """A client that gives up soon, so that a server that stands still is a failure and not a standstill."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=5)
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return boto3.client("logs", endpoint_url=server.url, region_name="us-east-1", config=config, **keys)


@pytest.mark.parametrize("running", [True, False], ids=["while it runs", "and ends"])
@pytest.mark.parametrize("trick", TRICKS)
def test_output_that_is_something_else_is_refused_and_everybody_else_is_served(server, logs, tmp_path, trick, running):
    if trick == "a device" and os.geteuid() != 0:
        pytest.skip("only root makes devices")
    honest = server.submit("echo", "honest")
    honest_stream = server.wait(honest)["container"]["logStreamName"]
    then = f"touch {tmp_path}/done; " + ("exec sleep 60" if running else "")
    environment = {"environment": [{"name": "TMP", "value": str(tmp_path / "moved")}]}
    job_id = server.submit("sh", "-c", f"echo before; {TRICKS[trick]}; {then}", containerOverrides=environment)
    until((tmp_path / "done").exists)
    stream = server.wait(job_id, "RUNNING" if running else "SUCCEEDED")["container"]["logStreamName"]

    with pytest.raises(ClientError, match=SAID) as refused:
        logs.get_log_events(logGroupName=GROUP, logStreamName=stream)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError, match=SAID):
        logs.filter_log_events(logGroupName=GROUP, logStreamNames=[stream])
    found = logs.filter_log_events(logGroupName=GROUP, logStreamNames=[stream, honest_stream])["events"]
    assert [event["message"] for event in found] == ["honest"]
    for order in ("LogStreamName", "LastEventTime"):
        shown = logs.describe_log_streams(logGroupName=GROUP, orderBy=order)["logStreams"]
        sizes = {one["logStreamName"]: one["storedBytes"] for one in shown}
        assert sizes.get(stream, 0) == 0
    (event,) = logs.get_log_events(logGroupName=GROUP, logStreamName=honest_stream)["events"]
    assert event["message"] == "honest"
    server.batch.terminate_job(jobId=job_id, reason="enough")
    server.wait(job_id)


def test_output_that_never_ends_is_read_in_pages(server, logs):
    """It grows while it is read: each page has an end all the same."""
    job_id = server.submit("sh", "-c", "exec yes")
    stream = server.wait(job_id, "RUNNING")["container"]["logStreamName"]
    until(lambda: os.path.getsize(server.data / "jobs" / job_id / "1" / "out") > 8 << 20)
    began_s = time.monotonic()
    page = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)
    assert {event["message"] for event in page["events"]} == {"y"}
    assert page["nextForwardToken"] == "f/20000"  # 10,000 events of two bytes
    assert time.monotonic() - began_s < 5
    server.batch.terminate_job(jobId=job_id, reason="enough")


@pytest.fixture
def file(tmp_path):
    """The output of attempt 1 of job `a`."""
    (tmp_path / "a" / "1").mkdir(parents=True)
    file = tmp_path / "a" / "1" / "out"
    file.write_bytes(b"x" * 100)
    return file


@pytest.fixture
def outputs(tmp_path):
    jobs = job_folders.opened(tmp_path)
    yield Outputs(jobs)
    os.close(jobs)


def test_no_read_gives_more_than_it_was_asked_for(outputs, file):
    """Also of a file that grew or shrank since somebody asked for its size."""
    assert outputs.read("a", 1, 90, 20) == (b"x" * 10, 100, file.stat().st_mtime_ns // 1_000_000)
    with file.open("ab") as growing:
        growing.truncate(1 << 40)
    assert outputs.read("a", 1, 90, 20).data == b"x" * 10 + b"\0" * 10
    assert outputs.read("a", 1, 1 << 41, 20).data == b""
    os.truncate(file, 5)
    assert outputs.read("a", 1, 0, 20).data == b"x" * 5
    assert outputs.read("a", 1, 90, 20).data == b""


def test_what_is_read_is_what_was_looked_at(outputs, file, monkeypatch):
    """A FIFO that comes between the look and the reading is not opened: its name is not asked for again."""
    looked = os.fstat

    def look(descriptor):
        about = looked(descriptor)
        file.unlink()
        os.mkfifo(file)
        return about

    monkeypatch.setattr(os, "fstat", look)
    assert outputs.read("a", 1, 0, 3).data == b"xxx"
    monkeypatch.undo()
    with pytest.raises(UnreadableOutput, match="job a has put something else in its place"):
        outputs.read("a", 1, 0, 3)


def test_a_folder_of_jobs_that_is_exchanged_leads_nowhere(outputs, file, tmp_path):
    """What lies above is ours: we hold the folder, and not its name."""
    (tmp_path / "b" / "1").mkdir(parents=True)
    (tmp_path / "b" / "1" / "out").symlink_to("/etc/passwd")
    with pytest.raises(UnreadableOutput):
        outputs.read("b", 1, 0, 10)
    os.rename(tmp_path, f"{tmp_path}-moved")
    os.symlink("/etc", tmp_path)
    assert outputs.read("a", 1, 0, 3).data == b"xxx"
    os.unlink(tmp_path)
    os.rename(f"{tmp_path}-moved", tmp_path)


def test_an_attempt_is_not_led_elsewhere_by_the_one_before_it(server, tmp_path):
    """It would work and write where nobody looks for it."""
    script = 'if [ $AWS_BATCH_JOB_ATTEMPT = 1 ]; then ln -s "$TMP" ../../2; exit 1; fi'
    environment = {"environment": [{"name": "TMP", "value": str(tmp_path)}]}
    job_id = server.submit("sh", "-c", script, retryStrategy={"attempts": 2}, containerOverrides=environment)
    job = server.wait(job_id)
    assert (job["status"], len(job["attempts"])) == ("FAILED", 2)
    assert job["attempts"][1]["container"]["reason"].startswith("CannotStartContainerError: [Errno 20] Not a directory")
    assert list(tmp_path.iterdir()) == []


def test_a_tree_of_any_depth_is_removed(tmp_path):
    """`shutil.rmtree` ends with a RecursionError, which a job could have had the server end with."""
    deep, kept = tmp_path / "deep", tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    program = (
        "import os\n"
        f"for _ in range(3000): os.mkdir('d'); open('f', 'w').close(); os.symlink({str(kept)!r}, 'l'); os.chdir('d')"
    )
    deep.mkdir()
    subprocess.run([sys.executable, "-c", program], cwd=deep, check=True)
    try:
        remove(deep)
    finally:
        subprocess.run(["rm", "-rf", deep])  # pytest itself could not
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "kept"]


def test_a_link_is_removed_and_not_followed(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "link").symlink_to("kept")
    remove(tmp_path / "link")
    remove(tmp_path / "nothing")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_server_ends_in_order_whatever_its_jobs_have_left(serving, tmp_path):
    """Its temporary folder is gone then."""
    with serving() as server:
        job_id = server.submit("sh", "-c", "for i in $(seq 1500); do mkdir d; cd d; done; mkfifo f; ln -s / l")
        assert server.wait(job_id)["status"] == "SUCCEEDED"
    left = list(tmp_path.iterdir())
    subprocess.run(["rm", "-rf", *left], check=True)  # pytest itself could not
    assert left == []
