"""`batchproof serve`: AWS Batch on this machine, whose jobs are real processes."""

from __future__ import annotations

import logging
import math
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..model.limits import RETENTION_DAYS
from .completing import values
from .nothing_done import NothingDone

EXAMPLE = """
\b
Example, in two terminals:
  $ batchproof serve --quickstart
  $ export AWS_ENDPOINT_URL_BATCH=http://127.0.0.1:4590 AWS_DEFAULT_REGION=us-east-1
  $ export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  $ aws batch submit-job --job-name hello --job-queue quickstart --job-definition quickstart
  $ aws batch list-jobs --job-queue quickstart --job-status SUCCEEDED
"""


UNSIGNED = " AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"


def _number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    if math.isnan(value):  # it is in every range: no comparison with it holds
        raise click.BadParameter("nan is not a number")
    return value


def _delay(option: str, help: str) -> Callable[[Any], Any]:
    """An option that makes a slow service, which is a right one: the rule that its help names allows it."""
    return click.option(option, default="0", metavar="S|LOW-HIGH", help=help)


def _located(context: click.Context, parameter: click.Parameter, text: str | None) -> Any:
    from ..reference_impl.located import NotThere, located

    try:
        return None if text is None else located(text)
    except NotThere as failure:
        raise click.BadParameter(str(failure)) from None


def _open(context: click.Context, parameter: click.Parameter, descriptor: int | None) -> int | None:
    if descriptor is not None:
        try:
            os.set_inheritable(descriptor, False)  # jobs must not hold it open
        except OSError as failure:
            raise click.BadParameter(f"{descriptor}: {failure.strerror}") from None
    return descriptor


@click.command(epilog=EXAMPLE)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=4590, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for all that is kept, so that a next server goes on from there; a job's output is in"
    " jobs/JOB/ATTEMPT/out.  [default: a temporary one, removed at the end]",
)
@click.option("--leave-running", is_flag=True, help="Let jobs go on when the server stops, for the next one on --data.")
@click.option("--quickstart", is_flag=True, help="Create a compute environment, queue and job definition `quickstart`.")
@click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=values.readings,
    help="Answer a question that AWS's documents leave open in another way than the default.",
)
@click.option(
    "--grace-s",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 86400),
    callback=_number,
    help="Seconds from SIGTERM to SIGKILL.",
)
@click.option(
    "--retain-days",
    default=float(RETENTION_DAYS),
    show_default=True,
    type=click.FloatRange(0, 36500, min_open=True),
    callback=_number,
    help="Days after which a job that has ended is forgotten, with its output. AWS promises 7 or more.",
)
@click.option(
    "--events",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to which a JSON line is added for every move of a job, as EventBridge would get it.",
)
@click.option(
    "--credentials",
    "credentials_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File like ~/.aws/credentials: only requests signed with one of its keys are served, and any --host may be.",
)
@click.option(
    "--user",
    metavar="NAME",
    help="Run jobs as this account of the machine, to which the server's own files are closed; for a server that runs"
    " as root.  [default: jobs run as the server does]",
)
@_delay("--slow-start", "A container comes up S seconds after its job was placed: it is STARTING meanwhile (ST-07).")
@_delay(
    "--late-stop",
    "SIGTERM is sent S seconds after an accepted TerminateJob or a timeout; isTerminated shows at once (TERM-06, TO-05).",
)
@_delay(
    "--late-cancel",
    "CancelJob and CancelJobs are answered at once, and take effect S seconds later as a whole (CANCEL-08, CANCEL-22)."
    " Not with --data.",
)
@_delay(
    "--late-terminate",
    "TerminateJob and TerminateJobs are answered at once, and take effect S seconds later as a whole (TERM-05, TERM-06)."
    " Not with --data.",
)
@click.option("--seed", default=0, show_default=True, help="Of the numbers that are drawn where LOW-HIGH is given.")
@click.option(
    "--verbose", "-v", is_flag=True, help="Say every move of a job on standard error: which, from where to where, why."
)
@click.option(
    "--table", metavar="MODULE:NAME", hidden=True, callback=_located, help="Run another table of moves: a wrong server."
)
@click.option(
    "--server", metavar="MODULE:NAME", hidden=True, callback=_located, help="Change the server's parts: a wrong server."
)
@click.option("--stop-on-eof", is_flag=True, hidden=True, help="Stop in order when standard input closes.")
@click.option(
    "--ready-fd",
    type=click.IntRange(3),
    hidden=True,
    callback=_open,
    help="Descriptor to which the URL and a newline are written once connections are accepted; it is closed then.",
)
def serve(stop_on_eof: bool, ready_fd: int | None, verbose: bool, **options: Any) -> None:
    """Serve AWS Batch on this machine; jobs are real processes.

    Any client of AWS Batch works with it: point AWS_ENDPOINT_URL_BATCH at the address that is printed. A job's command
    runs as a process of your own user, or of --user, in a folder of its own; its container image is remembered and not used.
    Ctrl-C stops the server and every job. With --data the next server on the folder goes on: a job that was stopped
    has lost its host, and is tried again if it has attempts left. After a crash running jobs are still there.
    """
    from ..reference_impl.foreground import serve_in_foreground
    from ..reference_impl.settings import Settings, Unservable, of_options
    from .moves import Moves

    def ready(url: str, guarantee: str) -> None:
        print(f"batchproof serves AWS Batch at {url}", flush=True)
        print(
            f"export AWS_ENDPOINT_URL_BATCH={url} AWS_ENDPOINT_URL_CLOUDWATCH_LOGS={url}\n"
            f"export AWS_DEFAULT_REGION=us-east-1{'' if settings.keys else UNSIGNED}",
            flush=True,
        )
        if settings.quickstart:
            print(
                "\n# Try: aws batch submit-job --job-name hello --job-queue quickstart --job-definition quickstart",
                flush=True,
            )
        print(guarantee, flush=True)

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # Below an error it only says that bytes came which were no HTTP: anybody could fill a log with that.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    moves = Moves() if verbose else None
    try:
        settings: Settings = of_options(**options, environment=os.environ)
        if moves:
            settings = replace(settings, watcher=moves.hear)
        serve_in_foreground(settings, ready=ready, ready_fd=ready_fd, stop_on_eof=stop_on_eof)
    except Unservable as failure:
        raise NothingDone(str(failure)) from None
    finally:
        if moves:
            moves.close()
