"""The reasons that a service words itself, in other words."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from ...model.arrays import CHILD_FAILED
from ...model.dependencies import DEPENDENCY_FAILED
from ...model.limits import CONTAINER_REASON_CHARACTERS
from .exchange import Answer, Forward, Members, Request
from .mode import Mode
from .shapes import JOBS
from .sightings import ended, records_of

PROMISED: Mapping[str, str] = {
    "TO-12": "Job attempt duration exceeded timeout",
    "DEP-05": DEPENDENCY_FAILED,
    "ARR-07": CHILD_FAILED,
    "Q-13": "Canceled by JobStateTimeLimit action due to reason:",
    "SVC-18": "Terminated by JobStateTimeLimit action due to reason:",
    "ENV-09": "Container Overrides length must be at most 8192",
}
"""Texts that a rule promises, each with the rule; they are never changed."""

OTHER_WORDS = (
    "A container that the task needs has come to its end",
    "The attempt is over",
    "Ended; see the container for more",
)
TOLD_BY_ITS_BEGINNING = re.compile(r"Host EC2|Task failed to start|Received status|[A-Z_]{4,}\b|\w+Error\b")
"""What AWS's pages tell clients to match, or print as a sample: such a text keeps its beginning (ENV-13)."""


@dataclass(eq=False)
class OtherReasons(Mode):
    """Reasons that the service words itself are worded otherwise; the callers' own stay."""

    name = "other-reasons"
    takes_away = "the reasons of a service are known texts; a job that has not ended keeps its reason"
    rules = ("ENV-13", "ST-29")
    why = "No page promises these texts; before a job has ended, its reason may change or disappear."
    touches = "DescribeJobs, ListJobs"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._callers: set[str] = set()
        self._submitted: set[str] = set()

    def before(self, request: Request, now_s: float, chance: Random) -> Forward:
        reason = request.asked.get("reason")
        if isinstance(reason, str):
            self._callers.add(reason)
        return Forward(request)

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        if request.operation == "SubmitJob" and answer.ok and answer.said:
            self._submitted.add(str(answer.said.get("jobId")))
        jobs = records_of(request, answer)
        if jobs is None:
            return answer
        changed = [self._record(job, chance) for job in jobs]
        return answer if changed == jobs else answer.saying(**{JOBS[request.operation]: changed})

    def _record(self, job: Members, chance: Random) -> Members:
        if job["jobId"].partition(":")[0].partition("#")[0] not in self._submitted:
            return job  # whose reason it is cannot be known: a call on it may have passed before this run
        changed = dict(job)
        if not self._may_be_a_callers(job):
            if not ended(job) and chance.random() < 0.5:
                changed.pop("statusReason", None)
            self._reword(changed, "statusReason")
        if isinstance(job.get("container"), Mapping):
            changed["container"] = self._reworded(job["container"], "reason")
        if isinstance(job.get("attempts"), list):
            changed["attempts"] = [
                self._attempt(each) if isinstance(each, Mapping) else each for each in job["attempts"]
            ]
        return changed

    def _may_be_a_callers(self, job: Members) -> bool:
        return job.get("statusReason") in self._callers or bool(job.get("isCancelled") or job.get("isTerminated"))

    def _attempt(self, attempt: Members) -> Members:
        changed = self._reworded(attempt, "statusReason")
        if isinstance(attempt.get("container"), Mapping):
            changed["container"] = self._reworded(attempt["container"], "reason")
        return changed

    def _reworded(self, members: Members, name: str) -> dict[str, Any]:
        changed = dict(members)
        self._reword(changed, name)
        return changed

    def _reword(self, members: dict[str, Any], name: str) -> None:
        text = members.get(name)
        if isinstance(text, str) and text and text not in self._callers:
            members[name] = reworded(text)


def reworded(text: str) -> str:
    """
    Another wording of a service's reason, always the same for the same text.

    What a rule promises stays as it is, and so does the beginning of a text that clients tell by its beginning.
    """
    if any(promised in text for promised in PROMISED.values()):
        return text
    if TOLD_BY_ITS_BEGINNING.match(text) is None:
        return OTHER_WORDS[zlib.crc32(text.encode()) % len(OTHER_WORDS)]
    longer = f"{text} [in other words]"
    assert CONTAINER_REASON_CHARACTERS.high is not None
    return longer if len(longer) <= CONTAINER_REASON_CHARACTERS.high else text
