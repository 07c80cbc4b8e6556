"""`batchproof serve`: AWS Batch on this machine, whose jobs are real processes."""

from __future__ import annotations

import asyncio
import importlib
import logging
import math
import os
import re
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from ..model.limits import RETENTION_DAYS

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


class _Refused(click.ClickException):
    """One line that says why nothing is served."""

    exit_code = 2


def _number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    if math.isnan(value):  # it is in every range: no comparison with it holds
        raise click.BadParameter("nan is not a number")
    return value


def _located(text: str) -> Any:
    """What MODULE:NAME, or MODULE:NAME[KEY] in a mapping, names."""
    found = re.fullmatch(r"([\w.]+):([\w.]+)(?:\[(.+)\])?", text)
    if found is None:
        raise click.BadParameter(f"{text!r} is not MODULE:NAME, as in package.module:name")
    module, name, key = found.groups()
    try:
        thing: Any = importlib.import_module(module)
        for part in name.split("."):
            thing = getattr(thing, part)
        return thing if key is None else thing[key]
    except (ImportError, AttributeError, LookupError) as failure:
        raise click.BadParameter(f"{text!r} is not there: {failure!r}") from None


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
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File like ~/.aws/credentials: only requests signed with one of its keys are served, and any --host may be.",
)
@click.option(
    "--user",
    metavar="NAME",
    help="Run jobs as this account of the machine, to which the server's own files are closed; for a server that runs"
    " as root.  [default: jobs run as the server does]",
)
@click.option("--table", metavar="MODULE:NAME", hidden=True, help="Run another table of moves: a wrong server.")
@click.option("--server", metavar="MODULE:NAME", hidden=True, help="Change the server's parts: a wrong server.")
@click.option("--stop-on-eof", is_flag=True, hidden=True, help="Stop in order when standard input closes.")
def serve(
    host: str,
    port: int,
    data: Path | None,
    leave_running: bool,
    quickstart: bool,
    readings: tuple[str, ...],
    grace_s: float,
    retain_days: float,
    events: Path | None,
    credentials: Path | None,
    user: str | None,
    table: str | None,
    server: str | None,
    stop_on_eof: bool,
) -> None:
    """Serve AWS Batch on this machine; jobs are real processes.

    Any client of AWS Batch works with it: point AWS_ENDPOINT_URL_BATCH at the address that is printed. A job's command
    runs as a process of your own user, or of --user, in a folder of its own; its container image is remembered and not used.
    Ctrl-C stops the server and every job. With --data the next server on the folder goes on: a job that was stopped
    has lost its host, and is tried again if it has attempts left. After a crash running jobs are still there.
    """
    from ..model.machine import LIFECYCLE, Lifecycle
    from ..model.readings import parse, valuation
    from ..reference_impl.http.access import is_loopback
    from ..reference_impl.http.credentials import KEY_ID, SECRET, UnreadableCredentials, of_environment, of_file
    from ..reference_impl.keeping.store import UnreadableStore
    from ..reference_impl.running.accounts import Unusable, named
    from ..reference_impl.running.processes import Taken
    from ..reference_impl.serving import DAY_S, Settings, StoreFailed, bound, run, url_of

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # Below an error it only says that bytes came which were no HTTP: anybody could fill a log with that.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    try:
        keys = of_environment(os.environ) | (of_file(credentials) if credentials is not None else {})
    except UnreadableCredentials as failure:
        raise _Refused(f"no credentials: {failure}") from None
    if not keys and not is_loopback(f"[{host}]" if ":" in host else host):
        raise _Refused(
            f"--host is {host}: beyond loopback addresses callers must sign, so give --credentials, "
            f"or {KEY_ID} and {SECRET} in the environment"
        )
    if leave_running and data is None:
        raise _Refused("--leave-running is given without --data: there is no next server on a temporary folder")
    try:
        account = None if user is None else named(user)
    except Unusable as failure:
        raise _Refused(f"--user: {failure}") from None
    try:
        chosen = valuation(parse(readings))
    except ValueError as failure:
        raise _Refused(f"--reading: {failure}") from None
    lifecycle = LIFECYCLE
    if table is not None:
        moves = _located(table)
        lifecycle = Lifecycle(moves if isinstance(moves, Iterable) else moves())
    settings = Settings(
        host="127.0.0.1" if host == "localhost" else host,
        port=port,
        data=data,
        readings=chosen,
        grace_s=grace_s,
        retain_s=retain_days * DAY_S,
        leave_running=leave_running,
        events=events,
        keys=keys or None,
        account=account,
        lifecycle=lifecycle,
        wrong=None if server is None else _located(server),
    )
    try:
        opened = bound(settings)
    except OSError as failure:
        raise _Refused(f"cannot listen on {host}, port {port}: {failure.strerror}") from None
    with opened:
        try:
            run(_serve(settings, opened, url_of(opened), quickstart, stop_on_eof))
        except Unusable as failure:
            raise _Refused(f"--user: {failure}") from None
        except (Taken, UnreadableStore, StoreFailed) as failure:
            raise _Refused(f"--data: {failure}") from None


async def _serve(settings: Any, opened: Any, url: str, quickstart: bool, stop_on_eof: bool) -> None:
    from ..reference_impl.http.asgi import Application
    from ..reference_impl.quickstart import create
    from ..reference_impl.running.processes import guarantee
    from ..reference_impl.serving import serve as serve_on

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if stop_on_eof:
        _watch_input(loop, stop)

    async def ready(application: Application) -> None:
        if quickstart:
            await create(application)
        print(f"batchproof serves AWS Batch at {url}", flush=True)
        print(
            f"export AWS_ENDPOINT_URL_BATCH={url} AWS_ENDPOINT_URL_CLOUDWATCH_LOGS={url}\n"
            f"export AWS_DEFAULT_REGION=us-east-1{'' if settings.keys else UNSIGNED}",
            flush=True,
        )
        if quickstart:
            print(
                "\n# Try: aws batch submit-job --job-name hello --job-queue quickstart --job-definition quickstart",
                flush=True,
            )
        print(guarantee(settings.account), flush=True)

    await serve_on(settings, opened, stop=stop, ready=ready)


def _watch_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    def read() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            stop.set()

    try:
        loop.add_reader(0, read)
    except (OSError, ValueError):  # a file, or nothing at all: its end has come already
        stop.set()
