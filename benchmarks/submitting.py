"""SubmitJob, acknowledged when it is on the disk, over 4 connections; against moto's, which keeps nothing.

Jobs are not run meanwhile, neither here (there is no room for them) nor there, and each run begins with servers that
hold as many jobs as the other.
"""

from __future__ import annotations

from . import services
from .bench import Bench
from .results import Result, compared

CONNECTIONS = 4


def measure(bench: Bench) -> list[Result]:
    ours = services.batchproof(bench.programs, bench.data("submitting"))
    with ours as here, services.moto(bench.programs) as there:
        here.call("UpdateComputeEnvironment", computeEnvironment=services.NAME, state="DISABLED")
        count = bench.size.jobs // 3
        figures = bench.paired(
            lambda: here.submit(count, CONNECTIONS).wait().per_s, lambda: there.submit(count, CONNECTIONS).wait().per_s
        )
        for status in services.UNENDED:
            while ids := here.ids(status):
                for start in range(0, len(ids), 50):
                    here.call("CancelJobs", jobs=ids[start : start + 50], reason="measured")
    return [compared("durable SubmitJob, 4 connections; against moto_server", *figures, unit="/s", at_least=2)]
