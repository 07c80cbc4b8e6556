"""`batchproof replay`: a history that broke something, played again."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..conformance.asked import Asked
from .check import ended, options_of_asked
from .completing import values
from .nothing_done import NothingDone, because

if TYPE_CHECKING:
    from ..conformance.report.findings import Findings
    from ..conformance.report.news import Hear


@click.command()
@click.argument("case", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--target",
    required=True,
    metavar="TARGET",
    shell_complete=values.targets,
    help="Where to play it: what `check` takes, so reference, moto, or the URL of a service.",
)
@click.option("--times", default=1, show_default=True, type=click.IntRange(1, 1000), help="How often to play it.")
@partial(options_of_asked, replays=True)
@click.option("--verbose", "-v", is_flag=True, help="Also list the rules that conform.")
def replay(case: Path, target: str, times: int, verbose: bool, **given: Any) -> None:
    """
    Play CASE again: the steps of a random history that broke a promise of Batch.

    `check --report DIR` writes what its random histories find to DIR/cases, each fault as a file with the fewest steps that
    show it, and says the command that plays it. A case is JSON and holds the steps (submit, wait, cancel, let an attempt
    exit), what was broken, and what the verdict rested on. It can be played at any service:

    \b
      batchproof replay out/cases/S2-CANCEL-07.json --target reference
      batchproof replay out/cases/S2-CANCEL-07.json --target http://127.0.0.1:4566 --power gate --times 5

    What the kit can do at a URL and what is known of it has to be said here as it is said to `check`; nothing of that is
    taken from the case. Where the steps need what the kit cannot do there, it says what, and nothing is judged.

    Exit status: 1 it was shown again, or something else diverges; 0 it was not, and the service conforms; 2 nothing was found
    out; 3 the kit itself or the machine failed.
    """
    from ..conformance.replaying import replay as play
    from ..conformance.searching.case import NoCase, read

    try:
        history = read(case)
    except OSError as trouble:
        raise because(trouble) from None
    except NoCase as trouble:
        raise NothingDone(str(trouble)) from None

    def looked(wanted: Asked, hear: Hear) -> tuple[Findings, int]:
        replayed = play(history, wanted, times=times, path=case, hear=hear)
        click.echo(replayed.says)
        return replayed.report, replayed.exit_status

    ended(target, given, looked, verbose=verbose)
