"""DescribeJobs of one job, 8 connections: against moto's server, and with many stored jobs against few."""

from __future__ import annotations

from .bench import Bench
from .results import Result, compared

CONNECTIONS = 8
FEW = 100


def measure(bench: Bench) -> list[Result]:
    many = bench.size.many

    def rate(name: str, stored: int) -> float:
        service, ids = bench.filled(name, stored)
        requests = [service.encoded("DescribeJobs", jobs=[job_id]) for job_id in ids]
        return service.load(*requests, connections=CONNECTIONS, s=bench.size.s / bench.size.looks).wait().per_s

    def pair(ours: int, other: str, others: int) -> tuple[list[float], list[float]]:
        return bench.paired(lambda: rate("batchproof", ours), lambda: rate(other, others), bench.size.looks)

    return [
        compared("DescribeJobs of one job; against moto_server", *pair(1, "moto", 1), unit="/s", at_least=10),
        compared(
            f"DescribeJobs with {many:,} jobs stored; against moto_server",
            *pair(many, "moto", many),
            unit="/s",
            at_least=20,
        ),
        compared(
            f"DescribeJobs with {many:,} jobs stored; against {FEW} stored",
            *pair(many, "batchproof", FEW),
            unit="/s",
            at_least=0.9,
        ),
    ]
