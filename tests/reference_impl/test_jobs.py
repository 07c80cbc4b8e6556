"""Jobs as real processes, over an unmodified boto3."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from batchproof.reference_impl.running.launcher.spawning import COULD_NOT_START


def test_a_job_that_exits_zero_succeeds_and_shows_what_clients_look_at(server):
    job = server.wait(server.submit("sh", "-c", "echo hello; echo oops >&2"))

    assert job["status"] == "SUCCEEDED"
    assert job["statusReason"] == "Essential container in task exited"
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    assert job["container"]["exitCode"] == 0
    assert re.fullmatch(r"quickstart/default/[0-9a-f-]{36}", job["container"]["logStreamName"])
    (attempt,) = job["attempts"]
    assert (attempt["startedAt"], attempt["stoppedAt"]) == (job["startedAt"], job["stoppedAt"])
    assert attempt["container"]["logStreamName"] == job["container"]["logStreamName"]
    assert (job["isCancelled"], job["isTerminated"]) == (False, False)
    assert (job["retryStrategy"], job["dependsOn"]) == ({"attempts": 1, "evaluateOnExit": []}, [])
    assert job["jobQueue"] == "arn:aws:batch:us-east-1:123456789012:job-queue/quickstart"
    assert job["jobDefinition"] == "arn:aws:batch:us-east-1:123456789012:job-definition/quickstart:1"
    assert job["jobArn"].endswith(f":job/{job['jobId']}")
    assert server.output(job["jobId"]) == "hello\noops\n"


@pytest.mark.parametrize("code", [1, 3, 137, 255])
def test_any_other_exit_code_fails_and_is_shown(server, code):
    job = server.wait(server.submit("sh", "-c", f"exit {code}"))

    assert (job["status"], job["container"]["exitCode"]) == ("FAILED", code)
    assert job["statusReason"] == "Essential container in task exited"


def test_a_process_killed_by_a_signal_shows_128_and_its_number(server):
    job = server.wait(server.submit("sh", "-c", "kill -SEGV $$"))

    assert job["container"]["exitCode"] == 128 + signal.SIGSEGV


def test_a_command_that_is_not_there_fails_to_start(server):
    job = server.wait(server.submit("no-such-program"))

    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert job["container"]["reason"].startswith(f"{COULD_NOT_START}: no-such-program")
    assert "exitCode" not in job["container"]
    assert "startedAt" not in job


def test_a_job_gets_its_own_variables_and_none_of_the_servers(server):
    """The server was started with a secret in its environment."""
    added = [{"name": "COLOUR", "value": "red"}]
    job = server.wait(server.submit("env", containerOverrides={"environment": added}))

    variables = dict(line.split("=", 1) for line in server.output(job["jobId"]).splitlines())
    assert variables["AWS_BATCH_JOB_ID"] == job["jobId"]
    assert variables["AWS_BATCH_JOB_ATTEMPT"] == "1"
    assert variables["AWS_BATCH_JQ_NAME"] == variables["AWS_BATCH_CE_NAME"] == "quickstart"
    assert variables["COLOUR"] == "red"
    batch = {name for name in variables if name.startswith("AWS_BATCH_")}
    assert set(variables) - batch <= {"PATH", "HOME", "LANG", "COLOUR", "PWD", "SHLVL", "_"}


def test_a_job_leads_a_session_of_its_own_in_a_folder_of_its_own_with_nothing_to_read(server):
    program = "import os; print(os.getsid(0) == os.getpid(), os.getcwd(), os.read(0, 1))"
    job = server.submit("python3", "-c", program)
    server.wait(job)

    assert server.output(job).split() == ["True", str(server.data / "jobs" / job / "1" / "work"), "b''"]


def test_a_job_ignores_and_blocks_no_signal(server):
    """Python ignores SIGPIPE; a job that inherited that would write into closed pipes for ever."""
    job = server.submit("sh", "-c", "grep -E 'SigIgn|SigBlk' /proc/self/status")
    server.wait(job)

    internal = 0b11 << 31  # 32 and 33 are glibc's own, and not ours to set
    for line in server.output(job).splitlines():
        assert int(line.split()[1], 16) & ~internal == 0, line


def test_parameters_are_put_into_the_command(server):
    """ENV-04: the definition has a default, and SubmitJob's value beats it."""
    common = {"jobName": "job", "jobQueue": "quickstart", "jobDefinition": "quickstart"}
    by_default = server.batch.submit_job(**common)["jobId"]
    by_caller = server.batch.submit_job(**common, parameters={"message": "good day"})["jobId"]

    server.wait(by_default)
    assert server.wait(by_caller)["parameters"] == {"message": "good day"}
    assert (server.output(by_default), server.output(by_caller)) == ("hello from batchproof\n", "good day\n")


def test_attempts_are_counted_from_one_and_each_is_listed(server):
    job = server.wait(server.submit("sh", "-c", "echo $AWS_BATCH_JOB_ATTEMPT; exit 7", retryStrategy={"attempts": 3}))

    assert [attempt["container"]["exitCode"] for attempt in job["attempts"]] == [7, 7, 7]
    assert len({attempt["container"]["taskArn"] for attempt in job["attempts"]}) == 3
    assert [server.output(job["jobId"], number) for number in (1, 2, 3)] == ["1\n", "2\n", "3\n"]
    assert job["retryStrategy"] == {"attempts": 3, "evaluateOnExit": []}


def test_evaluate_on_exit_is_obeyed_entry_by_entry(server):
    strategy = {
        "attempts": 4,
        "evaluateOnExit": [{"onExitCode": "1*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}],
    }
    retried = server.submit("sh", "-c", "exit 1", retryStrategy=strategy)
    final = server.submit("sh", "-c", "exit 2", retryStrategy=strategy)

    assert len(server.wait(retried)["attempts"]) == 4
    assert len(server.wait(final)["attempts"]) == 1
    shown = [{**entry, "action": entry["action"].lower()} for entry in strategy["evaluateOnExit"]]
    assert server.describe(final)["retryStrategy"] == {"attempts": 4, "evaluateOnExit": shown}


def test_a_strategy_at_submission_replaces_the_definitions(server):
    properties = {"image": "i", "command": ["false"]}
    server.batch.register_job_definition(
        jobDefinitionName="stubborn", type="container", containerProperties=properties, retryStrategy={"attempts": 3}
    )
    common = {"jobName": "job", "jobQueue": "quickstart", "jobDefinition": "stubborn"}
    plain = server.batch.submit_job(**common)["jobId"]
    replaced = server.batch.submit_job(**common, retryStrategy={"attempts": 2})["jobId"]

    assert len(server.wait(plain)["attempts"]) == 3
    assert len(server.wait(replaced)["attempts"]) == 2


def test_a_process_that_honours_sigterm_gets_no_sigkill(server):
    job = server.submit("sh", "-c", "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.02; done")
    server.wait_for_output(job, "up")
    server.batch.terminate_job(jobId=job, reason="enough of this")

    shown = server.wait(job)
    assert (shown["status"], shown["statusReason"], shown["container"]["exitCode"]) == ("FAILED", "enough of this", 5)
    assert (shown["isTerminated"], shown["isCancelled"]) == (True, False)
    assert shown["attempts"][0]["statusReason"] == "enough of this"


def test_a_process_that_ignores_sigterm_is_killed_after_the_grace_time(server):
    """And so are its children, although they are not the leader."""
    job = server.submit("sh", "-c", "trap '' TERM; sleep 60 & echo $!; while :; do sleep 0.02; done")
    server.wait_for_output(job, "\n")
    server.batch.terminate_job(jobId=job, reason="enough")

    shown = server.wait(job)
    assert (shown["status"], shown["container"]["exitCode"]) == ("FAILED", 137)
    assert 1000 <= shown["stoppedAt"] - shown["startedAt"] < 3000
    assert gone(int(server.output(job)))


def test_what_a_leader_leaves_behind_is_killed_when_it_exits(server, patiently):
    job = server.submit("sh", "-c", "sleep 60 & echo $!")

    assert server.wait(job)["status"] == "SUCCEEDED"
    patiently(lambda: gone(int(server.output(job))))


def test_a_container_has_the_members_that_awss_own_sample_shows_before_it_has_run(server):
    """EVT-02: what is not given is an empty list there, and clients iterate over it; a job that never ran has no more."""
    first = server.submit("sleep", "60")
    job = server.submit("true", dependsOn=[{"jobId": first}])
    assert set(server.describe(job)["container"]) == {
        "image", "command", "volumes", "environment", "mountPoints", "ulimits", "networkInterfaces",
        "resourceRequirements", "secrets",
    }  # fmt: skip
    server.batch.terminate_job(jobId=first, reason="enough")


def test_cancel_leaves_a_running_job_alone(server):
    job = server.submit("sh", "-c", "trap 'echo TERM' TERM; echo up; until [ -e go ]; do sleep 0.02; done; exit 0")
    server.wait_for_output(job, "up")
    server.batch.cancel_job(jobId=job, reason="changed my mind")
    assert server.describe(job)["status"] == "RUNNING"

    (server.data / "jobs" / job / "1" / "work" / "go").touch()
    shown = server.wait(job)
    assert (shown["status"], shown["isCancelled"], server.output(job)) == ("SUCCEEDED", True, "up\n")


def test_a_cancelled_running_job_that_fails_is_not_retried(server):
    """CANCEL-19 as the founding document reads it."""
    assert len(cancelled_while_running(server)["attempts"]) == 1


def test_under_the_other_reading_it_is(start):
    shown = cancelled_while_running(start("--reading", "cancel_overrides_retry=no"))

    assert (len(shown["attempts"]), shown["isCancelled"]) == (2, True)


def cancelled_while_running(server):
    job = server.submit(
        "sh", "-c", "echo up; until [ -e ../../go ]; do sleep 0.02; done; exit 1", retryStrategy={"attempts": 2}
    )
    server.wait_for_output(job, "up")
    server.batch.cancel_job(jobId=job, reason="no more")
    (server.data / "jobs" / job / "go").touch()
    return server.wait(job)


@pytest.mark.parametrize("request_", ["cancel_job", "terminate_job"])
def test_a_job_in_the_queue_is_removed_with_the_callers_reason(server, request_):
    full(server, "crowded")
    job = server.submit("true", queue="crowded")
    assert server.describe(job)["status"] == "RUNNABLE"

    getattr(server.batch, request_)(jobId=job, reason="ünneeded ☂")

    shown = server.describe(job)
    assert (shown["status"], shown["statusReason"], shown["attempts"]) == ("FAILED", "ünneeded ☂", [])
    assert (shown["isCancelled"], shown["isTerminated"]) == (request_ == "cancel_job", request_ == "terminate_job")
    assert "startedAt" not in shown
    assert "exitCode" not in shown["container"]


def test_a_cancelled_pending_job_waits_for_its_dependencies_and_never_runs(server):
    first = server.submit("sh", "-c", "until [ -e go ]; do sleep 0.02; done")
    second = server.submit("true", dependsOn=[{"jobId": first}])
    third = server.submit("true", dependsOn=[{"jobId": second}])
    server.batch.cancel_job(jobId=second, reason="not needed")

    shown = server.describe(second)
    assert (shown["status"], shown["isCancelled"]) == ("PENDING", True)
    assert shown["dependsOn"] == [{"jobId": first}]
    server.wait(first, "RUNNING")
    (server.data / "jobs" / first / "1" / "work" / "go").touch()
    shown = server.wait(second)
    assert (shown["status"], shown["statusReason"], shown["attempts"]) == ("FAILED", "not needed", [])
    shown = server.wait(third)
    assert (shown["status"], shown["statusReason"]) == ("FAILED", "Dependent Job failed")


def test_a_chain_runs_link_by_link(server):
    first = server.submit("sh", "-c", "exit 0")
    second = server.submit("true", dependsOn=[{"jobId": first}])
    third = server.submit("true", dependsOn=[{"jobId": first}, {"jobId": second}])

    jobs = [server.wait(job) for job in (first, second, third)]
    assert [job["status"] for job in jobs] == ["SUCCEEDED"] * 3
    assert jobs[0]["stoppedAt"] <= jobs[1]["startedAt"] <= jobs[1]["stoppedAt"] <= jobs[2]["startedAt"]


def test_the_bulk_requests_answer_for_each_job(server):
    """BULK-05 and BULK-06: an unknown id is a success, a malformed one an item error; each id is answered once."""
    full(server, "bulk")
    job, other = server.submit("true", queue="bulk"), server.submit("true", queue="bulk")

    reply = server.batch.cancel_jobs(jobs=[job, "unknown", "mal formed", job], reason="sweep")
    assert reply["successful"] == [job, "unknown"]
    assert [(error["job"], error["code"]) for error in reply["errors"]] == [("mal formed", "ValidationException")]
    assert server.describe(job)["statusReason"] == "sweep"
    assert server.batch.terminate_jobs(jobs=[other], reason="sweep")["successful"] == [other]
    assert server.describe(other)["isTerminated"] is True


def test_finished_and_unknown_jobs_are_left_alone(server):
    job = server.submit("true")
    before = server.wait(job)

    for name in ("cancel_job", "terminate_job"):
        for job_id in (job, "unknown", "x" * 500):
            getattr(server.batch, name)(jobId=job_id, reason="late")
    assert server.describe(job) == before


def test_describe_leaves_unknown_jobs_out_and_answers_once(server):
    job = server.submit("true")

    described = server.batch.describe_jobs(jobs=[job, "unknown", job])["jobs"]
    assert [shown["jobId"] for shown in described] == [job]


def test_regions_are_separate_worlds(server, client):
    """The region is the signature's; neither names nor ids reach across."""
    job = server.submit("sleep", "0.2")
    elsewhere = client(server.url, "eu-central-1")

    assert elsewhere.describe_job_queues()["jobQueues"] == []
    assert elsewhere.describe_jobs(jobs=[job])["jobs"] == []
    elsewhere.terminate_job(jobId=job, reason="from afar")
    assert server.wait(job)["status"] == "SUCCEEDED"


def test_a_disabled_environment_places_nothing_and_lets_go_on_what_runs(server, patiently):
    order = [{"order": 1, "computeEnvironment": "switched"}]
    server.batch.create_compute_environment(computeEnvironmentName="switched", type="UNMANAGED", unmanagedvCpus=2)
    server.batch.create_job_queue(jobQueueName="switched", priority=1, computeEnvironmentOrder=order)
    running = server.submit("sh", "-c", "until [ -e go ]; do sleep 0.02; done", queue="switched")
    server.wait(running, "RUNNING")
    server.batch.update_compute_environment(computeEnvironment="switched", state="DISABLED")
    waiting = server.submit("true", queue="switched")
    (server.data / "jobs" / running / "1" / "work" / "go").touch()

    assert server.wait(running)["status"] == "SUCCEEDED"
    assert server.describe(waiting)["status"] == "RUNNABLE"
    server.batch.update_compute_environment(computeEnvironment="switched", state="ENABLED")
    assert server.wait(waiting)["status"] == "SUCCEEDED"


def test_too_many_override_characters_are_found_out_late(server):
    """ENV-09: accepted, then FAILED without an attempt."""
    shown = server.wait(server.submit("echo", "x" * 8192))

    assert (shown["status"], shown["attempts"]) == ("FAILED", [])
    assert shown["statusReason"] == "Container Overrides length must be at most 8192"


def full(server, name: str) -> None:
    """A queue in which nothing ever starts: its environment has no vCPU."""
    if server.batch.describe_job_queues(jobQueues=[name])["jobQueues"]:
        return
    server.batch.create_compute_environment(computeEnvironmentName=name, type="UNMANAGED", unmanagedvCpus=0)
    order = [{"order": 1, "computeEnvironment": name}]
    server.batch.create_job_queue(jobQueueName=name, priority=1, computeEnvironmentOrder=order)


def gone(pid: int) -> bool:
    """Whether no such process is alive; a zombie whose parent has not looked yet is not."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_lost_host_takes_its_process_with_it_and_shows_no_exit_code(server, patiently):
    """RETRY-30, ENV-11. The host is found by the name that DescribeJobs shows of it."""
    job = server.submit("sh", "-c", "trap '' TERM; echo up $$; sleep 60")
    server.wait_for_output(job, "up")
    host = server.describe(job)["container"]["containerInstanceArn"]
    body = json.dumps({"host": host}).encode()
    request = Request(f"{server.url}/batchproof/lose-host", body, {"content-type": "application/json"})
    with urlopen(request) as answer:
        lost = json.load(answer)

    shown = server.wait(job, "FAILED")
    assert lost["jobId"] == job
    assert shown["statusReason"] == f"Host EC2 (instance {lost['instanceId']}) terminated."
    assert "exitCode" not in shown["container"]
    assert shown["attempts"][0]["container"]["containerInstanceArn"] == host
    patiently(lambda: not Path(f"/proc/{server.output(job).split()[1]}").exists())
