"""One crash at a time, and what a next server makes of it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import patience
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from processes import lives

from batchproof.reference_impl.deciding import arns
from batchproof.reference_impl.running.launcher import marks

SERVE = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0", "--quickstart", "--grace-s", "0.5"]
PATIENCE_S = 40
until = partial(patience.until, within_s=PATIENCE_S)

# Of six processes two leave the session, one of these by a double fork and with an emptied environment; none ends of
# itself, none heeds SIGTERM, all hold the output open.
STUBBORN = """
trap '' TERM
setsid sh -c "trap '' TERM; echo \\$\\$; while :; do sleep 1; done" &
(setsid env -i sh -c "trap '' TERM; echo \\$\\$; while :; do sleep 1; done" &)
sh -c "trap '' TERM; echo \\$\\$; while :; do sleep 1; done" &
echo $$
while :; do sleep 1; done
"""


@dataclass
class Folder:
    """A data folder and the servers on it, one after the other."""

    data: Path
    client: Callable[[str], Any]
    process: Any = None
    batch: Any = None

    def serve(self, *flags: str) -> None:
        self.process = subprocess.Popen(
            [*SERVE, "--data", str(self.data), *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.batch = self.client(self.process.stdout.readline().split()[-1])
        while "when a job is stopped" not in self.process.stdout.readline():
            pass

    def end(self, number: int) -> str:
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        return self.process.stderr.read()

    def submit(self, *command: str, **members: Any) -> str:
        overrides = {"command": list(command)}
        return self.batch.submit_job(
            jobName="a", jobQueue="quickstart", jobDefinition="quickstart", containerOverrides=overrides, **members
        )["jobId"]

    def job(self, job_id: str) -> dict[str, Any]:
        return self.batch.describe_jobs(jobs=[job_id])["jobs"][0]

    def wait(self, job_id: str, *statuses: str) -> dict[str, Any]:
        return until(lambda: (job := self.job(job_id))["status"] in statuses and job)

    def output(self, job_id: str, number: int = 1) -> str:
        file = self.data / "jobs" / job_id / str(number) / "out"
        return file.read_text() if file.exists() else ""

    def pair(self) -> tuple[int, int]:
        """The anchor and its launcher."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    parent = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])
                except OSError:
                    continue
                if b"batchproof.reference_impl.running.launcher.anchor" in words and str(self.data).encode() in words:
                    found[int(entry.name)] = parent
        launchers = [pid for pid, parent in found.items() if parent in found]
        return (found[launchers[0]], launchers[0]) if len(found) == 2 and launchers else (0, 0)


@pytest.fixture
def folder(tmp_path: Path, client: Callable[..., Any]) -> Iterator[Folder]:
    folder = Folder(tmp_path / "data", client)
    folder.serve()
    yield folder
    if folder.process.poll() is None:
        assert folder.end(signal.SIGTERM) == ""
    until(lambda: folder.pair() == (0, 0))
    assert (folder.data / "launcher" / "log").read_text() == ""


def test_a_killed_server_loses_nothing_and_its_jobs_go_on(folder):
    gone = folder.submit("sh", "-c", "exit 5")
    folder.wait(gone, "FAILED")
    running = folder.submit("sh", "-c", "echo up; sleep 0.7; exit 3")
    folder.wait(running, "RUNNING")
    waiting = folder.submit("echo", "after", dependsOn=[{"jobId": running}])
    before = {job: folder.job(job) for job in (gone, waiting)}

    folder.end(signal.SIGKILL)
    time.sleep(0.8)  # the job ends while nobody serves
    folder.serve()

    assert folder.job(gone) == before[gone]
    assert folder.wait(running, "FAILED")["attempts"][0]["container"]["exitCode"] == 3
    assert folder.output(running) == "up\n"
    assert folder.wait(waiting, "FAILED")["statusReason"] == "Dependent Job failed"


@pytest.mark.parametrize("victims", [("launcher",), ("anchor",), ("anchor", "server"), ("launcher", "server")])
def test_a_run_outlives_any_that_watch_it_and_its_exit_code_is_kept(folder, victims):
    job = folder.submit("sh", "-c", "echo $$; sleep 1; exit 9")
    until(lambda: folder.output(job))
    anchor, launcher = until(lambda: folder.pair()[0] and folder.pair())

    for name in victims:
        os.kill({"server": folder.process.pid, "launcher": launcher, "anchor": anchor}[name], signal.SIGKILL)
    if "server" in victims:
        folder.process.wait()
        folder.serve()

    until(lambda: folder.pair()[0] and set(folder.pair()) != {anchor, launcher})  # both are there again
    assert folder.wait(job, "FAILED")["attempts"][0]["container"]["exitCode"] == 9
    assert len(folder.output(job).split()) == 1


def test_an_exit_that_nobody_saw_is_a_lost_host_and_never_a_guess(folder):
    """
    The job ends after the death of the two that could have seen it, and before the next two are there.

    Where the machine's init is slow to reap, the kernel still knows how it ended, and that is no guess either.
    """
    script = "[ $AWS_BATCH_JOB_ATTEMPT = 2 ] && exit 0; echo up; kill -9 $(cat pids) ; exit 4"
    job = folder.submit("sh", "-c", "until [ -f pids ]; do sleep 0.01; done; " + script, retryStrategy={"attempts": 2})
    work = folder.data / "jobs" / job
    folder.wait(job, "RUNNING")
    (work / "1" / "work" / "pids.new").write_text(" ".join(map(str, until(lambda: folder.pair()[0] and folder.pair()))))
    (work / "2" / "work").mkdir(parents=True)
    (work / "2" / "work" / "pids").write_text("")
    (work / "1" / "work" / "pids.new").rename(work / "1" / "work" / "pids")

    attempts = folder.wait(job, "SUCCEEDED")["attempts"]
    if attempts[0]["container"].get("exitCode") != 4:
        assert attempts[0]["statusReason"].startswith("Host EC2 (instance i-")
        assert "exitCode" not in attempts[0]["container"]
    assert attempts[1]["container"]["exitCode"] == 0


def test_a_stop_goes_on_in_the_next_server(folder):
    job = folder.submit("sh", "-c", STUBBORN)
    pids = until(lambda: len(found := folder.output(job).split()) == 4 and found)
    folder.batch.terminate_job(jobId=job, reason="enough")
    folder.end(signal.SIGKILL)
    folder.serve()

    shown = folder.wait(job, "FAILED")
    assert (shown["statusReason"], shown["attempts"][0]["container"]["exitCode"]) == ("enough", 137)
    until(lambda: not any(lives(int(pid)) for pid in pids))


@pytest.mark.parametrize("crash", [None, "launcher"])
def test_a_stop_leaves_no_process_whatever_the_job_has_done_to_hide_them(folder, crash):
    job = folder.submit("sh", "-c", STUBBORN)
    pids = until(lambda: len(found := folder.output(job).split()) == 4 and found)
    if crash is not None:
        os.kill(until(lambda: folder.pair()[1]), signal.SIGKILL)

    folder.batch.terminate_job(jobId=job, reason="enough")

    folder.wait(job, "FAILED")
    until(lambda: not any(lives(int(pid)) for pid in pids))


@pytest.mark.parametrize("crash", [None, "launcher"])
def test_what_a_job_leaves_behind_ends_with_it(folder, crash):
    job = folder.submit("sh", "-c", STUBBORN.replace("while :; do sleep 1; done\n", "sleep 0.5; exit 0\n"))
    pids = until(lambda: len(found := folder.output(job).split()) == 4 and found)
    if crash is not None:
        os.kill(until(lambda: folder.pair()[1]), signal.SIGKILL)

    assert folder.wait(job, "SUCCEEDED")["attempts"][0]["container"]["exitCode"] == 0
    until(lambda: not any(lives(int(pid)) for pid in pids))


def test_an_orderly_stop_ends_jobs_as_a_lost_host_does_and_retries_go_on(folder):
    once = folder.submit("sh", "-c", "echo up; sleep 60")
    twice = folder.submit(
        "sh", "-c", "echo up; [ $AWS_BATCH_JOB_ATTEMPT = 2 ] || sleep 60", retryStrategy={"attempts": 2}
    )
    until(lambda: folder.output(once) and folder.output(twice))
    assert folder.end(signal.SIGTERM) == ""
    until(lambda: folder.pair() == (0, 0))
    folder.serve()

    assert folder.wait(once, "FAILED")["statusReason"].startswith("Host EC2")
    assert len(folder.wait(twice, "SUCCEEDED")["attempts"]) == 2
    assert folder.output(twice, 2) == "up\n"


def test_an_orderly_stop_does_not_wait_for_a_long_grace_time(folder):
    assert folder.end(signal.SIGTERM) == ""
    folder.serve("--grace-s", "600")
    job = folder.submit("sh", "-c", STUBBORN)
    pids = until(lambda: len(found := folder.output(job).split()) == 4 and found)
    folder.batch.terminate_job(jobId=job, reason="enough")
    assert folder.end(signal.SIGTERM) == ""
    assert not any(lives(int(pid)) for pid in pids)
    folder.serve()
    assert folder.wait(job, "FAILED")["attempts"][0]["container"]["exitCode"] == 137


def test_jobs_that_are_left_running_are_there_for_the_next_server(folder):
    assert folder.end(signal.SIGTERM) == ""
    folder.serve("--leave-running")
    job = folder.submit("sh", "-c", "echo up; sleep 0.5; exit 6")
    until(lambda: folder.output(job))
    assert folder.end(signal.SIGTERM) == ""
    folder.serve()
    assert folder.wait(job, "FAILED")["attempts"][0]["container"]["exitCode"] == 6


def test_a_restart_of_the_machine_is_the_end_of_a_host(folder):
    """As it would look: processes dead, and of what was written beside the store nothing on the disk."""
    job = folder.submit(
        "sh", "-c", "echo up; [ $AWS_BATCH_JOB_ATTEMPT = 2 ] || sleep 60", retryStrategy={"attempts": 2}
    )
    until(lambda: folder.output(job))
    pair = until(lambda: folder.pair()[0] and folder.pair())
    for pid in (folder.process.pid, *pair):
        os.kill(pid, signal.SIGKILL)
    folder.process.wait()
    mark = marks.mark_of(str(folder.data), job, 1)
    for pid in marks.living({mark})[mark]:
        os.kill(pid, signal.SIGKILL)
    (folder.data / "jobs" / job / "1" / "out").unlink()
    (folder.data / "launcher" / "journal").unlink()
    (folder.data / "launcher" / "boot").write_text("another")
    folder.serve()

    attempts = folder.wait(job, "SUCCEEDED")["attempts"]
    lost = arns.instance(job, 1)  # the same that LoseHost would have named
    assert attempts[0]["statusReason"] == f"Host EC2 (instance {lost}) terminated."
    assert not (folder.data / "jobs" / job / "1" / "out").exists(), "it did not run again"


def test_of_two_servers_on_a_folder_the_second_refuses(folder):
    done = subprocess.run([*SERVE, "--data", str(folder.data)], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (2, f"Error: --data: {folder.data} is in use by another server\n")


def test_a_server_that_cannot_even_read_what_it_has_kept_ends_and_says_so(folder):
    """Nobody is told that something is safe which is not; what runs goes on, as after a crash."""
    job = folder.submit("sh", "-c", "sleep 0.5; exit 6")
    folder.wait(job, "RUNNING")
    with sqlite3.connect(folder.data / "state.sqlite", timeout=10) as other:
        other.execute("ALTER TABLE record RENAME TO elsewhere")
    with pytest.raises((BotoCoreError, ClientError)):
        folder.submit("true")
    assert folder.process.wait(PATIENCE_S) == 2
    assert "state.sqlite cannot be read: no such table: record\n" in folder.process.stderr.read()
    with sqlite3.connect(folder.data / "state.sqlite", timeout=10) as other:
        other.execute("ALTER TABLE elsewhere RENAME TO record")

    folder.serve()
    assert folder.wait(job, "FAILED")["attempts"][0]["container"]["exitCode"] == 6


def test_the_jobs_of_a_temporary_folder_end_with_a_killed_server(tmp_path, client):
    process = subprocess.Popen(
        SERVE, stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}, stderr=subprocess.PIPE
    )
    folder = Folder(tmp_path, client, process, client(process.stdout.readline().split()[-1]))
    while "when a job is stopped" not in process.stdout.readline():
        pass
    folder.submit("sh", "-c", STUBBORN)
    (out,) = until(lambda: [out for out in tmp_path.glob("*/jobs/*/1/out") if len(out.read_text().split()) == 4])
    pids = out.read_text().split()
    process.kill()
    process.wait()
    until(lambda: not any(lives(int(pid)) for pid in pids) and not list(tmp_path.iterdir()))
