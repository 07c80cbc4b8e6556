"""Servers that get CancelJob or TerminateJob wrong."""

from __future__ import annotations

from msgspec import structs

from batchproof.reference_impl.deciding.messages import Exited
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.errors import ClientException, Refusal

from .defining import (
    REQUESTS,
    asked,
    breaks,
    described,
    handles,
)


class Accepted(Refusal):
    """Not a refusal at all: an answer with another status than 200."""

    status, kind = 202, "Accepted"


@breaks("CANCEL-01 TERM-01")
@handles("CancelJob", "TerminateJob")
async def requests_are_answered_with_202(right, call, request):
    """CancelJob and TerminateJob answer 202 Accepted."""
    await right(call, request)
    raise Accepted("")


@breaks("CANCEL-08 CANCEL-09 TERM-16", unclear="CANCEL-12 CANCEL-13", blind="CANCEL-01 TERM-01")
@handles("CancelJob", "TerminateJob")
async def finished_jobs_are_refused(right, call, request):
    """CancelJob and TerminateJob are errors once the job has ended."""
    job = call.ledger.job(call.region, request.jobId)
    if job is not None and job.status.terminal:
        raise ClientException(f"job {job.id} has ended")
    return await right(call, request)


@breaks("CANCEL-10 TERM-17", reach=REQUESTS)
@handles("CancelJob", "TerminateJob")
async def unknown_jobs_are_refused(right, call, request):
    """CancelJob and TerminateJob are errors for an id that no job has."""
    if request.jobId and call.ledger.job(call.region, request.jobId) is None:
        raise ClientException(f"job {request.jobId} does not exist")
    return await right(call, request)


@breaks("CANCEL-12", reach=REQUESTS)
@asked("CancelJob")
def nothing_needs_to_be_said(request):
    """CancelJob accepts an empty jobId and an empty reason."""
    request.jobId, request.reason = request.jobId or "none", request.reason or "none"


@breaks("CANCEL-14 TERM-13")
@described
def reasons_are_ascii(job):
    """statusReason loses what is not ASCII."""
    job.statusReason = job.statusReason and job.statusReason.encode("ascii", "ignore").decode()


@breaks("CANCEL-14 TERM-13 BULK-17")
@described
def reasons_have_255_characters(job):
    """statusReason shows no more of a reason."""
    job.statusReason = job.statusReason and job.statusReason[:255]


@breaks("CANCEL-03 CANCEL-35")
@described
def a_job_that_never_ran_shows_an_attempt(job):
    """A cancelled job has an attempt to show, also where it was never placed."""
    if job.isCancelled and job.status == "FAILED" and not job.attempts:
        job.attempts = [wire.shape("AttemptDetail")(statusReason=job.statusReason)]


@breaks("TERM-07 TERM-09 TO-07", unclear="TERM-08")
def a_stop_is_a_sigkill(parts):
    """TerminateJob sends SIGKILL at once."""
    right = parts.host.stop
    parts.host.stop = lambda job_id, number, grace_ms: right(job_id, number, 0)
    return parts


@breaks("TERM-07 TO-07")
def a_stop_is_a_sigterm_only(parts):
    """SIGKILL never follows."""
    right = parts.host.stop
    parts.host.stop = lambda job_id, number, grace_ms: right(job_id, number, grace_ms and 3_600_000)
    return parts


@breaks("TERM-09 TO-07", blind="TERM-08")
def sigkill_comes_too_early(parts):
    """A tenth of a second after SIGTERM."""
    right = parts.host.stop
    parts.host.stop = lambda job_id, number, grace_ms: right(job_id, number, min(grace_ms, 100))
    return parts


@breaks("TERM-08")
def a_stopped_job_always_counts_as_killed(parts):
    """Whatever a job does after SIGTERM, its exit code is that of SIGKILL."""
    launcher, stopped = parts.host, set()
    right_stop, right_connect = launcher.stop, launcher.connect

    def stop(job_id, number, grace_ms):
        stopped.add((job_id, number))
        right_stop(job_id, number, grace_ms)

    def connect(report):
        def told(event):
            if isinstance(event, Exited) and (event.job_id, event.number) in stopped:
                event = structs.replace(event, exit_code=137)
            report(event)

        right_connect(told)

    launcher.stop, launcher.connect = stop, connect
    return parts
