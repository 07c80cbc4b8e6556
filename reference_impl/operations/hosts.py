"""LoseHost: an operation of ours, so that what happens when a host goes away can be tried (docs/controls.md)."""

from __future__ import annotations

from typing import Any

from ..deciding import arns
from ..deciding.messages import LoseHostRequested
from ..deciding.records import Job
from ..http import wire
from ..http.call import Call
from ..http.errors import ClientException


async def lose_host(call: Call, request: Any) -> Any:
    """The attempt on this host ends as on AWS when an instance is terminated, and its process is killed."""
    wire.required(request, "host")
    job = _on(call, request.host)
    if job is None or job.run is None:
        raise ClientException(f"host is {request.host[:200]!r}: no job runs there, so there is nothing to lose")
    instance = arns.instance(job.id, job.run.number)
    await call.shell.ask(lambda number: LoseHostRequested(number, job.id))
    return wire.reply_type("LoseHost")(instanceId=instance, jobId=job.id)


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
