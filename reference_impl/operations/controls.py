"""Operations that AWS does not have, to try what otherwise happens rarely or after a long wait (docs/controls.md)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ...model.limits import Limit
from ..deciding import arns
from ..deciding.messages import LoseHostRequested
from ..deciding.records import Job
from ..http import wire
from ..http.call import Call, Control, asks
from ..http.errors import ClientException

SECONDS = Limit(1, 366 * 86_400, None, ())


class AdvanceClockRequest(msgspec.Struct, omit_defaults=True):
    """By how much the server's clock goes forward."""

    seconds: int | None = None


class AdvanceClockReply(msgspec.Struct):
    """The time of day that it is now for the server, in milliseconds since 1970."""

    now: int


@asks
async def advance_clock(call: Call, request: AdvanceClockRequest) -> AdvanceClockReply:
    """The server's time of day goes forward; whatever falls due by that happens now."""
    wire.required(request, "seconds")
    assert request.seconds is not None
    SECONDS.check(request.seconds, "seconds")
    if call.shell.store.keeps:
        raise ClientException(
            "the clock of a server with --data cannot be put forward: what it keeps would be ahead of the next server's time"
        )
    call.shell.advance(request.seconds)
    return AdvanceClockReply(call.shell.now_ms())


class LoseHostRequest(msgspec.Struct, omit_defaults=True):
    """A host: its instance id, its containerInstanceArn, or the id of the job that runs on it."""

    host: str | None = None


class LoseHostReply(msgspec.Struct):
    """The host that is no more, and the job that was on it."""

    instanceId: str
    jobId: str


@asks
async def lose_host(call: Call, request: LoseHostRequest) -> LoseHostReply:
    """The attempt on this host ends as on AWS when an instance is terminated, and its process is killed."""
    wire.required(request, "host")
    assert request.host is not None
    job = _on(call, request.host)
    if job is None or job.run is None:
        raise ClientException(f"host is {request.host[:200]!r}: no job runs there, so there is nothing to lose")
    instance = arns.instance(job.id, job.run.number)
    await call.ask(lambda number: LoseHostRequested(number, job.id))
    return LoseHostReply(instance, job.id)


def _on(call: Call, host: str) -> Job | None:
    """The job that runs on a host, which is known by its own names and by the job's id."""
    named = call.ledger.job(call.region, host)
    if named is not None:
        return call.ledger.jobs[named.order.process_id]
    for job in call.ledger.jobs.values():
        if job.run is not None and job.order.region == call.region:
            names = (
                arns.instance(job.id, job.run.number),
                arns.container_instance(call.region, job.id, job.run.number),
            )
            if host in names:
                return job
    return None


CONTROLS: Mapping[str, Control] = {
    "AdvanceClock": Control("/batchproof/advance-clock", AdvanceClockRequest, advance_clock),
    "LoseHost": Control("/batchproof/lose-host", LoseHostRequest, lose_host),
}
"""By name."""
