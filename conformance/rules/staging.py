"""Where a check begins: jobs held in a chosen status, and what ends them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...model.arrays import child_id
from ...model.limits import REASON_CHARACTERS
from ...model.status import PENDING, RUNNABLE, RUNNING, TERMINAL
from ..judging.outcome import Refusal, Unclear
from ..steps.job import Job
from ..steps.scenario import Scenario
from ..steps.world import CONTAINER

REASONS = ("!", f"{'kit: ' * 50}12345", "ümlaut 漢字 🙂 " * 22 + "end", "x" * (REASON_CHARACTERS.high or 0))
"""Reasons that a service may get wrong: one character, 255, more than that outside ASCII, and the most that is allowed."""


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


def container(batch: Scenario, **more: Any) -> dict[str, Any]:
    """`containerProperties` for a definition of a rule's own: the usual ones, with `more` in them."""
    role = batch.target.execution_role
    return {**CONTAINER, **({"executionRoleArn": role} if role else {}), **more}


def unless_refused(batch: Scenario, **request: Any) -> str | None:
    """Submit a job that the service may refuse, and that no monitor follows: its id, or None."""
    try:
        return str(batch.call("submit_job", **{**batch.submission(), **request}).get("jobId"))
    except Refusal:
        return None


def described(batch: Scenario, *, ended: bool = False) -> None:
    """
    Describe all jobs that no monitor follows in one call, until each is shown.

    ended   until each has ended
    """
    ids = [id for id in batch.calls.submitted if id not in {job.id for job in batch.jobs}]
    if ids and not _all_shown(batch, ids, ended, batch.target.patience_s):
        raise Unclear(f"of {len(ids)} jobs not all were {'seen to end' if ended else 'shown'}")


def described_children(batch: Scenario, array: str, indices: Iterable[int], *, ended: bool = False) -> None:
    """The same for children of an array that no monitor follows. A parent that has ended has borne them all."""
    ids = [child_id(array, index) for index in indices]
    if not _all_shown(batch, ids, ended, None if not ended else batch.target.patience_s):
        described(batch, ended=True)
        if not _all_shown(batch, ids, ended, None) and ended:
            raise Unclear(f"of {len(ids)} children not all were seen to end")


def _all_shown(batch: Scenario, ids: list[str], ended: bool, within_s: float | None) -> bool:
    def look() -> list[dict[str, Any]]:
        return batch.call("describe_jobs", jobs=ids).get("jobs") or []

    def there(found: list[dict[str, Any]]) -> bool:
        return sum(not ended or job.get("status") in TERMINAL for job in found) >= len(ids)

    return there(batch.eventually(look, there, within_s))


def next_attempt(batch: Scenario, job: Job, number: int) -> None:
    """Wait until this attempt has come to the gate, and the job is shown RUNNING again."""
    if not job.wait(lambda: number in job.began() or job.ended or job.failing, batch.target.patience_s):
        raise Unclear(f"attempt {number} did not come to the gate")
    batch.wait(job, RUNNING)
