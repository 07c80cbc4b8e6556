"""Jobs a second, from SubmitJob over HTTP to SUCCEEDED, everything kept on the disk; against a loop in C.

64 connections submit, each as soon as its last submission was acknowledged, and there is room for 64 jobs at once. The
clock runs from the first submission until no job is left that has not ended. The loop keeps 64 processes at once.

Beside it GNU parallel, where it is installed, with a job log: the log is written as jobs end, and is not brought to the disk.
It begins fewer than 64 at once, since starting one takes it longer than the job lasts.
"""

from __future__ import annotations

import time
from shutil import which

from . import services
from .bench import Bench
from .results import Result, compared

AT_ONCE = 64


def measure(bench: Bench) -> list[Result]:
    with services.batchproof(bench.programs, bench.data("throughput"), vcpus=AT_ONCE) as service:

        def ours() -> float:
            began_s = time.monotonic()
            service.submit(bench.size.jobs, connections=AT_ONCE).wait()
            service.wait_until_ended()
            return bench.size.jobs / (time.monotonic() - began_s)

        def loop() -> float:
            return bench.programs.spawned_per_s(bench.size.jobs, AT_ONCE, "/bin/true")

        def parallel() -> float:
            return bench.programs.parallel_per_s(max(40, bench.size.jobs // 6), AT_ONCE, "/bin/true") or 0.0

        figures = bench.paired(ours, loop)
        beside = bench.paired(ours, parallel) if which("parallel") else None
        if beside is None:
            bench.say("  GNU parallel is not installed: skipped")
    what = "durable jobs/s over HTTP, `/bin/true`, 64 at once; against a posix_spawn+waitpid loop in C"
    results = [compared(what, *figures, unit="jobs/s", at_least=0.6)]
    if beside is not None:
        what = "the same; against GNU parallel with a job log, `--jobs 64`"
        results.append(compared(what, *beside, unit="jobs/s", at_least=1))
    return results
