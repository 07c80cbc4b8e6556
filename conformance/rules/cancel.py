"""CancelJob: drops what has not reached STARTING, lets the rest finish, overrides the retry strategy."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ...model.limits import REASON_CHARACTERS
from ...model.status import FAILED, PENDING, RUNNABLE, RUNNING, SUCCEEDED
from ..judging.outcome import Broken, Unclear
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import accepted_with_a_reason, ended_by_it, held_pending, held_runnable, tries


@rule(
    "CANCEL-04",
    "A cancelled PENDING job ends FAILED; whether it waits for its dependencies is a reading.",
    (Power.HOLDS_PENDING,),
)
def a_cancelled_pending_job_fails(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.cancel(job)
    detail = batch.settle(job)
    if first is not None:
        batch.release(first, 0)
        batch.finish(first)
        detail = batch.settle(job)
    elif detail["status"] == PENDING:
        raise Unclear("it stays PENDING, and what it waits for never ends here")
    batch.expect(detail["status"] == FAILED, "FAILED once its dependencies have ended", detail["status"])


@rule(
    "CANCEL-05",
    "A cancelled PENDING job never starts, even if its dependencies all succeed.",
    (Power.HOLDS_RUNNING, Power.HOLDS_PENDING),
)
def a_cancelled_pending_job_never_starts(batch: Scenario) -> None:
    job, first = held_pending(batch, hold=True)
    assert first is not None
    batch.cancel(job)
    batch.release(first, 0)
    batch.finish(first)
    detail = batch.settle(job)
    batch.expect(detail["status"] == FAILED, "FAILED, never STARTING", detail["status"])
    batch.expect(not job.began(), "no attempt", f"attempt {job.began()} ran")


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
    batch.expect(not job.signalled(), "no signal", "SIGTERM")
    batch.release(job, 0)
    detail = batch.finish(job)
    batch.expect(detail["status"] == SUCCEEDED, "SUCCEEDED by its own exit code 0", detail["status"])


@rule("CANCEL-12", "An empty `jobId` or `reason` is refused.")
def cancel_needs_an_id_and_a_reason(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    accepted_with_a_reason(batch, job)
    for member, request in (("jobId", {"jobId": "", "reason": "x"}), ("reason", {"jobId": job.id, "reason": ""})):
        refusal = batch.refusal("cancel_job", **request)
        batch.expect(refusal is not None, f"an empty {member} is refused", "CancelJob accepted it")


@rule("CANCEL-13", "A `reason` of 1024 characters is accepted.")
def a_long_reason_is_accepted(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    most = REASON_CHARACTERS.high
    assert most is not None
    accepted_with_a_reason(batch, job)
    refusal = batch.refusal("cancel_job", jobId=job.id, reason="x" * most)
    batch.expect(refusal is None, f"a reason of {most} characters is accepted", refusal)


@rule("CANCEL-14", "The reason of an effective cancel is shown, verbatim, as `statusReason`.", (Power.HOLDS_PENDING,))
def the_reason_is_shown(batch: Scenario) -> None:
    job, first = held_pending(batch)
    reason = "kit: changed my mind, 10% ümlaut"
    batch.cancel(job, reason)
    ended_by_it(batch, job, first)
    shown = batch.read(job).get("statusReason")
    batch.expect(shown == reason, f"statusReason {reason!r}", repr(shown))


@rule("CANCEL-15", "An accepted cancel of a job that has not started shows in `isCancelled`.", (Power.HOLDS_PENDING,))
def an_accepted_cancel_is_shown(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.cancel(job)
    shown = job.wait(lambda: bool((job.detail or {}).get("isCancelled")), batch.target.deadline_s)
    ended_by_it(batch, job, first)
    detail = batch.read(job)
    shown = shown or bool(detail.get("isCancelled"))
    batch.expect(
        shown, "isCancelled true", f"isCancelled {detail.get('isCancelled', 'absent')}, status {detail['status']}"
    )


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
        job.wait(lambda job=job: job.ended or 2 in job.began(), batch.target.deadline_s * 4)
        batch.read(job)
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
    detail = batch.settle(job)
    if 2 in job.began():
        raise Unclear("a disabled compute environment did not keep the job from its second attempt")
    batch.expect(detail["status"] == FAILED, "FAILED", detail["status"])
    batch.expect(tries(detail) == 1, "its first attempt in `attempts`", f"{tries(detail)} attempts")


@rule("CANCEL-08", "CancelJob succeeds also when there is nothing left to cancel: repeated, and on a finished job.")
def cancel_succeeds_with_nothing_to_cancel(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    for attempt in ("the first", "the second"):
        try:
            batch.cancel(job)
        except ClientError as refusal:
            raise Broken(f"200 for {attempt} CancelJob on a finished job", str(refusal)) from refusal


@rule("CANCEL-31", "When a cancel ends a job, the jobs that depend on it fail.", (Power.GATE, Power.HOLDS_RUNNABLE))
def dependents_of_a_cancelled_job_fail(batch: Scenario) -> None:
    job, _ = held_runnable(batch)
    last = batch.submit(depends_on=(job,))
    batch.wait(last, PENDING)
    batch.cancel(job)
    batch.settle(job)
    detail = batch.settle(last)
    batch.expect(detail["status"] == FAILED, "FAILED like its dependency", detail["status"])


@rule(
    "CANCEL-35", "A job cancelled before its first attempt shows no attempt and no exit code.", (Power.HOLDS_PENDING,)
)
def what_never_ran_shows_no_attempt(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.cancel(job)
    ended_by_it(batch, job, first)
    detail = batch.read(job)
    batch.expect(not detail.get("attempts"), "attempts []", detail.get("attempts"))
    code = (detail.get("container") or {}).get("exitCode")
    batch.expect(code is None, "no container.exitCode", code)
