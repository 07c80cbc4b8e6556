"""`batchproof logs`: what a job prints."""

from __future__ import annotations

import sys

import click

from .completing import values
from .looking.service import reached, reaching


@click.command()
@click.argument("job", shell_complete=values.jobs)
@click.option(
    "-f", "--follow", is_flag=True, help="Go on with what is printed, over all attempts, until the job has ended."
)
@click.option("--attempt", type=click.IntRange(1), help="Which one to show, or to begin with.  [default: the newest]")
@reaching
def logs(job: str, follow: bool, attempt: int | None, **where: str | None) -> None:
    """
    Show what JOB has printed: a job's id, for a child of an array with its index (ID:0), for a node with its number (ID#0).

    \b
      batchproof logs JOB -f --url http://127.0.0.1:4590

    What the job printed goes to standard output, what there is to say of it to standard error; -f ends with how the job
    ended. Exit status: 0, however the job ended; 2 if there is no such job.
    """
    from .looking.output import Output

    def show(lines: list[str]) -> None:
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()

    with reached(**where) as service:
        output = Output(service, job, show, lambda said: click.echo(said, err=True))
        (output.follow if follow else output.show)(attempt)
