"""TerminateJob: also stops what runs, which ends FAILED, and overrides the retry strategy."""

from __future__ import annotations

from ...model.status import PENDING, RUNNING
from ..judging.outcome import Unclear
from ..payload import OnSigterm
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import ended_by_it, held_pending


@rule("TERM-02", "A RUNNING job is stopped and ends FAILED.", (Power.HOLDS_RUNNING,))
def a_running_job_is_stopped(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    batch.settle(job)


@rule("TERM-07", "A RUNNING job gets SIGTERM, and SIGKILL when it is still there after the grace time.", (Power.GATE,))
def sigterm_comes_before_sigkill(batch: Scenario) -> None:
    job = batch.submit(hold=True, on_sigterm=OnSigterm.IGNORE)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    batch.settle(job)


@rule("TERM-09", "SIGKILL does not come before the grace time has passed.", (Power.GATE,))
def the_grace_time_is_granted(batch: Scenario) -> None:
    job = batch.submit(hold=True, on_sigterm=OnSigterm.IGNORE)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    job.wait(
        lambda: job.ended or job.failing, batch.stage.bounds.stopping / 1000
    )  # whether it ends at all is for TERM-07


@rule(
    "TERM-08",
    "A job that exits by itself within the grace time gets no SIGKILL: its own exit code is shown.",
    (Power.GATE,),
)
def a_job_that_obeys_is_not_killed(batch: Scenario) -> None:
    job = batch.submit(hold=True, on_sigterm=OnSigterm.IGNORE)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    if not job.wait(lambda: job.signalled() or job.ended or job.failing, batch.target.patience_s):
        raise Unclear("the job reported no SIGTERM")
    if not job.ended:
        batch.release(job, 42)
    batch.settle(job)


@rule(
    "TERM-11",
    "Whether a terminated job that exits 0 is FAILED or SUCCEEDED is one reading for all jobs.",
    (Power.GATE,),
)
def exit_zero_after_terminate(batch: Scenario) -> None:
    for job in [batch.submit(hold=True, attempts=2, on_sigterm=OnSigterm.EXIT_ZERO) for _ in range(2)]:
        batch.wait(job, RUNNING)
        batch.terminate(job)
        batch.settle(job)


@rule("TERM-12", "A terminated job is not tried again, whatever its retry strategy says.", (Power.HOLDS_RUNNING,))
def a_terminated_job_is_not_retried(batch: Scenario) -> None:
    job = batch.submit(hold=True, attempts=3, entries=({"action": "RETRY", "onExitCode": "*"},))
    batch.wait(job, RUNNING)
    batch.terminate(job)
    batch.settle(job)
    batch.canary()
    batch.read(job)


@rule("TERM-13", "The caller's reason is shown, verbatim, as `statusReason`.", (Power.HOLDS_RUNNING,))
def the_reason_is_shown(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.terminate(job, "kit: stop, 10% ümlaut")
    batch.settle(job)


@rule("TERM-14", "An accepted terminate of a RUNNING job shows in `isTerminated`.", (Power.HOLDS_RUNNING,))
def an_accepted_terminate_is_shown(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    batch.settle(job)
    if not (job.detail or {}).get("isTerminated"):
        batch.eventually(lambda: batch.summary(job) or {}, lambda summary: bool(summary.get("isTerminated")))


@rule("TERM-15", "A terminate before STARTING shows in a flag; which one is a reading.", (Power.HOLDS_PENDING,))
def a_terminate_before_starting_is_shown(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.terminate(job)
    ended_by_it(batch, job, first)
    if not {"isTerminated", "isCancelled"} & set(job.detail or {}):
        batch.eventually(
            lambda: batch.summary(job) or {}, lambda s: bool(s.get("isTerminated") or s.get("isCancelled"))
        )


@rule("TERM-25", "When a terminate ends a job, the jobs that depend on it fail.", (Power.HOLDS_RUNNING,))
def dependents_of_a_terminated_job_fail(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    last = batch.submit(depends_on=(job,), role="dependent")
    batch.wait(job, RUNNING)
    batch.wait(last, PENDING)
    batch.terminate(job)
    batch.settle(job)
    batch.settle(last)


@rule(
    "TERM-28", "A CancelJob before it does not keep TerminateJob from stopping a RUNNING job.", (Power.HOLDS_RUNNING,)
)
def terminate_after_cancel_stops(batch: Scenario) -> None:
    job = batch.submit(hold=True, attempts=2)
    batch.wait(job, RUNNING)
    batch.cancel(job)
    batch.terminate(job)
    batch.settle(job)
