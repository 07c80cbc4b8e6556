"""What holds for CancelJob and TerminateJob alike: one check over the request, a rule for each."""

from __future__ import annotations

from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import held_runnable


@rule("CANCEL-01", "CancelJob answers 200 with an empty object.", of="cancel")
@rule("TERM-01", "TerminateJob answers 200 with an empty object.", of="terminate")
def it_answers_nothing(batch: Scenario, request: str) -> None:
    batch.ask(request, batch.submit())


@rule(
    "CANCEL-03",
    "A cancelled RUNNABLE job ends FAILED and never starts, also when room comes.",
    (Power.GATE, Power.HOLDS_RUNNABLE),
    of="cancel",
)
def a_runnable_job_never_starts(batch: Scenario, request: str) -> None:
    job, holder = held_runnable(batch, attempts=2)
    batch.ask(request, job)
    batch.settle(job)  # while nothing can start it, it has all the time there is to be dropped
    batch.release(holder)
    batch.finish(holder)
    batch.settle(job)


@rule("CANCEL-09", "Cancelling a finished job succeeds and does not change its status.", of="cancel")
@rule("TERM-16", "Terminating a finished job succeeds and does not change its status.", of="terminate")
def a_finished_job_stays_as_it_is(batch: Scenario, request: str) -> None:
    job = batch.submit()
    batch.finish(job)
    batch.ask(request, job)
    batch.canary()
    batch.read(job)


@rule("CANCEL-10", "CancelJob with an id that no job has succeeds.", of="cancel")
@rule("TERM-17", "TerminateJob with an id that no job has succeeds.", of="terminate")
def an_unknown_id_is_no_error(batch: Scenario, request: str) -> None:
    job = batch.submit(ends=(1,))
    batch.finish(job)
    # Where this is judged, a 404 for the next one is no missing operation.
    batch.refusal(f"{request}_job", jobId=job.id, reason=batch.reason)
    batch.refusal(f"{request}_job", jobId=batch.nobodys_id(), reason=batch.reason)
