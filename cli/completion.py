"""`batchproof completion`: the script by which a shell completes the command."""

from __future__ import annotations

import click

from .completing.shells import SHELLS, script


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """
    Print the script by which SHELL completes verbs, options, rules, readings, powers and job ids.

    \b
      eval "$(batchproof completion bash)"            in ~/.bashrc; zsh likewise, in ~/.zshrc
      batchproof completion fish | source             in ~/.config/fish/config.fish

    It completes `batchproof`, by this name or a path to it. The ids of jobs come from the service that the line names
    (--url), or AWS_ENDPOINT_URL_BATCH; from one that does not answer within two seconds come none.
    """
    click.echo(script(context.find_root().command, shell), nl=False)
