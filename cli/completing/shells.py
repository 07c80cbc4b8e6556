"""How shells ask: click's way, and for bash one that gets colons and equals signs right."""

from __future__ import annotations

import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    shell_complete,
    split_arg_string,
)

from . import ASKED

SHELLS = ("bash", "zsh", "fish")

BASH = """\
%(complete_func)s() {
    local kind value
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class Bash(BashComplete):
    """
    Bash, which breaks words at colons and equals signs and completes only what is behind the last of them.

    Click takes bash's words, and so no URL and no NAME=VALUE survives; this takes the line itself.
    """

    source_template = BASH

    def source(self) -> str:
        """The script. It falls back by itself where bash is old, so bash is not asked for its version."""
        return self.source_template % self.source_vars()

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words in front of the cursor, and the one that it stands in, quotes undone."""
        *words, last = split_arg_string(os.environ["COMP_LINE"] + "|")  # so that it always stands in one
        return words[1:], last.removesuffix("|")

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What completes the word, cut to what bash puts in: the part behind the last break."""
        breaks = [sign for sign in ":=" if sign in os.environ.get("COMP_WORDBREAKS", ":=")]
        kept = max((incomplete.rfind(sign) + 1 for sign in breaks), default=0)
        option = incomplete.find("=") + 1 if incomplete.startswith("-") else 0
        found = super().get_completions(args, incomplete)
        return [CompletionItem((incomplete[:option] + each.value)[kept:], each.type, each.help) for each in found]


def answer(command: click.Command, asked: str) -> int:
    """Answer a shell that asked for `asked` in the variable ASKED; the exit status."""
    return shell_complete(command, {}, "batchproof", ASKED, asked)


def script(command: click.Command, shell: str) -> str:
    """What a shell evaluates so that it asks from then on."""
    found = get_completion_class(shell)
    assert found is not None
    return found(command, {}, "batchproof", ASKED).source()
