"""`batchproof judge`: recorded histories, judged again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from .completing import values
from .nothing_done import NothingDone, because


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
    "--give-up",
    "given_up",
    multiple=True,
    metavar="ASSUMPTION",
    help="Do not take this for granted, though the run did: fresh_reads, monotone_reads, prompt_calls, no_faults, capacity"
    " or deadline.",
)
@click.option(
    "--met",
    "met_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write how much of the model was met, as in report.json, for `draw --met`. For one history at a time.",
)
def judge(
    histories: tuple[Path, ...], readings: tuple[str, ...], given_up: tuple[str, ...], met_file: Path | None
) -> None:
    """
    Judge HISTORIES (history.jsonl files of `check --report`, or its folders) again.

    The verdicts are those of the run: each rule claims the same of the record, and what was taken for granted stands in it.

    Exit status: 1 when a rule diverges, else 2 when one is inconclusive or a file is no history, else 0.
    """
    from ..conformance.judging.assumptions import Assumptions
    from ..conformance.judging.history import read
    from ..conformance.judging.outcome import Outcome
    from ..conformance.judging.rejudging import recovered, rejudged
    from ..conformance.judging.telling import excused, story
    from ..conformance.promised.exercised import exercised
    from ..model.readings import parse

    if met_file and len(histories) > 1:
        raise click.UsageError(f"--met is about one history, and {len(histories)} are given")
    found, met, told = [], [], []
    try:
        required = parse(readings)
        unknown = set(given_up) - set(Assumptions().made)
        if unknown:
            raise ValueError(f"there is no assumption {unknown.pop()!r}: they are {', '.join(Assumptions().made)}")
        for path in histories:
            path = path / "history.jsonl" if path.is_dir() else path
            history = read(path)
            results = rejudged(history, required, given_up)
            if not results:
                raise ValueError(f"{path} holds no scenario")
            found += results
            met.append((path, recovered(history, required, given_up)))
            told.append((path, exercised(results, met[-1][1])))
    except OSError as trouble:
        raise because(trouble) from None
    except (ValueError, RecursionError) as trouble:
        raise NothingDone(str(trouble)) from None
    for result in found:
        if result.outcome is Outcome.DIVERGES:
            print(f"{result.rule}  DIVERGES{f'  in {result.variant}' if result.variant else ''}")
            print(f"  expected  {result.expected}\n  observed  {result.observed}")
            print("".join(f"  {line}\n" for line in story(result.happenings)), end="")
            print("".join(f"  excused if  {excused(excuse)}\n" for excuse in result.excuses), end="")
        elif result.outcome is Outcome.INCONCLUSIVE:
            print(f"{result.rule}  INCONCLUSIVE  {result.why}")
    if met_file:
        try:
            met_file.write_text(json.dumps({"met": met[0][1].as_data()}, indent=1) + "\n", encoding="utf-8")
        except OSError as trouble:
            raise because(trouble, "cannot write") from None
    for path, total in (*told, *met):
        print(f"{path}: {total}" if len(met) > 1 else str(total))
    counts = [sum(result.outcome is outcome for result in found) for outcome in Outcome]
    words = ("conform", "diverge", "inconclusive", "not supported")
    print(", ".join(f"{count} {word}" for count, word in zip(counts, words, strict=True)))
    sys.exit(1 if counts[1] else 2 if counts[2] else 0)
