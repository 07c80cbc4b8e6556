"""CancelJobs and TerminateJobs."""

from __future__ import annotations

import uuid

from ...model.status import FAILED, PENDING, RUNNING, SUCCEEDED
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule

CODES = frozenset({"ValidationException", "ClientException", "ThrottlingException", "ServerException", "AccessDenied"})


@rule("BULK-04", "Every id is in exactly one of `successful` and `errors`, for both operations.")
def every_id_is_answered_once(batch: Scenario) -> None:
    for request in ("cancel", "terminate"):
        jobs = [batch.submit(), batch.submit()]
        for job in jobs:
            batch.finish(job)
        unknown = str(uuid.uuid4())
        answer = batch.bulk(request, jobs, ids=[unknown])
        asked = sorted([*(job.id for job in jobs), unknown])
        told = sorted([*answer.get("successful", []), *(item.get("job", "") for item in answer.get("errors", []))])
        batch.expect(told == asked, f"each of {asked} once", told)


@rule("BULK-03", "`successful` and `errors` are both in the answer.")
def both_lists_are_there(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    answer = batch.bulk("cancel", [job])
    there = [name for name in ("successful", "errors") if isinstance(answer.get(name), list)]
    batch.expect(len(there) == 2, "successful and errors", there)


@rule("BULK-05", "An id that cannot be found is in `successful`.")
def an_unknown_id_is_successful(batch: Scenario) -> None:
    unknown = str(uuid.uuid4())
    for request in ("cancel", "terminate"):
        answer = batch.bulk(request, [], ids=[unknown])
        batch.expect(answer.get("successful") == [unknown], f"successful [{unknown}]", answer.get("errors"))


@rule("BULK-07", "What is in `errors` carries job, message and a documented code.")
def error_items_are_complete(batch: Scenario) -> None:
    answer = batch.bulk("cancel", [], ids=["not/a job id", ""])
    for item in answer.get("errors", []):
        complete = all(item.get(name) is not None for name in ("job", "code", "message"))
        batch.expect(complete, "job, code and message", item)
        batch.expect(item["code"] in CODES, f"one of {', '.join(sorted(CODES))}", item["code"])


@rule("BULK-11", "The effect on each job is that of the single operation.", (Power.HOLDS_RUNNING,))
def the_effect_is_that_of_the_single_operation(batch: Scenario) -> None:
    first = batch.submit(hold=True)
    waiting = batch.submit(depends_on=(first,))
    batch.wait(first, RUNNING)
    batch.wait(waiting, PENDING)
    batch.bulk("cancel", [first, waiting])
    batch.release(first, 0)
    one, two = batch.finish(first), batch.settle(waiting)
    batch.expect(one["status"] == SUCCEEDED, "SUCCEEDED: CancelJobs leaves a RUNNING job alone", one["status"])
    batch.expect(two["status"] == FAILED, "FAILED: CancelJobs drops a PENDING job", two["status"])
    running = batch.submit(hold=True, attempts=2)
    batch.wait(running, RUNNING)
    batch.bulk("terminate", [running])
    detail = batch.settle(running)
    batch.expect(detail["status"] == FAILED, "FAILED: TerminateJobs stops a RUNNING job", detail["status"])
