"""
A budget alarm goes off: what is the difference between cancelling and terminating the jobs of a queue?

The queue has room for three jobs. Three run, five wait, most with attempts left. Act 1 calls CancelJob on every job,
act 2 calls TerminateJob on every job of the same queue. What the script concludes is checked: if it did not happen,
the script says what happened instead and exits 1.

Everything goes through boto3, to a `batchproof serve` that the script starts and stops, or to --endpoint-url. Each job
keeps a diary in a file, so that what is said about it does not rest on the service's word alone.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

ROOM = 3
REASON = "budget alarm"
UNFINISHED = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
SOON_S, PATIENCE_S = 2, 10

# What jobs do. A job is at work until the story releases it, or until nobody tells the story any more.
AT_WORK = 'echo started >> "$DIARY"; while [ -d "$STAGE" ] && [ ! -e "$STAGE/released" ]; do sleep 0.02; done'
WORKS = f"{AT_WORK}; exit 0"
FAILS = f"{AT_WORK}; exit 1"
CLEANS_UP = f"""trap 'echo cleaned up >> "$DIARY"; exit 3' TERM; {AT_WORK}"""
IGNORES = f"trap '' TERM; {AT_WORK}"


@dataclass(frozen=True)
class Role:
    """A job: what it does, its attempts; and how the story says that it ends."""

    name: str
    program: str
    attempts: int
    status: str
    exit_code: int | None  # None: it never runs
    reason: str | None = None  # None: any

    @property
    def ends(self) -> str:
        return _ending(self.status, runs=0 if self.exit_code is None else 1, exit_code=self.exit_code)


WAITING = [Role(f"waits-{n}", WORKS, 3 if n % 2 else 1, "FAILED", None, REASON) for n in range(1, 6)]
ACT_1 = [
    Role("works", WORKS, 1, "SUCCEEDED", 0),
    Role("works-too", WORKS, 3, "SUCCEEDED", 0),
    # Once: cancelling overrides its retries. AWS's pages disagree on that; see `batchproof explain CANCEL-19`.
    Role("fails", FAILS, 3, "FAILED", 1),
    *WAITING,
]
ACT_2 = [
    Role("cleans-up", CLEANS_UP, 3, "FAILED", 3, REASON),  # it handles SIGTERM, and exits in its own way
    Role("unprepared", WORKS, 3, "FAILED", 128 + signal.SIGTERM, REASON),
    Role("ignores", IGNORES, 3, "FAILED", 128 + signal.SIGKILL, REASON),
    *WAITING,
]


class NotSo(Exception):
    """What the story claims did not happen."""


class Act:
    """The jobs of one act: submitted, asked to end, looked at."""

    def __init__(self, batch: Any, queue: str, stage: Path, roles: Sequence[Role]) -> None:
        self.batch, self.queue, self.stage, self.roles = batch, queue, stage, roles
        self.ids: list[str] = []
        stage.mkdir()

    def submit(self) -> None:
        """All jobs; returns when the first three are at work and the others wait."""
        for role in self.roles:
            variables = {"STAGE": str(self.stage), "DIARY": str(self.stage / role.name)}
            job = self.batch.submit_job(
                jobName=role.name,
                jobQueue=self.queue,
                jobDefinition=self.queue,
                retryStrategy={"attempts": role.attempts},
                containerOverrides={
                    "command": ["sh", "-c", role.program],
                    "environment": [{"name": name, "value": value} for name, value in variables.items()],
                },
            )
            self.ids.append(job["jobId"])
        wanted = ["RUNNING"] * ROOM + ["RUNNABLE"] * (len(self.roles) - ROOM)
        # RUNNING says that the process exists; its diary says that it has set its trap.
        if not within(
            PATIENCE_S, lambda: self.statuses() == wanted and all(self.diary(role) for role in self.roles[:ROOM])
        ):
            raise NotSo(f"{ROOM} jobs should run and the others wait, but they are {', '.join(self.statuses())}")

    def jobs(self) -> list[dict[str, Any]]:
        """Every job as DescribeJobs shows it, in the order of submission."""
        found = {job["jobId"]: job for job in self.batch.describe_jobs(jobs=self.ids)["jobs"]}
        return [found[job_id] for job_id in self.ids]

    def statuses(self) -> list[str]:
        return [job["status"] for job in self.jobs()]

    def diary(self, role: Role) -> list[str]:
        """What a job wrote about itself: `started` once for each of its runs."""
        file = self.stage / role.name
        return file.read_text().splitlines() if file.exists() else []

    def release(self) -> None:
        """Let what is at work come to its own end."""
        (self.stage / "released").touch()

    def wait_for_all(self, seconds: float) -> None:
        """Until every job has ended, or the time is over: the table then shows what has not."""
        within(seconds, lambda: not set(UNFINISHED) & set(self.statuses()))

    def check(self) -> None:
        """Whether every job ended as its role says, by the service's word and by its own diary."""
        wrong: list[str] = []
        for role, job in zip(self.roles, self.jobs(), strict=True):
            ended = _ending(job["status"], runs=len(job["attempts"]), exit_code=job["container"].get("exitCode"))
            reason = job.get("statusReason")
            starts = self.diary(role).count("started")
            if ended != role.ends:
                wrong.append(f"{role.name}: expected {role.ends}; observed {ended}")
            elif role.reason not in (None, reason):
                wrong.append(f"{role.name}: expected statusReason {role.reason!r}; observed {reason!r}")
            elif starts != len(job["attempts"]):
                wrong.append(f"{role.name}: {len(job['attempts'])} attempts are shown, but it started {starts} times")
        if wrong:
            raise NotSo("\n  ".join(wrong))

    def show(self, was: Sequence[str]) -> None:
        """The act as a table."""
        rows = [("job", "was", "ended", "attempts", "exit", "statusReason")]
        for role, before, job in zip(self.roles, was, self.jobs(), strict=True):
            code = job["container"].get("exitCode", "-")
            tried = f"{len(job['attempts'])} of {role.attempts}"
            rows.append((role.name, before, job["status"], tried, str(code), job.get("statusReason", "-")))
        for name, before, status, tried, code, reason in rows:
            print(f"  {name:<10}  {before:<8}  {status:<9}  {tried:<8}  {code:>4}  {reason}")


def _ending(status: str, *, runs: int, exit_code: int | None) -> str:
    code = "" if exit_code is None else f", exit code {exit_code}"
    return f"{status} after {runs} attempt{'' if runs == 1 else 's'}{code}"


def unfinished(batch: Any, queue: str) -> Iterator[str]:
    """The ids of all jobs of a queue that have not ended; ListJobs shows one status at a time."""
    for status in UNFINISHED:
        for page in batch.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus=status):
            yield from (job["jobId"] for job in page["jobSummaryList"])


def for_all_jobs(batch: Any, queue: str, request: Callable[..., Any]) -> int:
    """
    CancelJob or TerminateJob on every job of a queue; how many there were.

    The waiting ones come first: stopping a running one makes room, which a job still in the queue would take.
    """
    ids = list(unfinished(batch, queue))
    for job_id in ids:
        request(jobId=job_id, reason=REASON)
    return len(ids)


def cancel_all(batch: Any, queue: str, stage: Path) -> None:
    act = Act(batch, queue, stage, ACT_1)
    act.submit()
    was = act.statuses()
    count = for_all_jobs(batch, queue, batch.cancel_job)
    print(f"\nAct 1. The budget alarm goes off: CancelJob on all {count} jobs.")
    within(SOON_S, lambda: not set(UNFINISHED) & set(act.statuses()[ROOM:]))
    told = ", ".join(f"{number} {status}" for status, number in sorted(Counter(act.statuses()).items()))
    print(f"Soon after: {told}. Then those at work come to their own end.\n")
    act.release()
    act.wait_for_all(PATIENCE_S)
    act.show(was)
    act.check()
    print("\n  => Exactly what was running has finished. Nothing else started, and nothing was retried.")


def terminate_all(batch: Any, queue: str, stage: Path, grace_s: float) -> None:
    act = Act(batch, queue, stage, ACT_2)
    act.submit()
    was = act.statuses()
    alarm_ms = time.time() * 1000
    count = for_all_jobs(batch, queue, batch.terminate_job)
    print(f"\nAct 2. The same queue, full again: TerminateJob on all {count} jobs.")
    print(f"What runs gets SIGTERM, and SIGKILL {grace_s:g} s later if it is still there.\n")
    act.wait_for_all(grace_s + PATIENCE_S)
    act.show(was)
    act.check()
    cleaned, _, killed = [(job["stoppedAt"] - alarm_ms) / 1000 for job in act.jobs()[:ROOM]]
    if "cleaned up" not in act.diary(act.roles[0]):
        raise NotSo(f"cleans-up exited by itself, but it has not cleaned up: it wrote {act.diary(act.roles[0])}")
    if killed < grace_s:
        raise NotSo(f"ignores was killed after {killed:.2f} s: the grace time is {grace_s:g} s")
    print(f"\n  cleans-up ended by itself after {cleaned:.2f} s; ignores was killed after {killed:.2f} s.")
    print("  => Everything has stopped. Nothing else started, and nothing was retried.")


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true in time."""
    end_s = time.monotonic() + seconds
    while not (true := condition()) and time.monotonic() < end_s:
        time.sleep(0.02)
    return true


@contextmanager
def server(grace_s: float) -> Iterator[str]:
    """A server of our own; it stops when its standard input ends, so also when this script is killed."""
    command = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0", "--stop-on-eof"]
    with subprocess.Popen(
        [*command, "--grace-s", str(grace_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for this script
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            first = process.stdout.readline()  # batchproof serves AWS Batch at URL
            if not first:
                raise NotSo("batchproof serve did not start")
            yield first.split()[-1]
        finally:
            process.stdin.close()
            process.wait(PATIENCE_S)


@contextmanager
def queue_with_room(batch: Any, name: str) -> Iterator[str]:
    """A compute environment, a queue and a definition of this name, put away at the end."""
    environment = {"order": 1, "computeEnvironment": name}
    one_vcpu = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}]
    batch.create_compute_environment(computeEnvironmentName=name, type="UNMANAGED", unmanagedvCpus=ROOM)
    batch.create_job_queue(jobQueueName=name, priority=1, computeEnvironmentOrder=[environment])
    definition = batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={"image": "busybox", "resourceRequirements": one_vcpu},
    )
    try:
        yield name
    finally:
        for_all_jobs(batch, name, batch.terminate_job)
        within(PATIENCE_S, lambda: not any(unfinished(batch, name)))
        batch.deregister_job_definition(jobDefinition=definition["jobDefinitionArn"])
        batch.update_job_queue(jobQueue=name, state="DISABLED")
        batch.update_compute_environment(computeEnvironment=name, state="DISABLED")
        with suppress(ClientError):  # a server that cannot delete keeps both, DISABLED
            batch.delete_job_queue(jobQueue=name)
            batch.delete_compute_environment(computeEnvironment=name)


def tell(endpoint_url: str | None, grace_s: float) -> None:
    """Both acts, one after the other, on one queue."""
    with ExitStack() as cleanup:
        url = endpoint_url or cleanup.enter_context(server(grace_s))
        batch = boto3.client(
            "batch",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        queue = cleanup.enter_context(queue_with_room(batch, f"budget-alarm-{token_hex(3)}"))
        # Entered last, so removed first: jobs that are still at work then end by themselves.
        stage = Path(cleanup.enter_context(TemporaryDirectory(prefix="budget-alarm-")))
        print(f"A queue with room for {ROOM} jobs, at {url}: {ROOM} run, {len(WAITING)} wait.")
        cancel_all(batch, queue, stage / "act-1")
        terminate_all(batch, queue, stage / "act-2", grace_s)


def _interrupted(number: int, frame: object) -> None:
    """Ctrl-C, or a SIGTERM, from which we clean up in the same way."""
    raise KeyboardInterrupt(number)


def main() -> int:
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument(
        "--endpoint-url",
        metavar="URL",
        help="a `batchproof serve` that runs on this machine; the queue that the story makes there stays, DISABLED",
    )
    about.add_argument(
        "--grace-s",
        type=float,
        help="seconds from SIGTERM to SIGKILL; AWS takes 30  [default: 2, and with --endpoint-url 30, as that server does]",
    )
    asked = about.parse_args()
    grace_s = (30 if asked.endpoint_url else 2) if asked.grace_s is None else asked.grace_s
    if grace_s <= 0:
        about.error(f"--grace-s is {grace_s:g}: a job that cleans up needs more than 0")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        tell(asked.endpoint_url, grace_s)
    except NotSo as failure:
        print(f"\nThis is not what should happen:\n  {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as interrupt:
        print("\nInterrupted: all jobs are stopped.", file=sys.stderr)
        return 128 + interrupt.args[0]
    except (BotoCoreError, ClientError) as failure:
        print(f"\nThe service does not play its part: {failure}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
