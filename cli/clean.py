"""`batchproof clean`: take back what a run has made and did not end itself."""

from __future__ import annotations

from pathlib import Path

import click

from .nothing_done import NothingDone, because


@click.command()
@click.argument("made", type=click.Path(exists=True, path_type=Path))
@click.option("--profile", metavar="NAME", help="Profile of ~/.aws to take credentials from.")
@click.option("--ca-bundle", metavar="FILE", help="Certificates to trust for HTTPS.")
def clean(made: Path, profile: str | None, ca_bundle: str | None) -> None:
    """
    End the jobs, and delete the queues, environments and definitions, that a run of check has left behind.

    MADE is its list, made.jsonl, or the folder of --report with one in it. A run that could not clean up names the list in
    its first line. Nothing is touched that is not in it.

    \b
      batchproof clean out
      batchproof clean ~/.local/state/batchproof/made-20261124T211500.000000.jsonl

    Exit status: 0 when nothing is left, 2 when something is.
    """
    from ..conformance.steps.cleaning import NoList, cleaned

    path = made / "made.jsonl" if made.is_dir() else made
    try:
        gone, there = cleaned(path, profile=profile, ca_bundle=ca_bundle)
    except OSError as trouble:
        raise because(trouble) from None
    except NoList as trouble:
        raise NothingDone(str(trouble)) from None
    for line in gone:
        click.echo(f"gone   {line}")
    for line in there:
        click.echo(f"left   {line}")
    click.echo(f"{len(gone)} taken back, {len(there)} left")
    if there:
        raise click.exceptions.Exit(2)
