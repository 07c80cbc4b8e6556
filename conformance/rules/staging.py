"""Where a check begins: jobs held in a chosen status, and what ends them again."""

from __future__ import annotations

from collections.abc import Mapping

from ...model.status import PENDING, RUNNABLE, RUNNING
from ..judging.outcome import Unclear
from ..steps.job import Job
from ..steps.scenario import Scenario


def held_pending(batch: Scenario, **request) -> tuple[Job, Job | None]:
    """A PENDING job, and the job that it waits for where the kit holds one."""
    if batch.target.pending_on:
        job, first = batch.submit(pending=True, **request), None
    else:
        first = batch.submit(hold=True, role="dependency")
        job = batch.submit(depends_on=(first,), **request)
    batch.wait(job, PENDING)
    return job, first


def held_runnable(batch: Scenario, **request) -> tuple[Job, Job]:
    """A RUNNABLE job in a queue without room, and the job that takes the room."""
    queue, _ = batch.stage.world.narrow_queue()
    holder = batch.submit(queue=queue, hold=True, role="holder")
    batch.wait(holder, RUNNING)
    job = batch.submit(queue=queue, behind=holder, **request)
    batch.wait(job, RUNNABLE)
    return job, holder


def ended_by_it(batch: Scenario, job: Job, first: Job | None) -> None:
    """Wait until a cancelled job that waited has ended, letting its dependency end where it waits for that."""
    if first is not None:
        batch.release(first, 0)
        batch.finish(first)
    batch.settle(job)


def accepted_with_a_reason(batch: Scenario, job: Job) -> None:
    """Raise Unclear when a cancel with an ordinary reason is refused: what the reason has to do with it is not seen."""
    refusal = batch.refusal("cancel_job", jobId=job.id, reason=batch.reason)
    if refusal is not None:
        raise Unclear(f"CancelJob refuses this job whatever the reason: {refusal}")


def ended(
    batch: Scenario,
    *,
    attempts: int,
    ends: tuple[int, ...],
    entries: tuple[Mapping[str, str], ...] = (),
    role: str = "job",
) -> Job:
    """A job with this strategy, whose attempts end with these codes, after it has ended."""
    job = batch.submit(attempts=attempts, ends=ends, entries=entries, role=role)
    batch.finish(job)
    return job


def next_attempt(batch: Scenario, job: Job, number: int) -> None:
    """Wait until this attempt has come to the gate, and the job is shown RUNNING again."""
    if not job.wait(lambda: number in job.began() or job.ended or job.failing, batch.target.patience_s):
        raise Unclear(f"attempt {number} did not come to the gate")
    batch.wait(job, RUNNING)
