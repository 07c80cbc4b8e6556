"""A service may be slow and right: starts, stops and requests that come late, over HTTP and with real processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest
from botocore.exceptions import ClientError
from patience import until

from batchproof.cli.serve import serve
from batchproof.model.promises import PROMISES
from batchproof.reference_impl.lateness import Delay, Lateness

SERVE = [sys.executable, "-c", "from batchproof.cli.serve import serve; serve()"]
STUBBORN = "trap 'echo told' TERM; echo up; while :; do sleep 0.02; done"


def fill(server) -> str:
    """A queue with room for one job, and that job in it."""
    resources = {"type": "EC2", "minvCpus": 0, "maxvCpus": 1, "subnets": []}
    server.batch.create_compute_environment(computeEnvironmentName="one", type="MANAGED", computeResources=resources)
    order = [{"order": 1, "computeEnvironment": "one"}]
    server.batch.create_job_queue(jobQueueName="one", priority=1, computeEnvironmentOrder=order)
    holder = server.submit("sh", "-c", STUBBORN, queue="one")
    server.wait(holder, "RUNNING")
    return holder


def test_a_container_that_comes_up_late_is_starting_meanwhile(serving):
    with serving("--slow-start", "0.8") as server:
        job_id = server.submit("true")
        assert server.describe(job_id)["status"] == "STARTING"
        job = server.wait(job_id)
        assert job["status"] == "SUCCEEDED"
        assert 800 <= job["startedAt"] - job["createdAt"] < 3000


def test_a_job_that_is_stopped_before_its_container_is_up_never_runs(serving, tmp_path):
    """TERM-26; the attempt has no exit code, and its start is not owed any more."""
    with serving("--slow-start", "30") as server:
        job_id = server.submit("touch", str(tmp_path / "ran"), retryStrategy={"attempts": 3})
        server.wait(job_id, "STARTING")
        server.batch.terminate_job(jobId=job_id, reason="enough")
        job = server.wait(job_id)
        assert (job["status"], job["statusReason"], job["isTerminated"]) == ("FAILED", "enough", True)
        (attempt,) = job["attempts"]
        assert "exitCode" not in attempt["container"]
        assert "startedAt" not in attempt
        assert not (server.data / "jobs" / job_id).exists()


def test_a_host_that_is_lost_before_the_container_is_up_has_a_successor(serving):
    """The process of the lost attempt must not begin afterwards."""
    with serving("--slow-start", "0.4") as server:
        job_id = server.submit("sh", "-c", "echo $AWS_BATCH_JOB_ATTEMPT", retryStrategy={"attempts": 2})
        server.wait(job_id, "STARTING")
        server.lose_host(job_id)
        job = server.wait(job_id)
        assert job["status"] == "SUCCEEDED"
        assert [attempt.get("startedAt") is None for attempt in job["attempts"]] == [True, False]
        assert (server.output(job_id, 1), server.output(job_id, 2)) == ("", "2\n")


def test_a_late_stop_shows_the_flag_at_once_and_sends_sigterm_later(serving):
    with serving("--late-stop", "0.8") as server:
        job_id = server.submit("sh", "-c", STUBBORN)
        server.wait_for_output(job_id, "up")
        server.wait(job_id, "RUNNING")  # its output may come before that is known
        began_s = time.monotonic()
        server.batch.terminate_job(jobId=job_id, reason="enough")
        job = server.describe(job_id)
        assert (job["status"], job["isTerminated"], server.output(job_id)) == ("RUNNING", True, "up\n")
        server.wait_for_output(job_id, "told")
        assert time.monotonic() - began_s >= 0.8
        job = server.wait(job_id)
        assert (job["status"], job["container"]["exitCode"]) == ("FAILED", 137)
        assert time.monotonic() - began_s >= 1.8  # the grace time is counted from SIGTERM


def test_a_lost_host_is_not_late(serving):
    """Its processes are killed at once, whatever is put off."""
    with serving("--late-stop", "60") as server:
        job_id = server.submit("sh", "-c", "echo $$; exec sleep 300")
        pid = until(lambda: server.output(job_id).strip())
        server.batch.terminate_job(jobId=job_id, reason="enough")
        server.lose_host(job_id)
        until(lambda: not os.path.exists(f"/proc/{pid}"))


def test_a_process_may_end_before_its_late_stop(serving, tmp_path):
    with serving("--late-stop", "0.5") as server:
        job_id = server.submit("sh", "-c", STUBBORN.replace(":;", f"[ ! -e {tmp_path}/go ];") + "; exit 7")
        server.wait_for_output(job_id, "up")
        server.wait(job_id, "RUNNING")  # its output may come before that is known
        server.batch.terminate_job(jobId=job_id, reason="enough")
        (tmp_path / "go").touch()
        job = server.wait(job_id)
        assert (job["status"], job["container"]["exitCode"], server.output(job_id)) == ("FAILED", 7, "up\n")
        until(lambda: time.time() * 1000 > job["stoppedAt"] + 2200)  # what was put off comes to nothing
        assert server.describe(job_id) == job


@pytest.mark.parametrize(
    ("option", "one", "several", "flag"),
    [
        ("--late-cancel", "cancel_job", "cancel_jobs", "isCancelled"),
        ("--late-terminate", "terminate_job", "terminate_jobs", "isTerminated"),
    ],
)
def test_a_request_is_answered_at_once_and_takes_effect_later_as_a_whole(serving, option, one, several, flag):
    with serving(option, "0.8") as server:
        fill(server)
        single, *both = (server.submit("true", queue="one") for _ in range(3))
        with pytest.raises(ClientError, match="reason has 1025 characters"):
            getattr(server.batch, one)(jobId=single, reason="x" * 1025)
        began_s = time.monotonic()
        getattr(server.batch, one)(jobId=single, reason="enough")
        answer = getattr(server.batch, several)(jobs=[*both, "no such job"], reason="enough")
        assert answer["successful"] == both
        assert [error["job"] for error in answer["errors"]] == ["no such job"]
        for job in server.batch.describe_jobs(jobs=[single, *both])["jobs"]:
            assert (job["status"], job[flag]) == ("RUNNABLE", False)

        def shown():
            jobs = server.batch.describe_jobs(jobs=both)["jobs"]
            seen = {(job["status"], job[flag]) for job in jobs}
            assert len(seen) == 1  # those that were asked for together are seen to end together
            return seen == {("FAILED", True)}

        until(shown)
        assert time.monotonic() - began_s >= 0.8
        job = server.describe(single)
        assert (job["status"], job["statusReason"], job["attempts"]) == ("FAILED", "enough", [])


def test_a_job_may_start_before_its_late_cancel_which_is_then_lost(serving):
    """CANCEL-22: it runs on, and is not tried again."""
    with serving("--late-cancel", "0.8") as server:
        holder = fill(server)
        job_id = server.submit("sh", "-c", STUBBORN, queue="one")
        server.batch.cancel_job(jobId=job_id, reason="enough")
        server.lose_host(holder)  # which makes room at once
        server.wait(job_id, "RUNNING")
        until(lambda: server.describe(job_id)["isCancelled"])
        assert server.describe(job_id)["status"] == "RUNNING"
        assert "told" not in server.output(job_id)


def test_a_late_terminate_may_find_a_job_that_has_succeeded(serving):
    """TERM-06."""
    with serving("--late-terminate", "2") as server:
        job_id = server.submit("sleep", "0.2")
        server.batch.terminate_job(jobId=job_id, reason="enough")
        job = server.wait(job_id)
        until(lambda: time.time() * 1000 > job["stoppedAt"] + 2200)
        assert server.describe(job_id)["status"] == "SUCCEEDED"


def test_what_a_host_puts_off_survives_a_kill(serving, tmp_path):
    """The store knows that a run is to begin, or to be stopped, so the next server asks for it again."""
    flags = ("--data", str(tmp_path / "data"), "--slow-start", "60")
    with serving(*flags) as server:
        job_id = server.submit("true")
        server.wait(job_id, "STARTING")
        server.process.kill()
    with serving(*flags) as server:
        assert server.wait(job_id)["status"] == "SUCCEEDED"


def test_a_stop_that_is_put_off_survives_a_kill(serving, tmp_path):
    flags = ("--data", str(tmp_path / "data"), "--late-stop", "60")
    with serving(*flags) as server:
        job_id = server.submit("sh", "-c", STUBBORN)
        server.wait_for_output(job_id, "up")
        server.wait(job_id, "RUNNING")  # its output may come before that is known
        server.batch.terminate_job(jobId=job_id, reason="enough")
        server.process.kill()
    with serving(*flags) as server:
        assert server.wait(job_id)["statusReason"] == "enough"
        assert "told" in server.output(job_id)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--slow-start", "1-"), "--slow-start: '1-' is not S or LOW-HIGH in seconds"),
        (("--late-stop", "2-1"), "--late-stop: '2-1' is not S or LOW-HIGH in seconds"),
        (("--late-cancel", "nan"), "--late-cancel: 'nan' is not S"),
        (("--late-terminate", "86401"), "--late-terminate: '86401' is not S"),
        (("--late-cancel", "1", "--data", "DATA"), "--late-cancel is given with --data"),
        (("--late-terminate", "1", "--data", "DATA"), "--late-terminate is given with --data"),
        (("--late-stop", "1", "--grace-s", "0"), "--late-stop is given with --grace-s 0"),
    ],
)
def test_what_does_not_go_is_refused_in_one_line(tmp_path, flags, said):
    """An accepted request is never lost: what cannot be kept is not put off."""
    given = [str(tmp_path / "data") if flag == "DATA" else flag for flag in flags]
    done = subprocess.run([*SERVE, *given], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {said}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_each_delay_is_drawn_between_its_bounds_and_by_the_seed():
    one, other = Lateness(stop=Delay(0.5, 2), seed=1), Lateness(stop=Delay(0.5, 2), seed=2)
    drawn = [[draw() for _ in range(100)] for draw in (one.drawing("stop"), one.drawing("stop"), other.drawing("stop"))]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(0.5 <= seconds <= 2 for seconds in drawn[0])
    assert max(drawn[0]) - min(drawn[0]) > 1


def test_every_slow_setting_names_a_rule_that_allows_it():
    for option in ("slow_start", "late_stop", "late_cancel", "late_terminate"):
        (help,) = (parameter.help for parameter in serve.params if parameter.name == option)
        rules = re.findall(r"\b[A-Z]+-\d\d\b", help)
        assert rules
        assert set(rules) <= set(PROMISES)
