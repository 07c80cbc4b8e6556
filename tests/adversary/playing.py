"""A Batch service of a few lines to stand behind modes in tests, on a clock that a test moves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from batchproof.conformance.adversary.composition import Adversary, Passed
from batchproof.conformance.adversary.exchange import Answer, Cut, Request

LIFE = ("SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED")


class Service:
    """
    Jobs by id, each with its records by the time from which they hold; `asked` is what reached the service.

    It answers as Batch would: DescribeJobs in the order of the ids, ListJobs by status in pages of `maxResults`.
    """

    def __init__(self, lives: Mapping[str, list[tuple[float, str]]] | None = None) -> None:
        self.lives = dict(lives or {})
        self.asked: list[Request] = []
        self.fixed: dict[str, Answer] = {}

    def record(self, job_id: str, now_s: float) -> dict[str, Any] | None:
        life = self.lives.get(job_id, [])
        passed = bisect_right([since_s for since_s, _ in life], now_s)
        if not passed:
            return None
        step = sum(since_s <= now_s for since_s, _ in life)
        return {"jobId": job_id, "jobName": "job", "status": life[passed - 1][1], "step": step}

    def answer(self, request: Request, now_s: float) -> Answer:
        self.asked.append(request)
        if request.operation in self.fixed:
            return self.fixed[request.operation]
        if request.operation == "DescribeJobs":
            return said(jobs=[job for each in request.asked["jobs"] if (job := self.record(each, now_s))])
        if request.operation == "ListJobs":
            return self._list(request, now_s)
        return said()

    def _list(self, request: Request, now_s: float) -> Answer:
        wanted = None if request.asked.get("filters") else request.asked.get("jobStatus", "RUNNING")
        jobs = [job for each in self.lives if (job := self.record(each, now_s)) and wanted in (None, job["status"])]
        begin, size = int(request.asked.get("nextToken", 0)), request.asked.get("maxResults", 1000)
        more = {"nextToken": str(begin + size)} if len(jobs) > begin + size else {}
        return said(jobSummaryList=jobs[begin : begin + size], **more)


def said(**members: Any) -> Answer:
    return Answer(200, members)


def call(adversary: Adversary, service: Service, operation: str, now_s: float, /, **asked: Any) -> Answer | Cut:
    """One call from its start to its end."""
    return finish(adversary, service, begin(adversary, operation, now_s, **asked), now_s)


def begin(adversary: Adversary, operation: str, now_s: float, /, *, credential: str = "", **asked: Any) -> Any:
    return adversary.enter(Request(operation, asked, credential=credential), now_s)


def finish(adversary: Adversary, service: Service, step: Passed | Answer | Cut, now_s: float) -> Answer | Cut:
    if not isinstance(step, Passed):
        return step
    at_s = now_s + step.wait_s
    return adversary.leave(step, service.answer(step.request, at_s), at_s)


def jobs(answer: Answer | Cut) -> list[dict[str, Any]]:
    assert isinstance(answer, Answer)
    assert answer.status == 200, answer
    assert answer.said is not None
    found = answer.said.get("jobs", answer.said.get("jobSummaryList"))
    assert isinstance(found, list)
    return found
