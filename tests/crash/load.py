"""What runs while processes are killed: short jobs, retries, dependencies, stops, jobs that will not go.

Each attempt appends `begin` and then `end CODE` to a file of its own, so that its file says whether it ran twice and
how it ended, whatever the server believes.
"""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

BEGIN = 'f="$RUNS/$AWS_BATCH_JOB_ID.$AWS_BATCH_JOB_ATTEMPT"; echo begin >> "$f"; '
ENDS = 'echo end $c >> "$f"; exit $c'


@dataclass(frozen=True)
class Kind:
    """One sort of job. `stopped`: it ends only when it is terminated."""

    script: str
    attempts: int = 1
    stopped: bool = False


KINDS = {
    "succeeds": Kind(BEGIN + "c=0; " + ENDS),
    "fails": Kind(BEGIN + "c=7; " + ENDS, attempts=2),
    "third time": Kind(BEGIN + "sleep 0.05; [ $AWS_BATCH_JOB_ATTEMPT = 3 ] && c=0 || c=9; " + ENDS, attempts=3),
    "sleeps": Kind(BEGIN + "sleep 0.$((RANDOM % 8)); c=3; " + ENDS, attempts=2),
    "leaves strays": Kind(BEGIN + "(setsid sh -c 'sleep 300 & sleep 300' > /dev/null &) ; c=0; " + ENDS),
    "waits for a stop": Kind(BEGIN + "exec sleep 600", stopped=True),
    "ignores a stop": Kind(BEGIN + "trap '' TERM; setsid sleep 600 & while :; do sleep 0.1; done", stopped=True),
}


@dataclass
class Load:
    """Submits, and goes on submitting while the server comes and goes. `accepted` are the jobs acknowledged, by id."""

    port: int
    runs: Path
    jobs: int
    chance: random.Random
    accepted: dict[str, str] = field(default_factory=dict)
    stops: set[str] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)

    def submit_all(self, pause_s: float) -> None:
        recent: list[str] = []
        waiting: list[tuple[float, str]] = []
        for number in range(self.jobs):
            name = self.chance.choice(list(KINDS))
            after = self.chance.sample(recent, 1) if recent and self.chance.random() < 0.2 else []
            job_id = self._submit(f"job-{number}", KINDS[name], after)
            self.accepted[job_id] = name
            if KINDS[name].stopped:
                waiting.append((time.monotonic() + self.chance.random() * 3, job_id))
            elif not after:  # a chain that fails at its head would say nothing
                recent = [*recent[-20:], job_id]
            waiting = [(at, job) for at, job in waiting if not (at < time.monotonic() and self._stop(job))]
            time.sleep(pause_s * self.chance.random() * 2)
        for _, job in waiting:
            while not self._stop(job):
                pass

    def describe(self, ids: list[str]) -> list[dict[str, Any]]:
        return [
            job
            for begin in range(0, len(ids), 100)
            for job in self.call("describejobs", {"jobs": ids[begin : begin + 100]})["jobs"]
        ]

    def call(self, path: str, body: dict[str, Any]) -> Any:
        """Ask until there is an answer: the server may be away."""
        while True:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("POST", f"/v1/{path}", json.dumps(body), {"Content-Type": "application/json"})
                reply = connection.getresponse()
                content = reply.read()
                if reply.status != 200:
                    self.wrong.append(f"{path} was answered with {reply.status}: {content.decode()}")
                return json.loads(content)
            except (OSError, HTTPException):
                time.sleep(0.02)
            finally:
                connection.close()

    def _submit(self, name: str, kind: Kind, after: list[str]) -> str:
        return self.call(
            "submitjob",
            {
                "jobName": name,
                "jobQueue": "quickstart",
                "jobDefinition": "quickstart",
                "dependsOn": [{"jobId": job} for job in after],
                "retryStrategy": {"attempts": kind.attempts},
                "containerOverrides": {
                    "command": ["bash", "-c", kind.script],
                    "environment": [{"name": "RUNS", "value": str(self.runs)}],
                },
            },
        )["jobId"]

    def _stop(self, job: str) -> bool:
        self.stops.add(job)
        self.call("terminatejob", {"jobId": job, "reason": "enough"})
        return True
