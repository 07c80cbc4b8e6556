"""What holds for CancelJob and TerminateJob alike: one check over the request, a rule for each."""

from __future__ import annotations

import uuid

from botocore.exceptions import ClientError

from ...model.status import FAILED
from ..judging.outcome import Broken
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import held_runnable


@rule("CANCEL-01", "CancelJob answers 200 with an empty object.", of="cancel")
@rule("TERM-01", "TerminateJob answers 200 with an empty object.", of="terminate")
def it_answers_nothing(batch: Scenario, request: str) -> None:
    answer = batch.ask(request, batch.submit())
    status = answer.pop("ResponseMetadata", {}).get("HTTPStatusCode")
    batch.expect((status, answer) == (200, {}), "200 {}", f"{status} {answer}")


@rule(
    "CANCEL-03",
    "A cancelled RUNNABLE job ends FAILED and never starts, also when room comes.",
    (Power.GATE, Power.HOLDS_RUNNABLE),
    of="cancel",
)
@rule(
    "TERM-03",
    "A RUNNABLE job is dropped like one that is cancelled: FAILED, never started.",
    (Power.GATE, Power.HOLDS_RUNNABLE),
    of="terminate",
)
def a_runnable_job_never_starts(batch: Scenario, request: str) -> None:
    job, holder = held_runnable(batch, attempts=2)
    batch.ask(request, job)
    job.wait(lambda: job.ended, batch.target.deadline_s)
    batch.release(holder)
    batch.finish(holder)
    detail = batch.settle(job)
    batch.expect(detail["status"] == FAILED, "FAILED, never STARTING", detail["status"])
    batch.expect(not detail.get("attempts"), "no attempt", detail.get("attempts"))


@rule("CANCEL-09", "Cancelling a finished job succeeds and does not change its status.", of="cancel")
@rule("TERM-16", "Terminating a finished job succeeds and does not change its status.", of="terminate")
def a_finished_job_stays_as_it_is(batch: Scenario, request: str) -> None:
    job = batch.submit()
    before = batch.finish(job)["status"]
    try:
        batch.ask(request, job)
    except ClientError as refusal:
        raise Broken("200 on a finished job", str(refusal)) from refusal
    batch.canary()
    after = batch.read(job)["status"]
    batch.expect(after == before, f"{before} as before", after)


@rule("CANCEL-10", "CancelJob with an id that no job has succeeds.", of="cancel")
@rule("TERM-17", "TerminateJob with an id that no job has succeeds.", of="terminate")
def an_unknown_id_is_no_error(batch: Scenario, request: str) -> None:
    refusal = batch.refusal(f"{request}_job", jobId=str(uuid.uuid4()), reason=batch.reason)
    batch.expect(refusal is None, "200: an unknown id is no error", refusal)
