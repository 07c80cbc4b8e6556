"""A start on a folder with very many jobs that have ended: how long it takes, what it needs, and how soon one of them is shown.

The jobs are copies of one that was run, put into the store by the store's own code. They have no output on the disk.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec.structs import replace

from batchproof.reference_impl.deciding.records import (  # pyright: ignore[reportMissingImports] - its folder has another name
    Job,
)
from batchproof.reference_impl.keeping.store import (  # pyright: ignore[reportMissingImports]
    Database,
)

from . import services
from .bench import Bench
from .results import Result

START_S = 5.0
RESIDENT_MB = 300.0
SHOWN_MS = 250.0

TOGETHER = 20_000
"""So many jobs are put by one transaction."""


def measure(bench: Bench) -> list[Result]:
    count, data = bench.size.ended, bench.data("ended")
    with services.batchproof(bench.programs, data) as service:
        (job_id,) = service.fill(1)
    bench.say(f"  storing {count} jobs")
    ids = asyncio.run(_multiply(data / "state.sqlite", job_id, count))
    nothing = bench.data("nothing")
    starts: list[tuple[float, float]] = []
    for _ in range(bench.size.runs):
        starts.append((_start_s(data), _start_s(nothing)))
        bench.say(f"  started after {starts[-1][0]:.2f} s, on an empty folder after {starts[-1][1]:.2f} s")
    with services.running(services.command(data)) as (url, child):
        service = services.Service(url, bench.programs)
        at_start_mb = _resident_mb(child.pid)
        began_s = time.monotonic()
        shown = service.call("DescribeJobs", jobs=ids)["jobs"]
        describe_ms = (time.monotonic() - began_s) * 1000
        began_s = time.monotonic()
        page = service.call("ListJobs", jobQueue=services.NAME, jobStatus="SUCCEEDED", maxResults=100)
        list_ms = (time.monotonic() - began_s) * 1000
        service.submit(1, connections=1).wait()
        service.wait_until_ended()
        after_mb = _resident_mb(child.pid)
    ours_s, empty_s = (sorted(times)[len(times) // 2] for times in zip(*starts, strict=True))
    all_there = len(shown) == len(ids) and len(page["jobSummaryList"]) == min(100, count)
    size_mb = (data / "state.sqlite").stat().st_size / 1e6
    return [
        Result(
            f"a start with {count:,} ended jobs in the store ({size_mb:,.0f} MB)",
            f"{ours_s:.2f} s",
            f"{empty_s:.2f} s on an empty folder",
            f"{ours_s / empty_s:.2f}",
            f"≤ {START_S:g} s",
            ours_s <= START_S,
        ),
        Result(
            "its memory then, and after reads and a job",
            f"{at_start_mb:.0f} MB, {after_mb:.0f} MB",
            "",
            "",
            f"≤ {RESIDENT_MB:g} MB",
            max(at_start_mb, after_mb) <= RESIDENT_MB,
        ),
        Result(
            f"DescribeJobs of {len(ids)} of them, and a page of 100, the first time",
            f"{describe_ms:.1f} ms, {list_ms:.1f} ms",
            "",
            "",
            f"≤ {SHOWN_MS:g} ms",
            all_there and max(describe_ms, list_ms) <= SHOWN_MS,
        ),
    ]


async def _multiply(file: Path, job_id: str, count: int) -> list[str]:
    """Have the store hold `count` jobs, and return the ids of up to 100 of them."""
    failures: list[Exception] = []
    store = Database(file, failures.append)
    model = store.ended.job(job_id)
    assert model is not None
    ids: list[str] = []
    for start in range(1, count, TOGETHER):
        for number in range(start, min(count, start + TOGETHER)):
            copy = _copy(model, number)
            if number % max(1, count // 100) == 0:
                ids.append(copy.id)
            store.save(copy)
        done = asyncio.Event()
        store.commit(done.set)
        await done.wait()
    store.close()
    if failures:
        raise failures[0]
    return (ids or [job_id])[:100]


def _copy(job: Job, number: int) -> Job:
    copy: Any = replace(job, order=replace(job.order, id=str(uuid4())), ordinal=job.ordinal + number)
    return copy


def _start_s(data: Path) -> float:
    began_s = time.monotonic()
    with services.running(services.command(data)):
        return time.monotonic() - began_s


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024 / 1e6
