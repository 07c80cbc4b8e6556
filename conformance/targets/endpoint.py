"""Any service at a URL: what it can do is what the caller declares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from ..power import Power
from . import Options, Variants
from .gate import Gate
from .target import Target

ORDINARY = frozenset({Power.RUNS, Power.FAILS, Power.HOLDS_RUNNING, Power.HOLDS_PENDING})
"""What a service is taken to do when nothing is said: it runs the commands of its jobs, somewhere."""


def variants(options: Options) -> Variants:
    """
    One variant: the service at `options.url`.

    Raises ValueError when the URL is missing or is none.
    """
    parts = urlsplit(options.url or "")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"the endpoint needs a URL such as http://127.0.0.1:4566, not {options.url!r}")
    return iter([partial(_reached, options)])


@contextmanager
def _reached(options: Options) -> Iterator[Target]:
    powers = options.powers if options.powers is not None else ORDINARY
    if Power.GATE in powers:  # what a gate gives
        powers |= ORDINARY
    target = Target(
        name=options.url or "",
        variant="",
        endpoint_url=options.url,
        powers=powers,
        deadline_s=options.deadline_s or 10.0,
        grace_s=options.grace_s if options.grace_s is not None else 30.0,
        hold_s=12.0,
        poll_s=0.2,
        region=options.region or "us-east-1",
        queue=options.queue,
        definition=options.definition,
        gate=Gate().open() if Power.GATE in powers else None,
    )
    try:
        yield target
    finally:
        target.close()
