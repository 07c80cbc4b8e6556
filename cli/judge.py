"""`batchproof judge`: recorded histories, judged again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .completing import values
from .nothing_done import NothingDone


@click.command()
@click.argument("histories", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--require-reading",
    "readings",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=values.readings,
    help="Make one reading a rule.",
)
@click.option(
    "--lagging-reads", is_flag=True, help="Do not take for granted that DescribeJobs shows how things are now."
)
def judge(histories: tuple[Path, ...], readings: tuple[str, ...], lagging_reads: bool) -> None:
    """
    Judge HISTORIES (history.jsonl files of `check --report`, or its folders) again.

    What is judged is the life of each job, as the file says that it was judged when it was made. What a service answered
    to a list or refused is in report.json alone.

    Exit status: 0 when every job is explained, 1 when one is not, 2 when a file is no history.
    """
    from dataclasses import replace

    from ..conformance.judging.history import read
    from ..conformance.judging.telling import excused, story
    from ..conformance.judging.verdict import violation
    from ..model.readings import parse

    jobs = unexplained = 0
    try:
        required = parse(readings)
        for path in histories:
            path = path / "history.jsonl" if path.is_dir() else path
            for section in read(path).sections:
                assume = section.variant.assumptions
                if lagging_reads:
                    assume = replace(assume, fresh_reads=False)
                for label, life in section.jobs().items():
                    jobs += 1
                    found = violation({label: life}, assume, {**section.variant.readings, **required})
                    if found is not None:
                        unexplained += 1
                        print(f"{label}  DIVERGES\n  expected  {found.expected}\n  observed  {found.observed}")
                        print("\n".join(f"  {line}" for line in story(found.happenings)))
                        for excuse in found.excuses:
                            print(f"  excused if  {excused(excuse)}")
            if not jobs:
                raise ValueError(f"{path} holds no job")
    except (OSError, ValueError) as trouble:
        raise NothingDone(str(trouble)) from None
    print(f"{jobs} jobs: {jobs - unexplained} explained, {unexplained} not by some life of the table")
    sys.exit(1 if unexplained else 0)
