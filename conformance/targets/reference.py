"""The reference server, as a child process over HTTP: everything that the kit can do, it can do there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from ...model.bounds import within
from ...model.readings import parse, valuation
from ..asked import Asked
from ..power import LOCAL, Power
from .child import running
from .controls import over_http
from .gate import Gate
from .target import SLOW_START_S, Target, Variants

DEADLINE_S = 2.5
QUICK_GRACE_S = 3.0
"""Instead of AWS's 30 s, so that a run takes seconds; `--grace-s 30` asks for the real thing."""


def variants(asked: Asked) -> Variants:
    """One variant: `batchproof serve` on a free port."""
    return iter([partial(_started, asked)])


@contextmanager
def _started(asked: Asked, *more: str) -> Iterator[Target]:
    keeps = "--data" in asked.serve  # such a server refuses to have its clock put forward
    grace_s = asked.grace_s if asked.grace_s is not None else QUICK_GRACE_S
    command = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0", "--stop-on-eof"]
    command += ["--grace-s", f"{grace_s:g}", *more, *asked.serve]
    with running(command) as (url, _):
        target = Target(
            name="reference",
            variant="",
            endpoint_url=url,
            powers=LOCAL - {Power.CLOCK} if keeps else LOCAL,
            bounds=within(asked.deadline_s or DEADLINE_S, grace_s=grace_s),
            patience_s=asked.patience_s or max(20.0, 4 * (asked.deadline_s or 0)),
            at_once=asked.at_once or 24,
            wave=asked.at_once or 24,
            calls_per_s=asked.calls_per_s,
            shrinks=True,
            disposable=True,
            must_read=_served(asked),
            notes=(f"SIGKILL follows SIGTERM after {grace_s:g} s here (AWS: 30 s)",),
            gate=Gate().open(),
            controls=over_http(url),
            another=None if more or keeps else partial(_started, asked, "--slow-start", f"{SLOW_START_S:g}"),
        )
        try:
            yield target
        finally:
            target.close()


def _served(asked: Asked) -> dict[str, str]:
    """The readings that the server is told to serve, and has to keep to: the defaults, and what `--reading` changes."""
    told = [value for name, value in zip(asked.serve, asked.serve[1:], strict=False) if name == "--reading"]
    return dict(valuation(parse(told)))
