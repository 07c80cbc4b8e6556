"""`batchproof jobs`: the jobs of a running service."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ..model.status import Status
from .completing import values
from .looking.service import reached, reaching

if TYPE_CHECKING:
    from .looking.service import Service


@click.command()
@click.argument("job", required=False, shell_complete=values.jobs)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in Status], case_sensitive=False),
    help="Only jobs in this status (repeatable).  [default: all]",
)
@click.option("--queue", "queues", multiple=True, help="Only jobs of this queue (repeatable).  [default: all queues]")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1), help="Of each status in each queue, the newest."
)
@click.option("--json", "as_json", is_flag=True, help="As DescribeJobs answers, for programs.")
@reaching
def jobs(
    job: str | None, statuses: tuple[str, ...], queues: tuple[str, ...], limit: int, as_json: bool, **where: str | None
) -> None:
    """
    List the jobs of a running service, the newest last; or of JOB, if it is an array or a multi-node job, the children or
    nodes, and of any other its attempts.

    \b
      batchproof jobs --url http://127.0.0.1:4590
      batchproof jobs --status RUNNING --queue quickstart

    SINCE is when a job started or stopped; while it waits, when its last attempt stopped, else when it was submitted: the API
    tells no more. What else there is to say stands at the end of a line, or below it where the terminal is too narrow.
    """
    from .looking import rows

    wanted = [Status(status) for status in statuses] or list(Status)
    now = datetime.now()
    with reached(**where) as service:
        if job is None:
            found, more = _of_queues(service, wanted, queues, limit)
        else:
            found, more = _of_family(service, job, wanted, limit)
    if as_json:
        print(json.dumps({"jobs": found}, indent=2))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        _print(rows.table(rows.JOBS, [rows.of_job(each, now) for each in found], width))
        if job is not None and len(found) == 1:
            attempts = list(rows.of_attempts(found[0], now))
            _print(["", *rows.table(rows.ATTEMPTS, attempts, width)] if attempts else [])
    if more:
        click.echo(f"There are more: of each status in a queue, {limit} are shown (--limit).", err=True)


def _of_queues(
    service: Service, wanted: list[Status], queues: tuple[str, ...], limit: int
) -> tuple[list[dict[str, Any]], bool]:
    ids: dict[str, None] = {}
    more = False
    for queue in queues or service.queues():
        listed, beyond = service.listed(wanted, limit, jobQueue=queue)
        ids |= dict.fromkeys(listed)
        more |= beyond
    found = [each for each in service.described(list(ids)) if each["status"] in wanted]
    return sorted(found, key=lambda each: each.get("createdAt") or 0), more


def _of_family(service: Service, job: str, wanted: list[Status], limit: int) -> tuple[list[dict[str, Any]], bool]:
    parent = service.job(job)
    if (parent.get("arrayProperties") or {}).get("size"):
        selector = {"arrayJobId": job}
    elif (parent.get("nodeProperties") or {}).get("numNodes") and not parent.get("nodeDetails"):
        selector = {"multiNodeJobId": job}
    else:
        return [parent], False
    ids, more = service.listed(wanted, limit, **selector)
    found = [each for each in service.described(ids) if each["status"] in wanted]
    return [parent, *sorted(found, key=_place)], more


def _place(job: dict[str, Any]) -> int:
    """Where a job stands among its siblings."""
    array, node = job.get("arrayProperties") or {}, job.get("nodeDetails") or {}
    return array.get("index") or node.get("nodeIndex") or 0


def _print(lines: Any) -> None:
    for line in lines:
        print(line)
