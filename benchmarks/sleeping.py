"""Jobs that only sleep, as many as are promised to run at once, while the server goes on answering; then all are terminated."""

from __future__ import annotations

import time

from . import services
from .bench import Bench
from .results import Result

GRACE_S = 30
"""Of TerminateJobs: `sleep` ends at the SIGTERM, so it is the most that could be needed."""

MORE_S = 10
"""Beyond the grace time so long may the end of all of them take."""


def measure(bench: Bench) -> list[Result]:
    wanted = bench.size.sleepers
    with services.batchproof(bench.programs, bench.data("sleeping"), vcpus=wanted) as service:
        service.define("sleep", ["sleep", "3600"])
        began_s = time.monotonic()
        service.submit(wanted, connections=8, definition="sleep").wait()
        for status in ("SUBMITTED", "RUNNABLE", "STARTING"):
            while service.any_in(status):
                time.sleep(services.LOOK_S)
        started_s = time.monotonic() - began_s
        ids = service.ids("RUNNING")
        bench.say(f"  {len(ids)} run after {started_s:.1f} s")
        describe = service.encoded("DescribeJobs", jobs=ids[:1])
        answering = service.load(describe, connections=1, s=bench.size.s, pause_us=2000).wait()
        fifties = [
            service.encoded("TerminateJobs", jobs=ids[start : start + 50], reason="measured")
            for start in range(0, len(ids), 50)
        ]
        began_s = time.monotonic()
        service.load(*fifties, connections=1, count=len(fifties)).wait()
        asked_s = time.monotonic() - began_s
        while service.any_in("RUNNING"):
            time.sleep(services.LOOK_S)
        ended_s = time.monotonic() - began_s
        failed = len(service.ids("FAILED"))
    bench.say(f"  {failed} FAILED {ended_s:.1f} s after the first TerminateJobs")
    return [
        Result(
            f"{wanted:,} jobs that sleep at once, the server still answering",
            f"{len(ids):,} after {started_s:.1f} s",
            f"DescribeJobs {answering.median_us:,} µs (99 %: {answering.p99_us:,} µs)",
            "",
            f"{wanted:,}",
            len(ids) == wanted,
        ),
        Result(
            "all of them terminated, 50 a call",
            f"none left after {ended_s:.1f} s",
            f"the calls took {asked_s:.1f} s",
            "",
            f"≤ {GRACE_S + MORE_S} s",
            failed == wanted and ended_s <= GRACE_S + MORE_S,
        ),
    ]
