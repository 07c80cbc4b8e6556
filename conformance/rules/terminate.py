"""TerminateJob: also stops what runs, which ends FAILED, and overrides the retry strategy."""

from __future__ import annotations

from ...model.status import PENDING, RUNNABLE, RUNNING
from ..judging.outcome import Unclear
from ..payload import OnSigterm
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import REASONS, ended_by_it, held_pending, held_runnable


@rule("TERM-02", "A RUNNING job is stopped and ends FAILED.", (Power.HOLDS_RUNNING,))
def a_running_job_is_stopped(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    batch.settle(job)


@rule(
    "TERM-03",
    "A job that is PENDING, RUNNABLE, or between two attempts is dropped like one that is cancelled: FAILED, never started.",
    (Power.GATE, Power.HOLDS_RUNNABLE),
)
def what_waits_is_dropped(batch: Scenario) -> None:
    queue, environment = batch.stage.world.narrow_queue()
    again = batch.submit(queue=queue, attempts=3, ends=(1,), hold=True, role="between attempts")
    pending, first = held_pending(batch, attempts=2, hold=True)
    job, holder = held_runnable(batch, attempts=2)
    batch.wait(again, RUNNING)
    batch.stage.world.hold_placements(environment)
    batch.release(again)
    batch.wait(again, RUNNABLE)
    for one in (job, pending, again):
        batch.terminate(one)
    batch.settle(job)  # while nothing can start it, it has all the time there is to be dropped
    batch.settle(again)
    batch.stage.world.let_place(environment)
    batch.release(holder)
    batch.finish(holder)
    if first is not None:
        batch.release(first, 0)
        batch.finish(first)
    for one in (job, pending, again):
        batch.settle(one)


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
    entry = {"action": "RETRY", "onExitCode": "*"}
    job = batch.submit(hold=True, attempts=3, entries=(entry,))
    later = batch.submit(hold=True, attempts=5, ends=(1,), entries=(entry,), role="in its third")
    batch.wait(job, RUNNING)
    batch.terminate(job)
    if Power.GATE in batch.target.powers:
        for number in (2, 3):
            batch.release(later)
            came = lambda number=number: number in later.began() or later.ended or later.failing  # noqa: E731
            later.wait(came, batch.target.patience_s)
        later.wait(lambda: later.status is RUNNING or later.ended or later.failing, batch.target.patience_s)
        if 3 in later.began():
            batch.terminate(later)
            batch.settle(later)
    batch.settle(job)
    batch.canary()
    batch.read(job)
    batch.read(later)


@rule("TERM-13", "The caller's reason is shown, verbatim, as `statusReason`.", (Power.HOLDS_RUNNING,))
def the_reason_is_shown(batch: Scenario) -> None:
    reasons = ("kit: stop, 10% ümlaut", *REASONS)
    slow, *others = [batch.submit(hold=True, on_sigterm=OnSigterm.IGNORE), *(batch.submit(hold=True) for _ in REASONS)]
    for job, reason in zip((slow, *others), reasons, strict=True):
        batch.wait(job, RUNNING)
        batch.terminate(job, reason)
        if job is slow:
            batch.terminate(job, "kit: and again")  # which of two is shown is open
            job.wait(lambda: slow.signalled() or slow.ended or slow.failing, batch.target.patience_s)
            batch.release(job, 1)
    for job in (slow, *others):
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
