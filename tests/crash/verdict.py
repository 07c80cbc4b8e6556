"""What must hold when all is over, read from what was acknowledged, from what DescribeJobs shows, from the attempts' own
files and from /proc. What the store's history says is in `history.py`, what anybody saw meanwhile in `witness.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchproof.model.arrays import child_id, parent_and_index
from batchproof.model.dependencies import DEPENDENCY_FAILED, of_child
from batchproof.model.multinode import node_id
from batchproof.reference_impl.running.launcher import marks
from tests.crash import history
from tests.crash.load import Accepted, Load
from tests.crash.orders import KINDS
from tests.crash.witness import adding_up

BY_SIGNAL = (137, 143)
MAIN_NODE = 1


@dataclass
class Ran:
    """The file of one attempt. Times are seconds since 1970."""

    begun_s: list[float] = field(default_factory=list)
    ended: list[tuple[int, float]] = field(default_factory=list)


@dataclass
class Verdict:
    """Put together when all is over; `count` says what was looked at."""

    data: Path
    runs: Path
    load: Load
    shown: dict[str, dict[str, Any]]
    count: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._ran = {file.name: _read(file) for file in self.runs.iterdir()}

    def faults(self) -> Iterator[str]:
        """What is wrong, in lines for a person."""
        self.count["accepted"] = len(self.load.accepted)
        yield from (f"{job} was acknowledged and is lost" for job in self.load.accepted if job not in self.shown)
        for job_id, job in self.shown.items():
            accepted = self._accepted(job_id)
            if job["status"] not in ("SUCCEEDED", "FAILED"):
                yield f"{job_id} ({accepted.order.kind}) never ended: {job['status']}"
                continue
            found = [*adding_up(job, self.shown), *self._stops(job_id, job)]
            if job_id in self.load.accepted and accepted.order.form != "job":
                found += self._nodes(job_id, accepted) if accepted.order.form == "nodes" else []
                found += self._start(job_id, job, accepted)
            else:
                found += self._attempts(job_id, job)
                if not self._is_worker(job_id):
                    found += [*self._end(job, KINDS[accepted.order.kind].attempts), *self._start(job_id, job, accepted)]
            yield from (f"{job_id} ({accepted.order.kind}) {words}" for words in found)
        yield from self._unknown()
        yield from self._left()
        yield from history.faults(self.data / "state.sqlite", MAIN_NODE, self.count)

    # One job.

    def _attempts(self, job_id: str, job: dict[str, Any]) -> Iterator[str]:
        """Each attempt ran at most once, and shows the exit code that its process had."""
        numbers = self._attempt_numbers(job_id)
        if len(job["attempts"]) > len(numbers):
            yield f"has {len(job['attempts'])} attempts, and its main node began {len(numbers)}"
        for number, attempt in zip(numbers, job["attempts"], strict=False):
            ran = self._ran.get(f"{job_id}.{number}", Ran())
            code = attempt["container"].get("exitCode")
            self.count["attempts"] += 1
            if len(ran.begun_s) > 1:
                yield f"attempt {number} ran {len(ran.begun_s)} times"
            elif code is None:
                self.count["lost hosts"] += 1
                self.count["lost hosts that had ended"] += bool(ran.ended)
                stopped = job["isTerminated"] and attempt["statusReason"] == "enough"
                if not stopped and not self._is_worker(job_id) and not attempt["statusReason"].startswith("Host EC2"):
                    yield f"attempt {number} has no exit code and the reason {attempt['statusReason']!r}"
            elif code in BY_SIGNAL and not self._may_be_killed(job_id):
                yield f"attempt {number} shows {code}, and nobody stopped it"
            elif code not in BY_SIGNAL and (not ran.ended or code != ran.ended[0][0]):
                yield f"attempt {number} shows {code} and had ended with {ran.ended or 'nothing'}"

    def _end(self, job: dict[str, Any], allowed: int) -> Iterator[str]:
        """The status is what the attempts, the strategy and the stops make of it."""
        codes = [attempt["container"].get("exitCode") for attempt in job["attempts"]]
        stopped = job["isCancelled"] or job["isTerminated"]
        if len(codes) > allowed or 0 in codes[:-1]:
            yield f"has attempts that ended with {codes} of {allowed}"
        if job["status"] == "SUCCEEDED":
            if codes[-1:] != [0] or job["isTerminated"]:
                yield f"is SUCCEEDED after {codes}, isTerminated is {job['isTerminated']}"
        elif codes and not stopped and (len(codes) < allowed or codes[-1] == 0):
            yield f"is FAILED after {codes} of {allowed}, and nobody stopped it"
        elif codes and codes[-1] == 0 and not job["isTerminated"]:
            yield f"is FAILED after {codes}, and nobody terminated it"

    def _stops(self, job_id: str, job: dict[str, Any]) -> Iterator[str]:
        """An acknowledged stop of it, of its array or of its job with several nodes is not lost, and the last thing tried."""
        if self._is_worker(job_id):
            return
        for (operation, target), at_ms in self.load.stops.items():
            if target not in (job_id, self._whole(job_id)):
                continue
            flag = "isCancelled" if operation == "canceljob" else "isTerminated"
            if not job[flag] and job["stoppedAt"] > at_ms:
                yield f"does not show {flag}, ended at {job['stoppedAt']}, and was stopped at {at_ms}"
            for attempt in job["attempts"][:-1]:
                if attempt["stoppedAt"] > at_ms:
                    yield f"was stopped at {at_ms}, and after the attempt that ended at {attempt['stoppedAt']} is another"

    def _start(self, job_id: str, job: dict[str, Any], accepted: Accepted) -> Iterator[str]:
        """It began after all that it waits for had succeeded, and never did where something of that failed."""
        whole = self._whole(job_id)
        waits = list(accepted.waits.whole)
        if accepted.order.form == "array" and whole != job_id:
            found = parent_and_index(job_id)
            assert found is not None
            waits += of_child(accepted.waits, *found)
        failed = [other for other in waits if other not in self.shown or self.shown[other]["status"] != "SUCCEEDED"]
        begun_s = [at_s for name in self._processes(job_id) for at_s in self._begun(name)]
        self.count["dependencies"] += len(waits)
        if failed and begun_s:
            yield f"ran, and {failed} had not succeeded"
        is_stopped = job["isCancelled"] or job["isTerminated"]
        if failed and not is_stopped and job.get("statusReason") != DEPENDENCY_FAILED:
            yield f"says {job.get('statusReason')!r}, and {failed} had not succeeded"
        if not failed and not is_stopped:
            if accepted.order.form == "array" and whole == job_id:
                if child_id(job_id, 0) not in self.shown:
                    yield "has no children, and nothing had kept them from coming"
            elif not begun_s and not self._lost(job):
                yield "never ran, and nothing had kept it from that"
        for other in waits:
            ends_s = [at_s for name in self._processes(other) for at_s in self._ended(name)]
            if begun_s and ends_s and min(begun_s) < max(ends_s):
                yield f"began at {min(begun_s)}, before {other} ended at {max(ends_s)}"

    # Jobs of several nodes.

    def _nodes(self, job_id: str, accepted: Accepted) -> Iterator[str]:
        """Workers live within the attempts of the main node, once in each."""
        main = self.shown[node_id(job_id, MAIN_NODE)]
        for member in ("status", "attempts", "isCancelled", "isTerminated"):
            if self.shown[job_id][member] != main[member]:
                yield f"shows {member} {self.shown[job_id][member]}, and its main node {main[member]}"
        lives = [attempt for attempt in main["attempts"] if "startedAt" in attempt]
        for name in accepted.members(job_id):
            if name == main["jobId"]:
                continue
            worker = self.shown.get(name, {"attempts": []})
            self.count["lives of workers"] += len(worker["attempts"])
            if len(worker["attempts"]) != len(lives):
                yield f"began {len(lives)} times, its node {name} {len(worker['attempts'])} times"
            for life, attempt in zip(lives, worker["attempts"], strict=False):
                if attempt.get("startedAt", life["startedAt"]) < life["startedAt"]:
                    yield f"has a node {name} that began before the main one"
            for life, attempt in zip(lives[1:], worker["attempts"], strict=False):
                if life["startedAt"] < attempt["stoppedAt"]:
                    yield f"has a node {name} that was there when the next attempt began"

    # Nothing else is there.

    def _unknown(self) -> Iterator[str]:
        """What the server had kept and could not acknowledge ran as well, once; nothing else did."""
        kept = history.jobs(self.data / "state.sqlite")
        recorded = {
            f"{job_id}.{number}"
            for job_id, job in self.shown.items()
            for number, _ in zip(self._attempt_numbers(job_id), job["attempts"], strict=False)
        }
        for name in self._ran.keys() - recorded:
            job_id = name.rpartition(".")[0]
            if job_id not in kept or self._whole(job_id) in self.load.accepted:
                yield f"{name} ran, and is in no record"
            elif len(self._ran[name].begun_s) > 1:
                yield f"{name} ran twice, and was never acknowledged"
        self.count["kept and not acknowledged"] = len({self._whole(job) for job in kept} - self.load.accepted.keys())

    def _left(self) -> Iterator[str]:
        wanted = {marks.mark_of(str(self.data), job, number): job for job in self.shown for number in range(1, 12)}
        for mark, pids in marks.living(wanted).items():
            yield f"of {wanted[mark]} processes {pids} are left"

    # Who is who.

    def _whole(self, job_id: str) -> str:
        return job_id.replace("#", ":").partition(":")[0]

    def _accepted(self, job_id: str) -> Accepted:
        return self.load.accepted[self._whole(job_id)]

    def _is_worker(self, job_id: str) -> bool:
        return "#" in job_id and job_id != node_id(self._whole(job_id), MAIN_NODE)

    def _may_be_killed(self, job_id: str) -> bool:
        stopped = {target for _, target in self.load.stops}
        return self._is_worker(job_id) or job_id in stopped or self._whole(job_id) in stopped

    def _attempt_numbers(self, job_id: str) -> list[int]:
        """AWS_BATCH_JOB_ATTEMPT of each of its attempts; a worker has those that its main node began."""
        if not self._is_worker(job_id):
            return list(range(1, len(self.shown[job_id]["attempts"]) + 1))
        main = self.shown[node_id(self._whole(job_id), MAIN_NODE)]
        return [number for number, life in enumerate(main["attempts"], start=1) if "startedAt" in life]

    def _processes(self, job_id: str) -> list[str]:
        """The jobs whose processes say when this one ran."""
        accepted = self._accepted(job_id)
        if job_id not in self.load.accepted or accepted.order.form == "job":
            return [job_id]
        if accepted.order.form == "nodes":
            return [node_id(job_id, MAIN_NODE)]
        return [child_id(job_id, index) for index in range(accepted.size)]

    def _files(self, job_id: str) -> Iterator[Ran]:
        for number in range(1, 12):
            if (ran := self._ran.get(f"{job_id}.{number}")) is not None:
                yield ran

    def _begun(self, job_id: str) -> list[float]:
        return [at_s for ran in self._files(job_id) for at_s in ran.begun_s]

    def _ended(self, job_id: str) -> list[float]:
        return [at_s for ran in self._files(job_id) for _, at_s in ran.ended]

    def _lost(self, job: dict[str, Any]) -> bool:
        return any("exitCode" not in attempt["container"] for attempt in job["attempts"])


def _read(file: Path) -> Ran:
    ran = Ran()
    for line in file.read_text().splitlines():
        match line.split():
            case ["begin", at_s]:
                ran.begun_s.append(float(at_s))
            case ["end", code, at_s]:
                ran.ended.append((int(code), float(at_s)))
    return ran
