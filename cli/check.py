"""`batchproof check`: run the kit against a service and print the report."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

import click

from ..conformance.asked import Asked, Option, asked
from .completing import values
from .nothing_done import NothingDone

if TYPE_CHECKING:
    from ..conformance.report.findings import Findings
    from ..conformance.report.news import Hear

Look: TypeAlias = "Callable[[Asked, Hear], tuple[Findings, int]]"
F = TypeVar("F", bound=Callable[..., Any])

COMPLETED = {
    "--rule": values.rules,
    "--require": values.rules,
    "--require-reading": values.readings,
    "--power": values.powers,
}
"""What Tab offers for an option; for the others the shell does what it does by itself."""


def options_of_asked(command: F, *, replays: bool = False) -> F:
    """Give a command an option for each field of `Asked` that says how it is given; `replays`: that is of use for a case."""
    for each in reversed(fields(Asked)):
        option: Option | None = each.metadata.get("option")
        if option is None or (replays and not option.replays):
            continue
        assert each.default is not MISSING
        several = each.type in ("tuple[str, ...]", "Mapping[str, str] | None", "frozenset[Power] | None")
        kind: Any = click.Choice(option.choices) if option.choices else None
        if option.folder:
            kind = click.Path(file_okay=False, path_type=Path)
        elif option.least is not None:
            whole = each.type == "int | None"
            kind = click.IntRange(min=int(option.least)) if whole else click.FloatRange(min=option.least)
        elif each.type == "int":
            kind = int
        command = click.option(
            option.flag,
            each.name,
            multiple=several,
            type=kind,
            default=() if several else each.default,
            show_default=each.type == "int",
            metavar=option.metavar,
            help=option.says,
            hidden=option.hidden,
            shell_complete=COMPLETED.get(option.flag),
        )(command)
    return command


@click.command()
@click.argument("target", shell_complete=values.targets)
@options_of_asked
@click.option("--verbose", "-v", is_flag=True, help="Also list the rules that conform.")
def check(target: str, verbose: bool, **given: Any) -> None:
    """
    Check TARGET: `reference`, `moto`, `simulation` (the reference in virtual time), or the URL of a service.

    At a URL the kit needs to know what it can do there, for it never looks inside. Without --power it takes a service to
    run the commands of its jobs somewhere. Say --power (repeatable) what is so:

    \b
      none            it only answers: jobs end as it likes, and their commands are not run
      runs            it runs the commands of jobs
      gate            ... on this machine, where they reach a Unix socket of the kit: then the kit decides when and how
                      each attempt ends, and sees signals; most rules about cancel and terminate become sharp
      holds-runnable  a full compute environment keeps jobs RUNNABLE (unmanagedvCpus or maxvCpus is its size)
      multinode       multi-node jobs run, in a MANAGED compute environment of type EC2 that the kit creates
      loses-hosts, clock   it takes LoseHost and AdvanceClock as `batchproof serve` does (docs/controls.md); rules that
                      put the clock forward come last
      fresh-reads     DescribeJobs shows how things are now, and never lags behind
      fails, holds-running, holds-pending   come with runs; to be named alone only where commands are not run

    \b
      batchproof check http://127.0.0.1:4566
      batchproof check http://127.0.0.1:4566 --power gate --power holds-runnable --power fresh-reads
      batchproof check reference --rule 'CANCEL-*' -v

    Without a word of how it reads and answers, nothing is taken for granted of a URL: reads may be old and go back, and an
    accepted cancel or terminate may act later (--reads, --requests, --hosts, --deadline-s say what is known).

    Exit status: 0 conforms, 1 diverges, 2 inconclusive or misused, 3 the kit itself or the machine failed,
    130 interrupted, 143 and 129 ended by SIGTERM and SIGHUP.
    """
    from ..conformance.run import check as run

    def looked(wanted: Asked, hear: Hear) -> tuple[Findings, int]:
        report = run(wanted, hear)
        return report, report.exit_status

    ended(target, given, looked, verbose=verbose)


def ended(target: str, given: dict[str, Any], look: Look, *, verbose: bool) -> NoReturn:
    """
    Look at a service as its options say, tell it, and end the process by what came of it.

    look   does it, and gives what came of it with the exit status
    """
    from ..conformance.report.news import everybody
    from ..conformance.report.progress import Bar
    from ..conformance.report.terminal import Terminal
    from ..conformance.steps.world import Unprovided
    from ..conformance.targets.child import DidNotStart

    if given["powers"] and "://" not in target:
        raise click.UsageError(f"--power is for URLs: {target} declares its own powers")
    # What a repeatable option was not given is left open.
    given |= {name: given[name] or None for name in ("powers", "readings")}
    ended_by = Stopping()
    try:
        wanted = asked(target, **given)
        if wanted.report:
            wanted.report.mkdir(parents=True, exist_ok=True)
        with Bar() as bar:
            report, status = look(wanted, everybody(bar.hear, Terminal(verbose=verbose).hear))
    except OSError as trouble:
        if trouble.filename != str(given["report"]):
            raise
        raise click.UsageError(f"--report {given['report']}: {trouble.strerror}") from None
    except (ValueError, DidNotStart, Unprovided) as trouble:
        raise NothingDone(str(trouble)) from None
    except KeyboardInterrupt:
        click.echo("Error: interrupted before anything was judged; what was started is stopped", err=True)
        sys.exit(ended_by.status)
    sys.exit(ended_by.status if report.stopped == "interrupted" else status)


class Stopping:
    """
    Ctrl-C and its like end a run in order: what was started is stopped, and what was seen is judged.

    The same signal often comes twice at once, to the process and to its group; a second one that comes later means it.
    """

    AGAIN_S = 2.0

    def __init__(self) -> None:
        self.status = 130
        self._first_s: float | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, _frame: object) -> None:
        now_s = time.monotonic()
        if self._first_s is None:
            self._first_s, self.status = now_s, 128 + number
            raise KeyboardInterrupt
        if now_s - self._first_s > self.AGAIN_S:
            raise KeyboardInterrupt
