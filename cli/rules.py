"""`batchproof rules`: what is checked."""

from __future__ import annotations

import sys

import click

from .completing import values


@click.command()
@click.argument("patterns", nargs=-1, metavar="[GLOB]...", shell_complete=values.rules)
def rules(patterns: tuple[str, ...]) -> None:
    """List the rules that are checked, with what each needs of a target: batchproof rules 'CANCEL-*'."""
    from rich.console import Console
    from rich.table import Table

    from ..conformance.register import rules as registered
    from ..conformance.report.colours import colours

    chosen = registered(patterns)
    if not chosen:
        themes = [theme for pattern in patterns if registered((theme := f"{pattern.upper()}-*",))]
        hint = f"; did you mean {' '.join(map(repr, themes))}?" if themes else ""
        raise click.UsageError(f"no rule is called {' or '.join(patterns)}{hint}")
    table = Table(box=None, pad_edge=False)
    for column in ("rule", "promise", "needs"):
        table.add_column(column, no_wrap=column == "rule")
    for rule in chosen.values():
        needs = ", ".join(sorted(power.option for power in rule.needs))
        table.add_row(rule.id, rule.says, needs)
    Console(width=None if sys.stdout.isatty() else 140, highlight=False, color_system=colours()).print(table)
