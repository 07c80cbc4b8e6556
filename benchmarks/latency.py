"""How long a client waits for DescribeJobs while jobs are started as fast as it goes, over what it waits otherwise.

The jobs are there before: the environment is disabled while they are submitted, and enabled when all are.
"""

from __future__ import annotations

from . import services
from .bench import Bench
from .results import Result, compared

PAUSE_US = 2000
"""Between two looks of the client, who is not to be a load of its own."""


def measure(bench: Bench) -> list[Result]:
    with services.batchproof(bench.programs, bench.data("latency")) as service:
        (job_id,) = service.fill(1)
        describe = service.encoded("DescribeJobs", jobs=[job_id])

        def set_state(state: str) -> None:
            service.call("UpdateComputeEnvironment", computeEnvironment=services.NAME, state=state)

        def median_us(s: float) -> float:
            return service.load(describe, connections=1, s=s, pause_us=PAUSE_US).wait().median_us

        def flat_out() -> float:
            set_state("DISABLED")
            service.submit(bench.size.backlog, connections=8).wait()
            set_state("ENABLED")
            found = median_us(bench.size.s / 2)
            if not service.any_in("RUNNABLE") and bench.size.backlog > 1000:
                bench.say("  all jobs had been started before the look was over: too few for this machine")
            service.wait_until_ended()
            return found

        figures = bench.paired(flat_out, lambda: median_us(bench.size.s / 2))
    return [
        compared(
            "median latency of DescribeJobs while jobs start flat out; against idle", *figures, unit="µs", at_most=5
        )
    ]
