"""CancelJob: drops what has not reached STARTING, lets the rest finish, overrides the retry strategy."""

from __future__ import annotations

from ...model.limits import REASON_CHARACTERS
from ...model.status import PENDING, RUNNABLE, RUNNING
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import REASONS, accepted_with_a_reason, ended_by_it, held_pending, held_runnable, next_attempt


@rule(
    "CANCEL-04",
    "A cancelled PENDING job ends FAILED; whether it waits for its dependencies is a reading.",
    (Power.HOLDS_PENDING,),
)
def a_cancelled_pending_job_fails(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.cancel(job)
    batch.settle(job)
    if first is not None:
        batch.release(first, 0)
        batch.finish(first)
        batch.settle(job)
    elif job.status is PENDING:
        raise Unclear("it stays PENDING, and what it waits for never ends here")


@rule(
    "CANCEL-05",
    "A cancelled PENDING job never starts, even when its dependencies all succeed.",
    (Power.GATE, Power.HOLDS_PENDING),
)
def a_cancelled_pending_job_never_starts(batch: Scenario) -> None:
    job, first = held_pending(batch, hold=True)
    assert first is not None
    batch.cancel(job)
    batch.release(first, 0)
    batch.finish(first)
    batch.settle(job)


@rule(
    "CANCEL-07",
    "CancelJob on a RUNNING job succeeds, sends no signal, and the job runs on to its end.",
    (Power.HOLDS_RUNNING,),
)
def cancel_leaves_a_running_job_alone(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.cancel(job)
    batch.settle(job)
    batch.release(job, 0)
    batch.finish(job)


@rule("CANCEL-08", "CancelJob succeeds also when there is nothing left to cancel: repeated, and on a finished job.")
def cancel_succeeds_with_nothing_to_cancel(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    for _ in range(2):
        batch.refusal("cancel_job", jobId=job.id, reason=batch.reason)


@rule("CANCEL-12", "An empty `jobId` or `reason` is refused.")
def cancel_needs_an_id_and_a_reason(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    accepted_with_a_reason(batch, job)
    batch.refusal("cancel_job", jobId="", reason="x")
    batch.refusal("cancel_job", jobId=job.id, reason="")


@rule("CANCEL-13", "A `reason` of 1024 characters is accepted.")
def a_long_reason_is_accepted(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    most = REASON_CHARACTERS.high
    assert most is not None
    accepted_with_a_reason(batch, job)
    batch.refusal("cancel_job", jobId=job.id, reason="x" * most)


@rule("CANCEL-14", "The reason of an effective cancel is shown, verbatim, as `statusReason`.", (Power.HOLDS_PENDING,))
def the_reason_is_shown(batch: Scenario) -> None:
    job, first = held_pending(batch)
    others = [batch.submit(depends_on=(first,)) if first else batch.submit(pending=True) for _ in REASONS]
    for other in others:
        batch.wait(other, PENDING)
    batch.cancel(job, "kit: changed my mind, 10% ümlaut")
    batch.cancel(job, "kit: and again")  # which of two is shown is open (CANCEL-23)
    for other, reason in zip(others, REASONS, strict=True):
        batch.cancel(other, reason)
    ended_by_it(batch, job, first)
    for other in others:
        batch.settle(other)


@rule(
    "CANCEL-18",
    "A job that was cancelled between two attempts has no further one, whatever its retry strategy says.",
    (Power.GATE, Power.HOLDS_RUNNABLE),
)
def a_cancelled_job_is_not_retried(batch: Scenario) -> None:
    queue, environment = batch.stage.world.narrow_queue()
    entry = {"action": "RETRY", "onExitCode": "*"}
    job = batch.submit(queue=queue, attempts=4, ends=(1,), entries=(entry,), hold=True)
    batch.release(job)
    next_attempt(batch, job, 2)  # and shown RUNNING, so that the RUNNABLE that follows is not the one before it
    batch.stage.world.hold_placements(environment)
    batch.release(job)
    batch.wait(job, RUNNABLE)
    batch.cancel(job)
    batch.settle(job)
    if 3 in job.began():
        raise Unclear("a disabled compute environment did not keep the job from its third attempt")
    batch.stage.world.let_place(environment)
    batch.canary()
    batch.read(job)


@rule("CANCEL-15", "An accepted cancel of a job that has not started shows in `isCancelled`.", (Power.HOLDS_PENDING,))
def an_accepted_cancel_is_shown(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.cancel(job)
    job.wait(lambda: bool((job.detail or {}).get("isCancelled")), batch.stage.bounds.watch / 1000)
    ended_by_it(batch, job, first)
    if not (job.detail or {}).get("isCancelled"):
        batch.eventually(lambda: batch.summary(job) or {}, lambda summary: bool(summary.get("isCancelled")))


@rule(
    "CANCEL-19",
    "Whether a cancelled RUNNING job with attempts left is tried again is one reading for all jobs.",
    (Power.HOLDS_RUNNING,),
)
def cancel_and_the_retry_strategy(batch: Scenario) -> None:
    jobs = [batch.submit(attempts=2, ends=(1, 0), hold=True) for _ in range(2)]
    for job in jobs:
        batch.wait(job, RUNNING)
        batch.cancel(job)
    for job in jobs:
        batch.settle(job)
        batch.release(job, 1)
        job.wait(lambda job=job: job.ended or job.failing or 2 in job.began(), batch.target.patience_s)
        if 2 in job.began():
            batch.release(job, 0)
        batch.finish(job)


@rule(
    "CANCEL-21",
    "A job that waits for its second attempt is cancelled like any RUNNABLE job.",
    (Power.GATE, Power.HOLDS_RUNNABLE),
)
def a_retry_that_waits_is_cancelled(batch: Scenario) -> None:
    queue, environment = batch.stage.world.narrow_queue()
    job = batch.submit(queue=queue, attempts=3, ends=(1,), hold=True)
    batch.wait(job, RUNNING)
    batch.stage.world.hold_placements(environment)
    batch.release(job)
    batch.wait(job, RUNNABLE)
    batch.cancel(job)
    batch.settle(job)
    if 2 in job.began():
        raise Unclear("a disabled compute environment did not keep the job from its second attempt")


@rule("CANCEL-31", "When a cancel ends a job, the jobs that depend on it fail.", (Power.GATE, Power.HOLDS_RUNNABLE))
def dependents_of_a_cancelled_job_fail(batch: Scenario) -> None:
    job, holder = held_runnable(batch)
    last = batch.submit(depends_on=(job,), role="dependent")
    batch.wait(last, PENDING)
    batch.cancel(job)
    batch.settle(job)
    if not job.ended:
        batch.release(holder)
        batch.finish(holder)
        batch.finish(job)
    batch.settle(last)


@rule(
    "CANCEL-35", "A job cancelled before its first attempt shows no attempt and no exit code.", (Power.HOLDS_PENDING,)
)
def what_never_ran_shows_no_attempt(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.cancel(job)
    ended_by_it(batch, job, first)
