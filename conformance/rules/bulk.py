"""CancelJobs and TerminateJobs."""

from __future__ import annotations

from ...model.status import PENDING, RUNNING
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule


@rule("BULK-04", "Every id is in exactly one of `successful` and `errors`, for both operations.")
def every_id_is_answered_once(batch: Scenario) -> None:
    for request in ("cancel", "terminate"):
        jobs = [batch.submit(), batch.submit()]
        for job in jobs:
            batch.finish(job)
        batch.bulk(request, jobs, ids=[batch.nobodys_id()])


@rule("BULK-03", "`successful` and `errors` are both in the answer.")
def both_lists_are_there(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    batch.bulk("cancel", [job])


@rule("BULK-05", "An id that cannot be found is in `successful`.")
def an_unknown_id_is_successful(batch: Scenario) -> None:
    for request in ("cancel", "terminate"):
        batch.bulk(request, [], ids=[batch.nobodys_id()])


@rule("BULK-07", "What is in `errors` carries job, message and a documented code.")
def error_items_are_complete(batch: Scenario) -> None:
    batch.bulk("cancel", [], ids=["not/a job id", ""])


@rule("BULK-11", "The effect on each job is that of the single operation.", (Power.HOLDS_RUNNING,))
def the_effect_is_that_of_the_single_operation(batch: Scenario) -> None:
    first = batch.submit(hold=True, role="running")
    waiting = batch.submit(depends_on=(first,), role="waiting")
    batch.wait(first, RUNNING)
    batch.wait(waiting, PENDING)
    batch.bulk("cancel", [first, waiting])
    batch.release(first, 0)
    batch.finish(first)
    batch.settle(waiting)
    running = batch.submit(hold=True, attempts=2, role="stopped")
    batch.wait(running, RUNNING)
    batch.bulk("terminate", [running])
    batch.settle(running)
