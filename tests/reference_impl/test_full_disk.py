"""A full disk: what was kept is shown, whatever would change it is refused, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import until

STUBBORN = "trap 'exit 7' TERM; echo $$; while :; do sleep 0.02; done"


@contextmanager
def no_file_may_grow(*pids: int):
    """For these processes: a disk that is full for them alone, for which no test needs root."""
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            if Path(f"/proc/{pid}").exists():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])


def is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z"


def refused(server) -> tuple[list[str], str]:
    """Submit until nothing is accepted any more: the names of the jobs that were, and why there is no other."""
    accepted = []
    while len(accepted) < 1000:
        try:
            server.submit("true", jobName=f"accepted-{len(accepted)}")
        except server.batch.exceptions.ServerException as failure:
            return accepted, failure.response["Error"]["Message"]
        accepted.append(f"accepted-{len(accepted)}")
    raise AssertionError("the disk is not full")


def names(server) -> list[str]:
    wanted = [{"name": "JOB_NAME", "values": ["accepted-*"]}]
    pages = server.batch.get_paginator("list_jobs").paginate(jobQueue="quickstart", filters=wanted)
    return sorted(job["jobName"] for page in pages for job in page["jobSummaryList"])


def said(server, text: str) -> None:
    until(lambda: text in (server.data / "stderr").read_text())


def test_reads_go_on_and_changes_are_refused_until_there_is_room(start):
    server = start()
    running = server.submit("sh", "-c", STUBBORN)
    server.wait(running, "RUNNING")  # what it writes may come before that is known
    pid = int(until(lambda: server.output(running).strip()))
    with no_file_may_grow(server.process.pid):
        accepted, why = refused(server)
        assert why.startswith("nothing can be kept at the moment, so nothing is changed: ")
        assert server.describe(running)["status"] == "RUNNING"
        assert names(server) == sorted(accepted)
        for call, members in (
            (server.batch.terminate_job, {"jobId": running, "reason": "enough"}),
            (server.batch.cancel_job, {"jobId": running, "reason": "enough"}),
            (server.batch.update_job_queue, {"jobQueue": "quickstart", "state": "DISABLED"}),
        ):
            with pytest.raises(server.batch.exceptions.ServerException, match="nothing can be kept"):
                call(**members)
        os.kill(pid, signal.SIGTERM)  # and the job ends, of which nothing can be kept either
        until(lambda: not Path(f"/proc/{pid}").exists())
        assert server.describe(running)["status"] == "RUNNING"
    job = server.wait(running)
    assert (job["status"], job["container"]["exitCode"], job["isTerminated"]) == ("FAILED", 7, False)
    said(server, "can be written again")
    assert server.wait(server.submit("true"))["status"] == "SUCCEEDED"
    for summary in server.batch.list_jobs(jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["acc*"]}])[
        "jobSummaryList"
    ]:
        assert server.wait(summary["jobId"])["status"] == "SUCCEEDED"
    assert names(server) == sorted(accepted)
    (server.data / "stderr").write_text("")


def test_a_server_that_ends_on_a_full_disk_leaves_all_to_the_next_one(serving, tmp_path):
    with serving("--data", str(tmp_path / "data"), "--leave-running") as server:
        running = server.submit("sh", "-c", STUBBORN)
        server.wait(running, "RUNNING")  # what it writes may come before that is known
        until(lambda: server.output(running).strip())
        with no_file_may_grow(server.process.pid):
            accepted, _ = refused(server)
            server.process.terminate()
            assert server.process.wait(20) == 0
            server.process.stderr.read()
    with serving("--data", str(tmp_path / "data")) as server:
        assert server.describe(running)["status"] == "RUNNING"
        assert names(server) == sorted(accepted)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 8 MiB; only root can have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    file = disk / "filler"
    for size in (1 << 20, 4096, 1):
        try:
            with file.open("ab", buffering=0) as filler:
                while filler.write(b"x" * size) == size:
                    pass
        except OSError:
            continue
    return file


@pytest.mark.parametrize("killed", [False, True], ids=["launcher lives", "launcher is killed"])
def test_exit_codes_survive_a_disk_that_is_full_for_the_launcher(start, killed):
    """It cannot write down how a job ended, so the job stays a zombie until somebody can: no status is lost."""
    server = start()
    jobs = {code: server.submit("sh", "-c", STUBBORN.replace("7", str(code))) for code in (7, 8, 9)}
    pids = {code: int(until(lambda job=job: server.output(job).strip())) for code, job in jobs.items()}
    launcher = parent(pids[7])
    anchor = parent(launcher)
    with no_file_may_grow(anchor, launcher):
        os.kill(pids[7], signal.SIGTERM)
        until(lambda: is_zombie(pids[7]))
        if killed:
            os.kill(launcher, signal.SIGKILL)
            until(lambda: parent(pids[8]) == anchor)
        os.kill(pids[8], signal.SIGTERM)
        until(lambda: is_zombie(pids[8]))
        late = server.submit("echo", "late")  # it is kept, and begins when that can be written down
    for code in (7, 8):
        assert server.wait(jobs[code])["container"]["exitCode"] == code
        until(lambda code=code: not Path(f"/proc/{pids[code]}").exists())
    assert server.wait(late)["status"] == "SUCCEEDED"
    os.kill(pids[9], signal.SIGTERM)
    assert server.wait(jobs[9])["container"]["exitCode"] == 9


def test_a_job_that_never_began_can_be_stopped_on_a_full_disk(start):
    server = start()
    holder = server.submit("sh", "-c", STUBBORN)
    launcher = parent(int(until(lambda: server.output(holder).strip())))
    with no_file_may_grow(launcher):
        job_id = server.submit("echo", "never")
        assert server.wait(job_id, "STARTING")
        server.batch.terminate_job(jobId=job_id, reason="enough")
        job = server.wait(job_id)
        assert (job["status"], job["container"]["reason"]) == (
            "FAILED",
            "CannotStartContainerError: stopped before it began",
        )
        server.batch.terminate_job(jobId=holder, reason="enough")
        assert server.wait(holder)["container"]["exitCode"] == 7  # stopping needs no disk


def test_one_job_can_fill_the_disk_and_takes_the_service_from_nobody(serving, small_disk):
    with serving("--data", str(small_disk / "data")) as server:
        running = server.submit("sh", "-c", STUBBORN)
        server.wait(running, "RUNNING")  # what it writes may come before that is known
        pid = int(until(lambda: server.output(running).strip()))
        hog = server.submit("sh", "-c", "cat /dev/zero > big; echo; exec sleep 60")
        until(lambda: server.output(hog) or os.statvfs(small_disk).f_bavail == 0)
        filler = fill(small_disk)
        accepted, why = refused(server)
        assert "full" in why
        assert server.describe(running)["status"] == "RUNNING"
        os.kill(pid, signal.SIGTERM)
        assert names(server) == sorted(accepted)
        filler.unlink(missing_ok=True)
        (server.data / "jobs" / hog / "1" / "work" / "big").unlink()
        assert server.wait(running)["container"]["exitCode"] == 7
        until(lambda: [server.wait(server.submit("true"))["status"]] == ["SUCCEEDED"])
        server.process.terminate()
        server.process.wait(20)
        log = server.process.stderr.read()
        assert "cannot be written" in log
        assert "Traceback" not in log
