"""`batchproof judge`: recorded histories, judged again by the specification of today."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("histories", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--require-reading", "readings", multiple=True, metavar="NAME=VALUE", help="Make one reading a rule.")
@click.option(
    "--lagging-reads", is_flag=True, help="Do not take for granted that DescribeJobs shows how things are now."
)
def judge(histories: tuple[Path, ...], readings: tuple[str, ...], lagging_reads: bool) -> None:
    """
    Judge HISTORIES (history.jsonl files of `check --report`, or its folders) again.

    What is judged is the life of each job. What a service answered to a list or refused is in report.json alone.

    Exit status: 0 when every job is explained, 1 when one is not, 2 when a file is no history.
    """
    from ..conformance.judging.history import Assumptions, judged, read
    from ..conformance.judging.verdict import excuses, story
    from ..model.readings import parse

    assume = Assumptions(fresh_reads=not lagging_reads)
    jobs = unexplained = 0
    try:
        required = parse(readings)
        for path in histories:
            path = path / "history.jsonl" if path.is_dir() else path
            for job, events in read(path).items():
                monitor = judged(events, assume, required)
                if monitor is None:
                    continue
                jobs += 1
                if monitor.verdict:
                    unexplained += 1
                    print(f"{job}  DIVERGES\n  expected  {' or '.join(monitor.verdict.allowed)}")
                    print(f"  observed  {monitor.verdict.saw}")
                    print("\n".join(f"  {line}" for line in story(events)))
                    for excuse in excuses(events, assume, required):
                        print(f"  excused if  {excuse}")
            if not jobs:
                raise ValueError(f"{path} holds no job")
    except (OSError, ValueError) as trouble:
        print(f"batchproof judge: {trouble}", file=sys.stderr)
        sys.exit(2)
    print(f"{jobs} jobs: {jobs - unexplained} explained, {unexplained} not by some life of the table")
    sys.exit(1 if unexplained else 0)
