"""Servers that get timeouts wrong."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from batchproof.model.event import Event
from batchproof.model.machine import Configuration
from batchproof.model.status import RUNNING
from batchproof.reference_impl.deciding import changes, reasons
from batchproof.reference_impl.deciding.records import Job
from batchproof.reference_impl.deciding.run_news import RunNews
from batchproof.reference_impl.operations import submission
from batchproof.reference_impl.settings import Parts

from .defining import TIMEOUTS, Wrong, breaks, handles


def ends_at(deadline_ms: Callable[[Job, int, int], int]) -> Wrong:
    """A server with deadlines of its own: of a job, its run's number, and when its timeout is over."""

    def server(parts: Parts) -> Parts:
        right = changes.SetDeadline

        def set_deadline(job_id: str, number: int, at_ms: int):
            return right(job_id, number, deadline_ms(parts.engine.changes.ledger.jobs[job_id], number, at_ms))

        def deadline_passed(self, job_id: str, number: int) -> None:
            job = self._running(job_id, number)
            if job is not None and job.status is RUNNING:
                self._changes.move(job, Event.TIME_OUT, reason=reasons.TOO_LATE)

        changes.SetDeadline = set_deadline  # type: ignore[misc, assignment]
        RunNews.deadline_passed = deadline_passed
        return parts

    server.__name__, server.__doc__ = deadline_ms.__name__, deadline_ms.__doc__
    return server


@breaks("TO-02 TO-03 TO-10", reach=TIMEOUTS)
@ends_at
def a_timeout_counts_from_the_submission(job, number, at_ms):
    """attemptDurationSeconds are counted from createdAt."""
    return job.created_at_ms + job.order.timeout_s * 1000


@breaks("TO-02", reach=TIMEOUTS)
def a_timeout_counts_from_the_placement(parts):
    """attemptDurationSeconds are counted from STARTING on."""
    spawned = {}
    right = changes.Spawn

    def spawn(job_id, number, command, environment):
        spawned[job_id, number] = parts.engine.changes.now_ms
        return right(job_id, number, command, environment)

    changes.Spawn = spawn  # type: ignore[misc, assignment]
    return ends_at(lambda job, number, at_ms: spawned[job.id, number] + job.order.timeout_s * 1000)(parts)


def once_for_each(of: Callable[[Job], str | None]) -> Callable[[Job, int, int], int]:
    """The first deadline that there was for whatever `of` names; where it names nothing, the right one."""
    first: dict[str, int] = {}

    def deadline_ms(job: Job, number: int, at_ms: int) -> int:
        whole = of(job)
        return at_ms if whole is None else first.setdefault(whole, at_ms)

    return deadline_ms


@breaks("TO-03", reach=TIMEOUTS)
def attempts_share_one_countdown(parts):
    """The countdown of the first attempt is that of the job."""
    return ends_at(once_for_each(lambda job: job.id))(parts)


@breaks("TO-10", reach=TIMEOUTS)
def children_share_one_countdown(parts):
    """The countdown of the first child is that of the array."""
    return ends_at(once_for_each(lambda job: job.order.parent_id))(parts)


@breaks("TO-03", reach=TIMEOUTS)
@ends_at
def only_the_first_attempt_times_out(job, number, at_ms):
    """A second attempt may last as long as it likes."""
    return at_ms if number == 1 else at_ms + 10**9


@breaks("TO-10", reach=TIMEOUTS)
@ends_at
def children_never_time_out(job, number, at_ms):
    """The timeout of an array is nobody's."""
    return at_ms if job.order.array_index is None else at_ms + 10**9


@breaks("TO-11", reach=TIMEOUTS)
@ends_at
def multinode_jobs_never_time_out(job, number, at_ms):
    """A multi-node job may last as long as it likes."""
    return at_ms if job.order.nodes is None else at_ms + 10**9


@breaks("TO-04", reach=TIMEOUTS)
@ends_at
def timeouts_come_early(job, number, at_ms):
    """Of the time that an attempt has, a quarter is missing."""
    return at_ms - job.order.timeout_s * 250


@breaks("TO-07", reach=TIMEOUTS)
def a_timeout_is_a_sigkill(parts):
    """An attempt that outlives its timeout gets SIGKILL at once."""
    right, ledger = parts.host.stop, parts.engine.changes.ledger

    def stop(job_id, number, grace_ms):
        right(job_id, number, 0 if ledger.jobs[job_id].memory.timed_out else grace_ms)

    parts.host.stop = stop
    return parts


@breaks("TO-07", reach=TIMEOUTS)
def a_timeout_is_a_sigterm_only(parts):
    """An attempt that does not obey the SIGTERM of its timeout runs on."""
    right, ledger = parts.host.stop, parts.engine.changes.ledger

    def stop(job_id, number, grace_ms):
        right(job_id, number, 3_600_000 if ledger.jobs[job_id].memory.timed_out and grace_ms else grace_ms)

    parts.host.stop = stop
    return parts


@breaks("TO-09", reach=TIMEOUTS)
@handles("SubmitJob")
async def the_definitions_timeout_wins(right, call, request):
    """The timeout of SubmitJob is ignored where the job definition has one."""
    if "timeout" in submission.definition_named(call, request.jobDefinition).registered:
        request.timeout = None
    return await right(call, request)


@breaks("TO-09", reach=TIMEOUTS)
def the_definitions_timeout_is_ignored(parts):
    """Only a timeout that SubmitJob gives is one."""
    right = submission.definition_named

    def definition_named(call, text):
        found = right(call, text)
        registered = {name: value for name, value in found.registered.items() if name != "timeout"}
        return structs.replace(found, registered=registered)

    submission.definition_named = definition_named
    return parts


@breaks("TO-12", reach=TIMEOUTS)
def a_timeout_has_another_reason(parts):
    """statusReason says "Job timed out"."""
    reasons.TOO_LATE = "Job timed out"
    return parts


@breaks("TO-15", reach=TIMEOUTS)
def an_entry_retries_a_timeout(parts):
    """A job with evaluateOnExit entries is tried again after its timeout, as after any other failure."""
    right = RunNews.deadline_passed

    def deadline_passed(self, job_id, number):
        right(self, job_id, number)
        job = self._running(job_id, number)
        if job is not None and job.memory.timed_out and job.order.strategy.evaluate_on_exit:
            at = Configuration(job.status, job.memory._replace(retry_overridden=False))
            self._changes.keep(structs.replace(job, at=at), job)

    RunNews.deadline_passed = deadline_passed
    return parts
