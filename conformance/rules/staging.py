"""Where a check begins and what it looks at in the end: jobs held in a chosen status, and how one has ended."""

from __future__ import annotations

from collections.abc import Mapping

from ...model.status import FAILED, PENDING, RUNNABLE, RUNNING, SUCCEEDED
from ..judging.outcome import Unclear
from ..steps.job import Detail, Job
from ..steps.scenario import Scenario


def held_pending(batch: Scenario, **request) -> tuple[Job, Job | None]:
    """A PENDING job, and the job that it waits for where the kit holds one."""
    if batch.target.pending_on:
        job, first = batch.submit(pending=True, **request), None
    else:
        first = batch.submit(hold=True)
        job = batch.submit(depends_on=(first,), **request)
    batch.wait(job, PENDING)
    return job, first


def held_runnable(batch: Scenario, **request) -> tuple[Job, Job]:
    """A RUNNABLE job in a queue without room, and the job that takes the room."""
    queue, _ = batch.stage.world.narrow_queue()
    holder = batch.submit(queue=queue, hold=True)
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


def tries(detail: Detail) -> int:
    """How many attempts a job shows."""
    return len(detail.get("attempts") or ())


def exit_codes(detail: Detail) -> list[int | None]:
    """The exit codes of the attempts it shows."""
    return [(attempt.get("container") or {}).get("exitCode") for attempt in detail.get("attempts") or ()]


def tried_again(batch: Scenario, detail: Detail, why: str) -> None:
    """Broken unless a job whose second attempt exits 0 got one. Its status says so; how much `attempts` shows varies."""
    batch.expect(detail["status"] == SUCCEEDED, f"SUCCEEDED by a second attempt: {why}", told(detail))


def not_tried_again(batch: Scenario, detail: Detail, why: str) -> None:
    """Broken unless a job whose next attempt would exit 0 got none."""
    batch.expect(detail["status"] == FAILED, f"FAILED without another attempt: {why}", told(detail))


def told(detail: Detail) -> str:
    """How a job ended, in words."""
    return f"{detail['status']} with {tries(detail)} attempts"


def ended(
    batch: Scenario, *, attempts: int, ends: tuple[int, ...], entries: tuple[Mapping[str, str], ...] = ()
) -> Detail:
    """A job with this strategy, whose attempts end with these codes, after it has ended."""
    return batch.finish(batch.submit(attempts=attempts, ends=ends, entries=entries))
