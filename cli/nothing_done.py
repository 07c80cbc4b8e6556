"""How a command ends that was understood and could not be carried out. What is misused is click's own UsageError."""

from __future__ import annotations

import click


class NothingDone(click.ClickException):
    """One line that says why nothing was done; no usage, for that was right."""

    exit_code = 2
