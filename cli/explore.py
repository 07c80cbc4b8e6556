"""`batchproof explore`: all lives of a job, and what is true of every one."""

from __future__ import annotations

import sys

import click

from .completing import values


@click.command()
@click.option("--attempts", type=click.IntRange(1, 10), default=3, show_default=True, help="retryStrategy.attempts.")
@click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=values.readings,
    help="Explore under another reading.",
)
def explore(attempts: int, readings: tuple[str, ...]) -> None:
    """
    Enumerate every life of a job by running the machine, and check all its properties.

    Exit status: 0 when every property holds, 1 otherwise.
    """
    from ..model.explore import explore as enumerate_lives
    from ..model.properties import ALWAYS, EVENTUALLY, POSSIBLE, SOMETIMES, broken
    from ..model.readings import parse, valuation

    try:
        chosen = valuation(parse(readings))
    except ValueError as trouble:
        raise click.UsageError(str(trouble)) from None
    graph = enumerate_lives(attempts, chosen)
    print(f"{attempts} attempts: {len(graph.configurations)} configurations, {len(graph.edges)} edges")
    longest = max(graph.prefixes, key=len)
    print(f"furthest configuration: {len(longest)} events: {' '.join(longest)}")
    findings = broken(graph)
    bad = {finding.says.removeprefix("never: ").removeprefix("not eventually: ") for finding in findings}
    for kind, properties in (
        ("always", ALWAYS),
        ("possible", POSSIBLE),
        ("sometimes", SOMETIMES),
        ("eventually", EVENTUALLY),
    ):
        for item in properties:
            if graph.attempts < getattr(item, "attempts", 1):
                continue
            mark = "BROKEN" if item.says in bad else "holds"
            print(f"{mark:7} {kind:10}  {item.says}  [{' '.join(item.rules)}]")
    for finding in findings:
        print(f"BROKEN  {finding.says}\n        {finding.where} after: {' '.join(finding.life)}")
    sys.exit(1 if findings else 0)
