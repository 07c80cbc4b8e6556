"""The verbs of `batchproof`: finds the one that is meant and leaves everything else to its file."""

from __future__ import annotations

import importlib
import os
from difflib import get_close_matches

import click

from .completing import ASKED

VERBS = {
    "check": "Check a service: the reference, moto, or any URL.",
    "serve": "Serve AWS Batch on this machine; jobs are real processes.",
    "adversary": "Stand before a service, and do all that is legal and unpleasant.",
    "jobs": "List the jobs of a running service.",
    "logs": "Show what a job prints.",
    "draw": "Draw the lifecycle from the table.",
    "rules": "List the rules that are checked, or what is not.",
    "explain": "Explain one rule: what it promises, where that is written, which moves it is about.",
    "explore": "Enumerate the lives of a job and prove their properties.",
    "replay": "Play a history again that broke something.",
    "judge": "Judge recorded histories again.",
    "clean": "Take back what an interrupted check has left at a service.",
    "completion": "Complete the command in bash, zsh or fish.",
}


class Verbs(click.Group):
    """Imports a verb's file only when it is used, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        return getattr(importlib.import_module(f".{cmd_name}", __package__), cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = get_close_matches(args[0], VERBS, n=1)
        if args[0] in VERBS or not near or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"No such command {args[0]!r}. Did you mean {near[0]!r}?", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="batchproof")
def verbs() -> None:
    """
    A formal model and conformance test kit for the AWS Batch job lifecycle.

    \b
      batchproof check reference               check our own server, started for it
      batchproof check moto                    check moto, as it is installed
      batchproof check http://127.0.0.1:4566   check a service of yours
      batchproof serve --quickstart            a Batch to work with, on this machine
      batchproof explain CANCEL-07             what a rule promises, and who says so

    Exit status: 0 conforms, 1 diverges, 2 inconclusive or misused, 3 batchproof or the machine failed, 130 Ctrl-C
    (docs/exit-status.md).
    """


def run(arguments: list[str]) -> int:
    """
    Run the verb that `arguments` name, and give the exit status that it asks for. Misuse is said here.

    A shell that asks how to complete a line is answered instead.
    """
    if asked := os.environ.get(ASKED):
        from .completing.shells import answer

        return answer(verbs, asked)
    try:
        with verbs.make_context("batchproof", arguments) as context:
            verbs.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as failure:
        failure.show()
        return failure.exit_code
    return 0
