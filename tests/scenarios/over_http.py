"""Plays the same scenario on a server over HTTP, with unmodified boto3 and real processes that wait to be let go."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config
from patience import until

from .script import Block, Command, Seen, expected, front, limits, needs, news, used, weights, whole

PATIENCE_S = 20

# It says that it is up, notes a SIGTERM and goes on, and ends with the code that it is given.
PAYLOAD = """
at="$GATE/$AWS_BATCH_JOB_ID.$AWS_BATCH_JOB_ATTEMPT"
trap 'echo > "$GATE/$AWS_BATCH_JOB_ID.term"' TERM
echo > "$at.up"
while [ ! -e "$at.exit" ]; do sleep 0.01; done
exit "$(cat "$at.exit")"
"""

NOT_HERE = {
    "place": "a real process does not stay in STARTING",
}
"""What cannot be done with real processes, and why. A scenario that asks for it is played on the engine only."""

_queues = itertools.count(1)


def unplayable(blocks: list[Block]) -> str | None:
    """Why a scenario cannot be played here, None where it can."""
    commands = [command for block in blocks for command in block.commands]
    if any(command.option("broken") and command.option("attempts") for command in commands):
        return "attempts=: where starts fail at once, the next one comes before there is time to take the room away"
    verbs = {command.verb for command in commands}
    return next((f"{verb}: {why}" for verb, why in NOT_HERE.items() if verb in verbs), None)


def client_of(url: str) -> Any:
    return boto3.client(
        "batch",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


class OverHttp:
    """One server and a folder for the gates of the processes; one scenario is played."""

    def __init__(self, url: str, gates: Path) -> None:
        self.url = url
        self.batch = client_of(url)
        self.gates = gates
        self.queue = f"scenario-{next(_queues)}"
        self.ids: dict[str, str] = {}
        self.needs: dict[str, int] = {}
        self.shared: set[str] = set()  # queues, and consumables, that were declared
        self.consumables: set[str] = set()
        self.environments: set[str] = set()
        self.in_shared: list[str] = []  # jobs
        self.up: set[str] = set()
        self.stopped: set[str] = set()  # processes to which a SIGTERM is on its way
        self.before: dict[str, Seen] = {}

    def play(self, block: Block) -> None:
        """Do what a block says, and see every job come to what its result says, and to nothing else."""
        result = {name: (path, more) for name, path, more in map(expected, block.result)}
        for command in block.commands:
            self.do(command)
        names = [*self.before, *(name for name in result if name not in self.before)]
        wanted = {name: f"{result[name][0][-1]} {result[name][1]}" for name in result}
        passed: dict[str, list[str]] = {name: [] for name in names}
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            now = {name: seen for name in names if (seen := self.seen(name)) is not None}
            for name, seen in now.items():
                if passed[name][-1:] != [seen.status]:
                    passed[name].append(seen.status)
            # What a poller is told of a job: where it is now, if it moved, and what else is new.
            told = {
                name: f"{seen.status} {more}"
                for name, seen in now.items()
                if (more := news(self.before.get(name), seen)) or self.before.get(name, Seen("")).status != seen.status
            }
            if told == wanted:
                break
            assert time.monotonic() < deadline_s, f"expected {wanted}, and it is {told}"
            time.sleep(0.01)
        for name, (path, _) in result.items():
            if name in self.shared | self.consumables:
                continue
            statuses = iter(path)
            assert all(status in statuses for status in passed[name]), f"{name}: {passed[name]}, and not {path}"
        self.before = now

    def do(self, command: Command) -> None:
        name = command.name
        match command.verb:
            case "reading":
                pass
            case "submit":
                self.submit(command)
            case "run":
                self.run(name)
                if command.option("exit"):
                    self.exit(name, command.option("exit"))
            case "exit":
                self.exit(name, command.words)
            case "cancel":
                self.batch.cancel_job(jobId=self.id_of(name), reason=command.words)
            case "terminate":
                self.see_up()
                self.stopped.update(each for each in self.up if name in (each, whole(each)) and "#" not in name)
                self.batch.terminate_job(jobId=self.id_of(name), reason=command.words)
            case "lose":
                self.lose(name)
            case "advance":
                self.ours("advance-clock", {"seconds": int(name)})
            case "environment":
                self.environment(command)
            case "queue":
                self.share(command)
            case "consumable":
                self.consumable(command)
            case "delete":
                self.see_up()
                self.shared.discard(name)
                self.before.pop(name, None)
                self.batch.delete_job_queue(jobQueue=self.own(name))
            case verb:
                raise AssertionError(f"no player knows how to {verb}")

    def own(self, name: str) -> str:
        """The name on the server, on which other scenarios are played as well."""
        return f"{self.queue}-{name}"

    def environment(self, command: Command) -> None:
        name = self.own(command.name)
        state = "DISABLED" if command.option("disabled") else "ENABLED"
        vcpus = {} if command.number("vcpus") is None else {"unmanagedvCpus": command.number("vcpus")}
        if command.name in self.environments:
            self.batch.update_compute_environment(computeEnvironment=name, state=state, **vcpus)
            return
        self.environments.add(command.name)
        memory = command.option("memory")
        tags = {"tags": {"batchproof:memory-mib": memory}} if memory else {}
        self.batch.create_compute_environment(
            computeEnvironmentName=name, type="UNMANAGED", state=state, **vcpus, **tags
        )

    def share(self, command: Command) -> None:
        name = self.own(command.name)
        members: dict[str, Any] = {
            "priority": command.number("priority") or 1,
            "state": "DISABLED" if command.option("disabled") else "ENABLED",
            "computeEnvironmentOrder": [
                {"order": place, "computeEnvironment": self.own(environment)}
                for place, environment in enumerate(command.names("on"), 1)
            ],
        }
        if command.option("limit"):
            members["jobStateTimeLimitActions"] = limits(command)
        if command.name in self.shared:
            self.batch.update_job_queue(jobQueue=name, **members)
            return
        self.shared.add(command.name)
        if command.option("weights"):
            fair = {"shareDistribution": weights(command)}
            members["schedulingPolicyArn"] = self.batch.create_scheduling_policy(name=name, fairsharePolicy=fair)["arn"]
        self.batch.create_job_queue(jobQueueName=name, **members)

    def consumable(self, command: Command) -> None:
        name, total = self.own(command.name), command.number("total") or 0
        if command.name in self.consumables:
            self.batch.update_consumable_resource(consumableResource=name, operation="SET", quantity=total)
            return
        self.consumables.add(command.name)
        kind = "NON_REPLENISHABLE" if command.option("spent") else "REPLENISHABLE"
        self.batch.create_consumable_resource(consumableResourceName=name, totalQuantity=total, resourceType=kind)

    def submit(self, command: Command) -> None:
        name = self.own(command.name)
        queue = self.own(command.option("queue")) if command.option("queue") else name
        if queue == name:
            # Of the kind that takes multi-node jobs (MNP-10), and never too small: that would be a misconfiguration.
            resources = {"type": "EC2", "maxvCpus": 1000, "subnets": ["subnet-0"]}
            self.batch.create_compute_environment(
                computeEnvironmentName=name, type="MANAGED", state="DISABLED", computeResources=resources
            )
            order = [{"order": 1, "computeEnvironment": name}]
            self.batch.create_job_queue(jobQueueName=name, priority=1, computeEnvironmentOrder=order)
        else:
            self.in_shared.append(command.name)
        program = ["no-such-program"] if command.option("broken") else ["sh", "-c", PAYLOAD]
        gate = [{"name": "GATE", "value": str(self.gates)}]
        container: dict[str, Any] = {"image": "busybox", "command": program, "environment": gate}
        container["resourceRequirements"] = [
            {"type": kind, "value": command.option(option)}
            for option, kind in (("vcpus", "VCPU"), ("memory", "MEMORY"))
            if command.option(option)
        ]
        self.needs[command.name] = count = command.number("nodes") or 1
        properties: dict[str, Any] = {"type": "container", "containerProperties": container}
        if command.option("nodes"):
            nodes = {"numNodes": count, "mainNode": command.number("main") or 0}
            ranges = [{"targetNodes": ":", "container": container}]
            properties = {"type": "multinode", "nodeProperties": {**nodes, "nodeRangeProperties": ranges}}
        self.batch.register_job_definition(jobDefinitionName=name, **properties)
        members: dict[str, Any] = {}
        if command.option("array"):
            members["arrayProperties"] = {"size": command.number("array")}
        if command.option("timeout"):
            members["timeout"] = {"attemptDurationSeconds": command.number("timeout")}
        members["retryStrategy"] = {"attempts": command.number("attempts") or 1, "evaluateOnExit": entries(command)}
        members["dependsOn"] = [
            *({"jobId": self.id_of(other)} for other in command.names("after")),
            *({"jobId": self.id_of(other), "type": "N_TO_N"} for other in command.names("n_to_n")),
            *([{"type": "SEQUENTIAL"}] if command.option("sequential") else []),
        ]
        if command.option("share"):
            members["shareIdentifier"] = command.option("share")
            members["schedulingPriorityOverride"] = command.number("priority") or 0
        if command.option("consumes"):
            members["consumableResourcePropertiesOverride"] = {
                "consumableResourceList": [
                    {"consumableResource": self.own(resource), "quantity": quantity}
                    for resource, quantity in needs(command)
                ]
            }
        reply = self.batch.submit_job(jobName=command.name, jobQueue=queue, jobDefinition=name, **members)
        self.ids[command.name] = reply["jobId"]

    def run(self, name: str) -> None:
        job = whole(name)
        used = sum(whole(other) == job for other in self.up)
        self.room(job, used + self.needs[job])
        job_id = self.id_of(name)
        until(lambda: self.describe(job_id)["status"] in ("RUNNING", "SUCCEEDED", "FAILED"))
        self.room(job, 0)
        if self.describe(job_id)["status"] != "FAILED":  # as one does whose program is not there
            names = [f"{job}#{index}" for index in range(self.needs[job])] if "#" in name else [name]
            until(lambda: all(self.gate(each, "up").exists() for each in names))
            self.up.update(names)

    def exit(self, name: str, code: str) -> None:
        """Let a process end, and see that its end is known: what comes next in the text comes after it."""
        job_id = self.id_of(name)
        if name in self.stopped:  # in the text the signal comes before the end
            until((self.gates / f"{job_id}.term").exists)
            self.stopped.discard(name)
        ended = len(self.describe(job_id)["attempts"])
        self.up.discard(name)
        draft = self.gate(name, "draft")
        draft.write_text(code)
        draft.rename(self.gate(name, "exit"))
        until(lambda: len(self.describe(job_id)["attempts"]) > ended)

    def see_up(self) -> None:
        """See that the processes of jobs in shared queues are up: before, a signal would find them without their trap."""
        for name in self.in_shared:
            if self.describe(self.id_of(name))["status"] in ("STARTING", "RUNNING"):
                until(self.gate(name, "up").exists)
                self.up.add(name)

    def lose(self, name: str) -> None:
        self.up.discard(name)
        assert self.ours("lose-host", {"host": self.id_of(name)})["instanceId"].startswith("i-")

    def ours(self, path: str, members: dict[str, Any]) -> dict[str, Any]:
        """An operation that AWS does not have."""
        body = json.dumps(members).encode()
        request = Request(f"{self.url}/batchproof/{path}", body, {"content-type": "application/json"})
        with urlopen(request) as answer:
            return json.load(answer)

    def release(self) -> None:
        """Let all go that still waits."""
        for name in self.in_shared:
            self.batch.cancel_job(jobId=self.id_of(name), reason="the scenario is over")
        for name in self.in_shared:
            if self.describe(self.id_of(name))["status"] in ("STARTING", "RUNNING"):
                self.exit(name, "0")
        for name in list(self.up):
            self.exit(name, "0")

    def room(self, name: str, vcpus: int) -> None:
        environment = f"{self.queue}-{name}"
        if vcpus:
            self.batch.update_compute_environment(
                computeEnvironment=environment, state="ENABLED", computeResources={"maxvCpus": vcpus}
            )
        else:  # one that is there and too small would be a misconfiguration
            self.batch.update_compute_environment(computeEnvironment=environment, state="DISABLED")

    def gate(self, name: str, kind: str) -> Path:
        job_id = self.id_of(name)
        shown = self.batch.describe_jobs(jobs=[job_id])["jobs"]  # a node may not be there yet
        attempt = len(shown[0]["attempts"]) + 1 if shown else 1
        return self.gates / f"{job_id}.{attempt}.{kind}"

    def id_of(self, name: str) -> str:
        return f"{self.ids[whole(name)]}{name.removeprefix(whole(name))}"

    def describe(self, job_id: str) -> dict[str, Any]:
        (job,) = self.batch.describe_jobs(jobs=[job_id])["jobs"]
        return job

    def seen(self, name: str) -> Seen | None:
        """What DescribeJobs shows of a job, None of a child that is not there yet; or what is shown of a shared thing."""
        if name in self.shared:
            arns = [
                entry["jobArn"]
                for entry in self.batch.get_job_queue_snapshot(jobQueue=self.own(name))["frontOfQueue"]["jobs"]
            ]
            names = {job_id: known for known, job_id in self.ids.items()}
            return front([names[arn.rpartition("/")[2]] for arn in arns])
        if name in self.consumables:
            shown = self.batch.describe_consumable_resource(consumableResource=self.own(name))
            return used(shown["inUseQuantity"], shown["totalQuantity"])
        jobs = self.batch.describe_jobs(jobs=[self.id_of(name)])["jobs"]
        if not jobs:
            return None
        (job,) = jobs
        counts = job.get("arrayProperties", {}).get("statusSummary", {})
        order = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")
        return Seen(
            status=job["status"],
            reason=job.get("statusReason"),
            attempts=len(job["attempts"]),
            cancelled=job["isCancelled"],
            terminated=job["isTerminated"],
            signalled=(self.gates / f"{job['jobId']}.term").exists(),
            summary=tuple((status, counts[status]) for status in order if counts.get(status)),
        )


def entries(command: Command) -> list[dict[str, str]]:
    members = {"on_exit": "onExitCode", "on_status": "onStatusReason", "on_reason": "onReason"}
    return [
        {members[option]: pattern, "action": action}
        for option, value in command.options
        if option in members
        for pattern, _, action in [value.rpartition(":")]
    ]
