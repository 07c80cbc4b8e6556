"""How a command ends that was understood and cannot be done. What is misspelt or contradicts itself is click's UsageError."""

from __future__ import annotations

import click


class NothingDone(click.ClickException):
    """Says why in one line, without the usage, for that was right."""

    exit_code = 2  # 1 says that something was found: a divergence, a stale picture
