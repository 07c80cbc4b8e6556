"""Timeouts of attempts. Where the clock is put forward, another job shows that timeouts up to then were seen to."""

from __future__ import annotations

from ...model.status import FAILED, RUNNABLE, RUNNING
from ..payload import OnSigterm
from ..power import Power
from ..steps.job import Job
from ..steps.scenario import Scenario
from .rule import rule
from .staging import next_attempt

TIMED = (Power.GATE, Power.CLOCK)


@rule("TO-02", "The time before an attempt is RUNNING does not count for its timeout.", (*TIMED, Power.HOLDS_RUNNABLE))
def starting_does_not_count(batch: Scenario) -> None:
    queue, _ = batch.stage.world.own_queue()
    with batch.clock():
        holder = batch.submit(queue=queue, hold=True, role="holder")
        witness = running(batch, 61, role="witness")
        batch.wait(holder, RUNNING)
        queued = batch.submit(queue=queue, behind=holder, hold=True, role="queued", **after(61))
        batch.wait(queued, RUNNABLE)
        job = batch.submit(hold=True, **after(61))
        batch.advance(50)  # the job is STARTING at the most where the kit itself has started the service
        batch.release(holder, 0)
        for each in (job, queued):
            batch.wait(each, RUNNING)
        batch.advance(30)
        ended(batch, witness)
        for each in (job, queued):
            batch.read(each)
        batch.advance(40)
        for each in (job, queued):
            ended(batch, each)


@rule("TO-03", "Each attempt has its own countdown, the second one as well.", TIMED)
def each_attempt_has_its_own_countdown(batch: Scenario) -> None:
    with batch.clock():
        witness = running(batch, 61, role="witness")
        job = running(batch, 61, attempts=2, ends=(1, 0))
        batch.advance(40)
        batch.release(job)
        next_attempt(batch, job, 2)
        batch.advance(40)
        ended(batch, witness)
        batch.read(job)
        batch.advance(30)
        stopped(batch, job)


@rule("TO-04", "No attempt is ended for its timeout before that has passed.", TIMED)
def no_timeout_comes_early(batch: Scenario) -> None:
    with batch.clock():
        witness, job = running(batch, 61, role="witness"), running(batch, 120)
        batch.advance(100)
        ended(batch, witness)
        batch.read(job)
        batch.advance(30)
        ended(batch, job)


@rule("TO-06", "An attempt that outlives its timeout is stopped: the job is FAILED, whatever tries are left.", TIMED)
def a_timeout_is_the_end(batch: Scenario) -> None:
    with batch.clock():
        job = running(batch, 61, attempts=3)
        batch.advance(62)
        stopped(batch, job)
    batch.canary()


@rule("TO-07", "A timeout is enforced by SIGTERM, and by SIGKILL after the grace time.", TIMED)
def a_timeout_sends_sigterm_before_sigkill(batch: Scenario) -> None:
    with batch.clock():
        job = running(batch, 61, on_sigterm=OnSigterm.IGNORE)
        batch.advance(62)
        job.wait(lambda: job.signalled() or job.ended or job.failing, batch.target.patience_s)
    stopped(batch, job)


@rule("TO-09", "The timeout of SubmitJob replaces that of the job definition, which holds where none is given.", TIMED)
def submission_replaces_the_definitions_timeout(batch: Scenario) -> None:
    short, long = (_definition(batch, seconds) for seconds in (61, 600))
    with batch.clock():
        inherits = batch.submit(hold=True, jobDefinition=short, times_out=True, role="inherits")
        longer = batch.submit(hold=True, jobDefinition=short, role="longer", **after(600))
        shorter = batch.submit(hold=True, jobDefinition=long, role="shorter", **after(61))
        for job in (inherits, longer, shorter):
            batch.wait(job, RUNNING)
        batch.advance(100)
        for job in (inherits, shorter):
            stopped(batch, job)
        batch.read(longer)


@rule("TO-10", "The timeout of an array is that of each child; the parent has none.", TIMED)
def each_child_has_its_timeout(batch: Scenario) -> None:
    with batch.clock():
        witness = running(batch, 61, role="witness")
        array = batch.submit_array(hold=True, depends_on=[{"type": "SEQUENTIAL"}], **after(61))
        first, second = array.children
        batch.wait(first, RUNNING)
        batch.advance(40)
        batch.release(first, 0)
        batch.finish(first)
        batch.wait(second, RUNNING)
        batch.advance(40)
        ended(batch, witness)
        batch.read(second)
        batch.advance(30)
        stopped(batch, second)
    if second.ended:
        batch.ended_parent(array)


@rule("TO-12", "The reason that is shown says that the duration of the attempt exceeded the timeout.", TIMED)
def the_reason_of_a_timeout_is_shown(batch: Scenario) -> None:
    with batch.clock():
        job = running(batch, 61)
        batch.advance(62)
        ended(batch, job)


@rule("TO-15", "No `evaluateOnExit` entry makes a job that its timeout ended try again.", TIMED)
def no_entry_retries_a_timeout(batch: Scenario) -> None:
    entries = ({"action": "RETRY", "onStatusReason": "Job attempt*"}, {"action": "RETRY", "onExitCode": "*"})
    with batch.clock():
        job = running(batch, 61, attempts=3, entries=entries)
        batch.advance(62)
        batch.settle(job)
    batch.canary()


def after(seconds: int) -> dict:
    """The member of a request that gives a timeout."""
    return {"timeout": {"attemptDurationSeconds": seconds}}


def running(batch: Scenario, seconds: int, **request) -> Job:
    """A held job with this timeout, once it is RUNNING."""
    job = batch.submit(hold=True, **after(seconds), **request)
    batch.wait(job, RUNNING)
    return job


def ended(batch: Scenario, job: Job) -> None:
    """Wait until a timeout that has passed has ended a job; where that is not to be seen nothing more is known."""
    batch.wait(job, FAILED, within_s=(batch.stage.bounds.stopping + batch.stage.bounds.longest) / 1000)


def stopped(batch: Scenario, job: Job) -> None:
    """Give the service all the time that a stop may take, after a timeout has passed."""
    batch.settle(job, at_least_ms=batch.stage.bounds.stopping)


def _definition(batch: Scenario, seconds: int) -> str:
    world = batch.stage.world
    return world.register(batch.calls, f"{world.prefix}-to-09-{seconds}", **after(seconds))
