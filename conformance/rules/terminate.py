"""TerminateJob: also stops what runs, which ends FAILED, and overrides the retry strategy."""

from __future__ import annotations

import time

from ...model.status import FAILED, PENDING, RUNNING, SUCCEEDED
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.payload import OnSigterm
from ..steps.scenario import Scenario
from .rule import rule
from .staging import ended_by_it, held_pending, tries


@rule("TERM-02", "A RUNNING job is stopped and ends FAILED.", (Power.HOLDS_RUNNING,))
def a_running_job_is_stopped(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    detail = batch.settle(job)
    batch.expect(detail["status"] == FAILED, "FAILED", detail["status"])


@rule("TERM-07", "A RUNNING job gets SIGTERM, and SIGKILL when it is still there after the grace time.", (Power.GATE,))
def sigterm_comes_before_sigkill(batch: Scenario) -> None:
    job = batch.submit(hold=True, on_sigterm=OnSigterm.IGNORE)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    detail = batch.settle(job)
    batch.expect(job.signalled(), "SIGTERM", "no signal")
    batch.expect(detail["status"] == FAILED, "FAILED by SIGKILL after the grace time", detail["status"])
    code = (detail.get("container") or {}).get("exitCode")
    batch.expect(code in (None, 137), "exit code 137, or none", code)


@rule("TERM-09", "SIGKILL does not come before the grace time has passed.", (Power.GATE,))
def the_grace_time_is_granted(batch: Scenario) -> None:
    job = batch.submit(hold=True, on_sigterm=OnSigterm.IGNORE)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    gone = lambda: any(sign.what == "gone" for sign in job.signs)  # noqa: E731
    job.wait(lambda: job.signalled() or gone(), batch.target.deadline_s)
    if not job.signalled():
        batch.expect(not gone(), "SIGTERM first, for it is ignored", "the job was gone without one")
        raise Unclear("the job reported no SIGTERM")
    began_s = time.monotonic()
    job.wait(gone, batch.target.grace_s + batch.target.deadline_s)
    granted_s = time.monotonic() - began_s
    # The report of the SIGTERM took a moment to arrive, so a little less than the grace time is seen.
    enough_s = batch.target.grace_s - min(0.5, batch.target.grace_s / 2)
    batch.expect(granted_s >= enough_s, f"{batch.target.grace_s:g} s from SIGTERM to SIGKILL", f"{granted_s:.1f} s")


@rule(
    "TERM-08",
    "A job that exits by itself within the grace time gets no SIGKILL: its own exit code is shown.",
    (Power.GATE,),
)
def a_job_that_obeys_is_not_killed(batch: Scenario) -> None:
    job = batch.submit(hold=True, on_sigterm=OnSigterm.IGNORE)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    if not job.wait(job.signalled, batch.target.deadline_s):
        raise Unclear("the job reported no SIGTERM")
    batch.release(job, 42)
    detail = batch.settle(job)
    code = (detail.get("container") or {}).get("exitCode")
    batch.expect(code == 42, "exit code 42, its own", code)
    batch.expect(detail["status"] == FAILED, "FAILED", detail["status"])


@rule(
    "TERM-11",
    "Whether a terminated job that exits 0 is FAILED or SUCCEEDED is one reading for all jobs.",
    (Power.GATE,),
)
def exit_zero_after_terminate(batch: Scenario) -> None:
    for job in [batch.submit(hold=True, attempts=2, on_sigterm=OnSigterm.EXIT_ZERO) for _ in range(2)]:
        batch.wait(job, RUNNING)
        batch.terminate(job)
        detail = batch.settle(job)
        batch.expect(detail["status"] in (FAILED, SUCCEEDED), "FAILED or SUCCEEDED", detail["status"])


@rule("TERM-12", "A terminated job is not tried again, whatever its retry strategy says.", (Power.HOLDS_RUNNING,))
def a_terminated_job_is_not_retried(batch: Scenario) -> None:
    job = batch.submit(hold=True, attempts=3, entries=({"action": "RETRY", "onExitCode": "*"},))
    batch.wait(job, RUNNING)
    batch.terminate(job)
    detail = batch.settle(job)
    batch.expect(detail["status"] == FAILED, "FAILED", detail["status"])
    batch.canary()
    detail = batch.read(job)
    batch.expect(tries(detail) <= 1, "1 attempt", f"{tries(detail)} attempts")


@rule("TERM-13", "The caller's reason is shown, verbatim, as `statusReason`.", (Power.HOLDS_RUNNING,))
def the_reason_is_shown(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    reason = "kit: stop, 10% ümlaut"
    batch.terminate(job, reason)
    detail = batch.settle(job)
    shown = detail.get("statusReason")
    batch.expect(shown == reason, f"statusReason {reason!r}", repr(shown))


@rule("TERM-14", "An accepted terminate of a RUNNING job shows in `isTerminated`.", (Power.HOLDS_RUNNING,))
def an_accepted_terminate_is_shown(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.terminate(job)
    detail = batch.settle(job)
    shown = detail.get("isTerminated") or (batch.summary(job) or {}).get("isTerminated")
    batch.expect(bool(shown), "isTerminated true", f"isTerminated {detail.get('isTerminated', 'absent')}")


@rule("TERM-15", "A terminate before STARTING shows in a flag; which one is a reading.", (Power.HOLDS_PENDING,))
def a_terminate_before_starting_is_shown(batch: Scenario) -> None:
    job, first = held_pending(batch)
    batch.terminate(job)
    ended_by_it(batch, job, first)
    detail = batch.read(job)
    flags = tuple(name for name in ("isTerminated", "isCancelled") if detail.get(name))
    batch.expect(bool(flags), "isTerminated or isCancelled, or both", "neither")
    batch.shows("terminate_before_starting_sets", flags[0] if len(flags) == 1 else "both", job)


@rule("TERM-25", "When a terminate ends a job, the jobs that depend on it fail.", (Power.HOLDS_RUNNING,))
def dependents_of_a_terminated_job_fail(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    last = batch.submit(depends_on=(job,))
    batch.wait(job, RUNNING)
    batch.wait(last, PENDING)
    batch.terminate(job)
    batch.settle(job)
    detail = batch.settle(last)
    batch.expect(detail["status"] == FAILED, "FAILED like its dependency", detail["status"])


@rule(
    "TERM-28", "A CancelJob before it does not keep TerminateJob from stopping a RUNNING job.", (Power.HOLDS_RUNNING,)
)
def terminate_after_cancel_stops(batch: Scenario) -> None:
    job = batch.submit(hold=True, attempts=2)
    batch.wait(job, RUNNING)
    batch.cancel(job)
    batch.terminate(job)
    detail = batch.settle(job)
    batch.expect(detail["status"] == FAILED, "FAILED", detail["status"])
