"""Jobs as lines of a table: of what DescribeJobs shows, what a person wants to know first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from textwrap import wrap
from typing import Any, NamedTuple

from ...model.status import FAILED, RUNNING, SUCCEEDED, Status

Job = Mapping[str, Any]
"""A JobDetail."""

GAP = "  "
INDENT = "    "
ENDED = (SUCCEEDED, FAILED)


class Row(NamedTuple):
    """A line. `note` says what the other columns cannot, and may be empty."""

    cells: tuple[str, ...]
    note: str = ""


JOBS = ("JOB", "STATUS", "SINCE", "NAME")
ATTEMPTS = ("ATTEMPT", "STARTED", "STOPPED", "EXIT")


def of_job(job: Job, now: datetime) -> Row:
    """
    The line of a job.

    SINCE is when it started or stopped; of a job that waits, when its last attempt stopped, else when it was submitted: that
    is all that the API tells.
    """
    return Row((job["jobId"], job["status"], at(_since_ms(job), now), job["jobName"]), note(job))


def of_attempts(job: Job, now: datetime) -> Iterator[Row]:
    """A line for each attempt that has begun."""
    for number, attempt in enumerate(job.get("attempts") or (), 1):
        container = attempt.get("container") or {}
        code = container.get("exitCode")
        times = (at(attempt.get(name), now) for name in ("startedAt", "stoppedAt"))
        why = container.get("reason") or attempt.get("statusReason") or ""
        yield Row((str(number), *times, "-" if code is None else str(code)), printable(why))


def note(job: Job) -> str:
    """
    What else there is to say of a job in a few words.

    >>> note({"status": "FAILED", "container": {"exitCode": 3}, "retryStrategy": {"attempts": 3},
    ...       "attempts": [{"stoppedAt": 1}] * 3, "statusReason": "Essential container in task exited"})
    'exit 3, 3 of 3 attempts: Essential container in task exited'
    >>> note({"status": "PENDING", "arrayProperties": {"size": 3, "statusSummary": {"RUNNING": 1, "SUCCEEDED": 2, "FAILED": 0}}})
    'array of 3: 1 RUNNING, 2 SUCCEEDED'
    >>> note({"status": "RUNNING", "isTerminated": True})
    'terminate accepted'
    >>> note({"status": "SUCCEEDED", "statusReason": "Essential container in task exited", "container": {"exitCode": 0}})
    ''
    """
    ended = job["status"] in ENDED
    facts = [*_family(job), *asked(job)]
    if ended and exit_code(job):
        facts.append(f"exit {exit_code(job)}")
    stopped = len([attempt for attempt in job.get("attempts") or () if attempt.get("stoppedAt")])
    wanted = (job.get("retryStrategy") or {}).get("attempts") or 1
    if stopped and (wanted > 1 or stopped > 1):
        facts.append(f"{stopped} of {wanted} attempts" + ("" if ended else " failed"))
    return ": ".join(part for part in (", ".join(facts), reason(job)) if part)


def end(job: Job) -> str:
    """
    How a job has ended.

    >>> end({"status": "SUCCEEDED", "container": {"exitCode": 0}, "statusReason": "Essential container in task exited"})
    'SUCCEEDED, exit status 0'
    >>> end({"status": "FAILED", "isCancelled": True, "statusReason": "changed my mind"})
    'FAILED, cancelled, no exit status: changed my mind'
    """
    code = exit_code(job)
    facts = [job["status"], *asked(job), "no exit status" if code is None else f"exit status {code}"]
    return ": ".join(part for part in (", ".join(facts), reason(job)) if part)


def asked(job: Job) -> Iterator[str]:
    """What a caller has asked for: a cancel or a terminate."""
    ended = job["status"] in ENDED
    if job.get("isTerminated"):
        yield "terminated" if ended else "terminate accepted"
    elif job.get("isCancelled"):
        yield "cancelled" if ended else "cancel accepted"


def exit_code(job: Job) -> int | None:
    """Of a job's last attempt; None where it had none."""
    return (job.get("container") or {}).get("exitCode")


def reason(job: Job) -> str:
    """
    Why a job is where it is, and what its host said of that; a success needs none.

    >>> reason({"status": "FAILED", "statusReason": "Task failed to start", "container": {"reason": "sh: not found"}})
    'Task failed to start: sh: not found'
    """
    if job["status"] == SUCCEEDED:
        return ""
    said = (job.get("statusReason"), (job.get("container") or {}).get("reason"))
    return printable(": ".join(filter(None, said)))


def _family(job: Job) -> Iterator[str]:
    array, nodes = job.get("arrayProperties") or {}, job.get("nodeProperties") or {}
    if array.get("size"):
        summary = array.get("statusSummary") or {}
        counts = ", ".join(f"{summary[status]} {status}" for status in Status if summary.get(status))
        yield f"array of {array['size']}" + (f": {counts}" if counts else "")
    elif nodes.get("numNodes") and not job.get("nodeDetails"):
        yield f"{nodes['numNodes']} nodes"


def _since_ms(job: Job) -> int | None:
    if job["status"] in ENDED:
        return job.get("stoppedAt")
    if job["status"] == RUNNING:
        return job.get("startedAt")
    stops = [attempt["stoppedAt"] for attempt in job.get("attempts") or () if attempt.get("stoppedAt")]
    return max(stops, default=job.get("createdAt"))


def at(time_ms: int | None, now: datetime) -> str:
    """
    A time as a local clock shows it, with its day unless that is today's.

    >>> at(None, datetime(2026, 11, 22))
    '-'
    >>> at(1000 * int(datetime(2026, 11, 22, 9, 5, 7).timestamp()), datetime(2026, 11, 22, 23, 0))
    '09:05:07'
    >>> at(1000 * int(datetime(2026, 11, 21, 9, 5, 7).timestamp()), datetime(2026, 11, 22, 23, 0))
    '2026-11-21 09:05'
    """
    if not time_ms:
        return "-"
    when = datetime.fromtimestamp(time_ms / 1000)
    return when.strftime("%H:%M:%S" if when.date() == now.date() else "%Y-%m-%d %H:%M")


def printable(text: str) -> str:
    r"""
    A text that others wrote, in one line and without anything that a terminal would obey.

    >>> printable("two\nlines \x1b[2J")
    'two lines ?[2J'
    """
    return "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))


def table(head: Sequence[str], rows: Sequence[Row], width: int | None = None) -> Iterator[str]:
    """
    The lines of a table. Notes stand at the ends of their lines, or all of them below, where a line would be wider than
    `width`; then what is too wide is cut, too. Without a width nothing is.
    """
    columns = [max(len(row.cells[index]) for row in (Row(tuple(head)), *rows)) for index in range(len(head))]
    lines = [GAP.join(cell.ljust(column) for cell, column in zip(row.cells, columns, strict=True)) for row in rows]
    beside = width is None or all(len(line + GAP + row.note) <= width for line, row in zip(lines, rows, strict=True))
    yield GAP.join(name.ljust(column) for name, column in zip(head, columns, strict=True)).rstrip()
    for line, row in zip(lines, rows, strict=True):
        if beside:
            yield f"{line}{GAP}{row.note}".rstrip()
        else:
            yield _cut(line.rstrip(), width)
            yield from wrap(row.note, width, initial_indent=INDENT, subsequent_indent=INDENT) if width else ()


def _cut(line: str, width: int | None) -> str:
    return line if width is None or len(line) <= width else line[: width - 1] + "…"
