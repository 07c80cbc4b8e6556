"""`batchproof rules`: what is checked, and what is not."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import NoReturn

import click

from .completing import values


@click.command()
@click.argument("patterns", nargs=-1, metavar="[GLOB]...", shell_complete=values.rules)
@click.option("--unchecked", is_flag=True, help="List the promises that nothing checks instead, and why.")
def rules(patterns: tuple[str, ...], unchecked: bool) -> None:
    """
    List the rules that are checked, with what each needs of a target: batchproof rules 'CANCEL-*'.

    With --unchecked, list the promises of AWS Batch that nothing checks, each MUST first, and why: `not yet` is a check that
    could be written. docs/rules.md has all promises, checked or not.
    """
    from rich.console import Console
    from rich.table import Table

    from ..conformance.report.colours import colours

    head, rows = _unchecked(patterns) if unchecked else _checked(patterns)
    if not rows:
        print(f"nothing of {' '.join(patterns)} is unchecked")
        return
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(head):
        table.add_column(column, no_wrap=number == 0 or column == "binding")
    for row in rows:
        table.add_row(*row)
    wide = None if sys.stdout.isatty() else 140
    Console(width=wide, highlight=False, markup=False, color_system=colours()).print(table)


Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""The head of a table, and its rows."""


def _checked(patterns: tuple[str, ...]) -> Rows:
    from ..conformance.register import rules as registered

    chosen = registered(patterns)
    if not chosen:
        _unknown("rule", patterns, registered())
    needs = {id: ", ".join(sorted(power.option for power in rule.needs)) for id, rule in chosen.items()}
    return ("rule", "promise", "needs"), [(id, rule.says, needs[id]) for id, rule in chosen.items()]


def _unchecked(patterns: tuple[str, ...]) -> Rows:
    from ..conformance.promised.checked import unchecked
    from ..model.promises import PROMISES

    asked = {id for id in PROMISES if not patterns or any(fnmatchcase(id, each.upper()) for each in patterns)}
    if not asked:
        _unknown("promise", patterns, PROMISES)
    found = [(answer, PROMISES[answer.id]) for answer in unchecked() if answer.id in asked]
    rows = [(answer.id, promise.modality.value, promise.says, str(answer)) for answer, promise in found]
    return ("promise", "binding", "what it says", "why it is not checked"), rows


def _unknown(what: str, patterns: tuple[str, ...], ids: Iterable[str]) -> NoReturn:
    ids = list(ids)
    themes = [f"{each.upper()}-*" for each in patterns if any(id.startswith(f"{each.upper()}-") for id in ids)]
    hint = f"; did you mean {' '.join(map(repr, themes))}?" if themes else ""
    raise click.UsageError(f"no {what} is called {' or '.join(patterns)}{hint}")
