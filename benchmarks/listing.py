"""A page of 100 of ListJobs with many jobs stored, against what moto's server answers to the same: all of them."""

from __future__ import annotations

from .bench import Bench
from .results import Result, compared
from .services import NAME


def measure(bench: Bench) -> list[Result]:
    many = bench.size.many

    def rate(name: str) -> float:
        service, _ = bench.filled(name, many)
        page = service.encoded("ListJobs", jobQueue=NAME, jobStatus="SUCCEEDED", maxResults=100)
        return service.load(page, connections=1, s=bench.size.s / bench.size.looks).wait().per_s

    figures = bench.paired(lambda: rate("batchproof"), lambda: rate("moto"), bench.size.looks)
    what = f"ListJobs, a page of 100 of {many:,} jobs; against moto_server's list"
    return [compared(what, *figures, unit="/s", at_least=20)]
