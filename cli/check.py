"""`batchproof check`: run the kit against a service and print the report."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..conformance.judging.verdict import Result
    from ..conformance.targets.target import Target


@click.command()
@click.argument("target")
@click.option("--rule", "rules", multiple=True, metavar="GLOB", help="Check only these rules (repeatable): 'CANCEL-*'.")
@click.option("--require", multiple=True, metavar="GLOB", help="Rules that must be supported: NOT_SUPPORTED diverges.")
@click.option("--require-reading", "readings", multiple=True, metavar="NAME=VALUE", help="Make one reading a rule.")
@click.option("--power", "powers", multiple=True, metavar="NAME", help="What the kit can do at a URL; see above.")
@click.option("--queue", metavar="NAME", help="Use this job queue instead of creating some.")
@click.option(
    "--job-definition", metavar="NAME", help="Use this job definition (an image with sh) instead of a new one."
)
@click.option("--deadline-s", type=click.FloatRange(min=0.1), help="How long something urgent may take.")
@click.option("--grace-s", type=click.FloatRange(min=0), help="Seconds between SIGTERM and SIGKILL at the service.")
@click.option("--histories", type=click.IntRange(min=1), help="How many random histories to run.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random histories.")
@click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write report.json and history.jsonl there.",
)
@click.option("--serve-option", "serve", multiple=True, hidden=True, help="For the reference: an argument of serve.")
@click.option("--verbose", "-v", is_flag=True, help="Also list the rules that conform.")
def check(
    target: str,
    rules: tuple[str, ...],
    require: tuple[str, ...],
    readings: tuple[str, ...],
    powers: tuple[str, ...],
    queue: str | None,
    job_definition: str | None,
    deadline_s: float | None,
    grace_s: float | None,
    histories: int | None,
    seed: int,
    folder: Path | None,
    serve: tuple[str, ...],
    verbose: bool,
) -> None:
    """
    Check TARGET: `reference`, `moto`, or the URL of a service.

    At a URL the kit needs to know what it can do there, for it never looks inside. Without --power it takes a service to
    run the commands of its jobs somewhere. Say --power (repeatable) what is so:

    \b
      none            it only answers: jobs end as it likes, and their commands are not run
      runs            it runs the commands of jobs
      gate            ... on this machine, where they reach a Unix socket of the kit: then the kit decides when and how
                      each attempt ends, and sees signals; most rules about cancel and terminate become sharp
      holds-runnable  a full compute environment keeps jobs RUNNABLE (unmanagedvCpus or maxvCpus is its size)
      fresh-reads     DescribeJobs shows how things are now, and never lags behind
      fails, holds-running, holds-pending   come with runs; to be named alone only where commands are not run

    \b
      batchproof check http://127.0.0.1:4566
      batchproof check http://127.0.0.1:4566 --power gate --power holds-runnable --power fresh-reads
      batchproof check reference --rule 'CANCEL-*' -v

    Exit status: 0 conforms, 1 diverges, 2 inconclusive or misused.
    """
    from rich.console import Console

    from ..conformance.report.jsonfile import as_data
    from ..conformance.report.terminal import as_text, show
    from ..conformance.run import run_conformance
    from ..conformance.steps.world import Unprovided
    from ..conformance.targets.child import DidNotStart
    from ..model.readings import parse

    if powers and "://" not in target:
        raise click.UsageError(f"--power is for URLs: {target} declares its own powers")
    if folder:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as trouble:
            raise click.UsageError(f"--report {folder}: {trouble.strerror}") from None
    progress = _Progress()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what was started is stopped
    try:
        with progress:
            report = run_conformance(
                target,
                endpoint_url=target if "://" in target else None,
                powers=powers or None,
                rule=rules,
                require=require,
                readings=parse(readings) if readings else None,
                queue=queue,
                job_definition=job_definition,
                deadline_s=deadline_s,
                grace_s=grace_s,
                seed=seed,
                histories=histories,
                history=folder / "history.jsonl" if folder else None,
                serve=serve,
                listener=progress.listener(),
            )
    except (ValueError, DidNotStart, Unprovided) as trouble:
        print(f"batchproof check: {trouble}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("batchproof check: interrupted; what it had started is stopped", file=sys.stderr)
        sys.exit(2)
    except Exception:  # a fault of the kit must not look like one of the service
        traceback.print_exc()
        print("batchproof check: the kit itself failed; this says nothing about the service", file=sys.stderr)
        sys.exit(2)
    report.again = _again(target, readings, powers, queue, job_definition, deadline_s, grace_s, serve)
    if sys.stdout.isatty():
        show(report, Console(highlight=False), verbose=verbose)
    else:
        print(as_text(report, verbose=verbose), end="")
    if folder:
        (folder / "report.json").write_text(json.dumps(as_data(report), indent=1) + "\n", encoding="utf-8")
        print(f"written: {folder / 'report.json'} and {folder / 'history.jsonl'}")
    sys.exit(report.exit_status)


def _again(
    target: str,
    readings: tuple[str, ...],
    powers: tuple[str, ...],
    queue: str | None,
    job_definition: str | None,
    deadline_s: float | None,
    grace_s: float | None,
    serve: tuple[str, ...],
) -> str:
    words = ["batchproof", "check", target]
    for option, values in (("--require-reading", readings), ("--power", powers), ("--serve-option", serve)):
        words += [word for value in values for word in (option, value)]
    for option, value in (
        ("--queue", queue),
        ("--job-definition", job_definition),
        ("--deadline-s", deadline_s),
        ("--grace-s", grace_s),
    ):
        words += [option, str(value)] if value is not None else []
    return shlex.join(words)


class _Progress:
    """A bar on standard error while a person watches; nothing otherwise, so that logs stay short."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[last]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: Any = None

    def __enter__(self) -> None:
        self._bar.start()

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def listener(self) -> Any:
        from ..conformance.run import Listener

        return Listener(began=self._began, result=self._result)

    def _began(self, target: Target, rules: int) -> None:
        self._task = self._bar.add_task(target.title, total=rules, last="")

    def _result(self, result: Result) -> None:
        self._bar.update(self._task, advance=1, last=f"{result.rule} {result.outcome.lower()}")
