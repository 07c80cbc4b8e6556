"""
Measures `batchproof serve` against moto's server and a loop in C, side by side in one run, and prints a table.

Each figure is taken after a warm-up, in turn with the one that it is compared with; a line shows the medians of the
runs, and of the ratios of the pairs the median and the spread. The load is `load.c`: encoded before, connections kept
alive. All is kept in the folder for temporary files (TMPDIR), which should be on a real disk.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from . import describing, ended, judging, latency, listing, simulating, sleeping, submitting, throughput
from .bench import FULL, QUICK, Bench
from .programs import NoCompiler, Programs
from .results import Result, table

ROWS: dict[str, Callable[[Bench], list[Result]]] = {
    "throughput": throughput.measure,
    "latency": latency.measure,
    "describe": describing.measure,
    "list": listing.measure,
    "submit": submitting.measure,
    "sleepers": sleeping.measure,
    "judging": judging.measure,
    "ended": ended.measure,
    "simulation": simulating.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"{', '.join(ROWS)}; all where none is named")
    parser.add_argument("--quick", action="store_true", help="tiny numbers: shows that it works, and measures nothing")
    parser.add_argument("--runs", type=int, metavar="N", help="pairs for each figure")
    chosen = parser.parse_args()
    unknown = set(chosen.rows) - ROWS.keys()
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    size = QUICK if chosen.quick else FULL
    if chosen.runs is not None:
        if chosen.runs < 1:
            parser.error(f"--runs is {chosen.runs}: at least 1 is needed")
        size = replace(size, runs=chosen.runs)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    load_before = os.getloadavg()[0]
    results: list[Result] = []
    try:
        with TemporaryDirectory(prefix="batchproof-benchmarks-") as folder:
            place = Path(folder)
            with Bench(size, Programs(place), place) as bench:
                for name in chosen.rows or ROWS:
                    bench.say(f"{name}:")
                    results += ROWS[name](bench)
            print(f"{_machine(place)}; load average at the start {load_before:.1f}; runs: {size.runs}\n")
            print(table(results), flush=True)  # before all that was stored is removed, which takes some time
    except NoCompiler as reason:
        print(reason, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: every process is stopped", file=sys.stderr)
        return 130
    return 0


def _machine(folder: Path) -> str:
    cores = len(os.sched_getaffinity(0))
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return (
        f"{cores} cores ({model}), Linux {platform.release().split('-')[0]}, Python {platform.python_version()}, "
        f"moto {metadata.version('moto')}, data on {_file_system(folder)}"
    )


def _file_system(folder: Path) -> str:
    """The kind of file system a folder is on: on one in memory nothing is durable."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    under = [(len(mount), kind) for _, mount, kind, *_ in mounts if folder.resolve().is_relative_to(mount)]
    return max(under)[1]


if __name__ == "__main__":
    sys.exit(main())
