"""Somebody who looks on all the time: what was shown once must never be taken back, and must add up at any moment."""

from __future__ import annotations

import random
import threading
from typing import Any

from batchproof.model import arrays
from batchproof.model.status import Status
from tests.crash.load import Load

AT_ONCE = 60
"""So many jobs are asked for in one request; with an array its children are."""


class Witness:
    """Looks while the server comes and goes, until it is told to stop. `wrong` is what was seen and must not be."""

    def __init__(self, load: Load, chance: random.Random) -> None:
        self._load = load
        self._chance = chance
        self._seen: dict[str, dict[str, Any]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self.looks = 0
        self.wrong: list[str] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._stopped.wait(0.05):
            known = list(self._load.accepted)
            late = [*known[-100:], *self._chance.sample(known, min(10, len(known)))]
            ids: list[str] = []
            for job_id in self._chance.sample(late, min(30, len(late))):
                if len(ids) < AT_ONCE and job_id not in ids:
                    ids += [job_id, *self._load.accepted[job_id].members(job_id)]
            shown = {job["jobId"]: job for job in self._load.describe(ids)} if ids else {}
            self.looks += len(shown)
            for job in shown.values():
                self.wrong += self.look(job)
                self.wrong += adding_up(job, shown)

    def look(self, job: dict[str, Any]) -> list[str]:
        """Compare with what was shown of this job before. A worker node may begin anew with its main node."""
        before, self._seen[job["jobId"]] = self._seen.get(job["jobId"]), job
        if before is None:
            return []
        found = []
        if job["attempts"][: len(before["attempts"])] != before["attempts"]:
            found.append(f"{job['jobId']} showed {before['attempts']} and then {job['attempts']}")
        if Status(before["status"]).terminal and "#" not in job["jobId"] and job["status"] != before["status"]:
            found.append(f"{job['jobId']} was shown {before['status']} and then {job['status']}")
        for flag in ("isCancelled", "isTerminated"):
            if before[flag] and not job[flag] and "#" not in job["jobId"]:
                found.append(f"{job['jobId']} showed {flag} and then did not")
        return found


def adding_up(job: dict[str, Any], shown: dict[str, dict[str, Any]]) -> list[str]:
    """What is wrong with the parent of an array, in one answer that shows it beside its children."""
    array = job.get("arrayProperties", {})
    if "size" not in array:
        return []
    job_id, size = job["jobId"], array["size"]
    summary = {Status(name): count for name, count in array["statusSummary"].items()}
    children = [shown[name] for index in range(size) if (name := arrays.child_id(job_id, index)) in shown]
    found = []
    if len(children) not in (0, size):
        found.append(f"{job_id} has {len(children)} of {size} children")
    counted = {status: sum(child["status"] == status for child in children) for status in Status}
    if counted != summary:
        found.append(f"{job_id} has children {_words(counted)} and a statusSummary of {_words(summary)}")
    if children and job["status"] != arrays.status(counted, size):
        found.append(f"{job_id} is {job['status']} while its children are {_words(counted)}")
    if job["status"] not in arrays.PARENT_STATUSES or (not children and job["status"] == Status.SUCCEEDED):
        found.append(f"{job_id} is {job['status']} with {len(children)} children")
    return found


def _words(counts: dict[Status, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in counts.items() if count) or "none"
