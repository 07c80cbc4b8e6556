"""Any service at a URL: what it can do is what the caller declares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from ..asked import Asked
from ..power import Power
from .gate import Gate
from .target import Target, Variants

ORDINARY = frozenset({Power.RUNS, Power.FAILS, Power.HOLDS_RUNNING, Power.HOLDS_PENDING})
"""What a service is taken to do when nothing is said: it runs the commands of its jobs, somewhere."""


def variants(asked: Asked) -> Variants:
    """
    One variant: the service at `asked.url`.

    Raises ValueError when the URL is missing or is none.
    """
    parts = urlsplit(asked.url or "")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"the endpoint needs a URL such as http://127.0.0.1:4566, not {asked.url!r}")
    return iter([partial(_reached, asked)])


@contextmanager
def _reached(asked: Asked) -> Iterator[Target]:
    powers = asked.powers if asked.powers is not None else ORDINARY
    if Power.GATE in powers:  # what a gate gives
        powers |= ORDINARY
    target = Target(
        name=asked.url or "",
        variant="",
        endpoint_url=asked.url,
        powers=powers,
        deadline_s=asked.deadline_s or 10.0,
        grace_s=asked.grace_s if asked.grace_s is not None else 30.0,
        hold_s=12.0,
        poll_s=0.2,
        queue=asked.queue,
        definition=asked.job_definition,
        gate=Gate().open() if Power.GATE in powers else None,
    )
    try:
        yield target
    finally:
        target.close()
