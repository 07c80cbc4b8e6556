"""Any service at a URL: what it can do is what the caller declares, and so is what may be taken for granted of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from ...model.bounds import Bounds, within
from ..asked import Asked
from ..judging.assumptions import Assumptions
from ..power import Power
from .controls import over_http
from .gate import Gate
from .target import Target, Variants

ORDINARY = frozenset({Power.RUNS, Power.FAILS, Power.HOLDS_RUNNING, Power.HOLDS_PENDING})
"""What a service is taken to do when nothing is said: it runs the commands of its jobs, somewhere."""

DEADLINE_S, GRACE_S, PATIENCE_S = 10.0, 30.0, 60.0
WAVE = 100
"""So many histories at once: each waits for minutes where no gate tells when a job runs, and how long all take is that."""

START, STOP, LATE = 3, 6, 3
"""
So many times the deadline may a start take, which pulls an image; a stop; and a request until it takes effect. No
document gives a bound for any of them; half a minute and more was reported for a terminate (TERM-06).
"""


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
    assumptions = assumed(asked, powers)
    target = Target(
        name=asked.url or "",
        variant="",
        endpoint_url=asked.url,
        powers=powers,
        assumptions=assumptions,
        bounds=bounded(asked, assumptions),
        patience_s=asked.patience_s or max(PATIENCE_S, 6 * (asked.deadline_s or 0)),
        poll_s=0.2,
        at_once=asked.at_once or 24,
        wave=asked.at_once or WAVE,
        calls_per_s=asked.calls_per_s,
        region=asked.region,
        profile=asked.profile,
        ca_bundle=asked.ca_bundle,
        queue=asked.queue,
        definition=asked.job_definition,
        service_role=asked.service_role,
        execution_role=asked.execution_role,
        controls=over_http(asked.url) if asked.url else None,
        gate=Gate().open() if Power.GATE in powers else None,
    )
    try:
        yield target
    finally:
        target.close()


def assumed(asked: Asked, powers: frozenset[Power]) -> Assumptions:
    """The facts that the caller declares; of reads and of how soon a request acts nothing is taken for granted unsaid."""
    reads = asked.reads or ("fresh" if Power.FRESH_READS in powers else "unordered")
    return Assumptions(
        fresh_reads=reads == "fresh",
        monotone_reads=reads in ("fresh", "lagging"),
        prompt_calls=asked.requests == "prompt",
        no_faults=asked.hosts != "lost",
    )


def bounded(asked: Asked, assumptions: Assumptions) -> Bounds:
    """How long things may take at a service of which only so much is known."""
    deadline_s = asked.deadline_s or DEADLINE_S
    lag_s = asked.lag_s if asked.lag_s is not None else deadline_s
    return within(
        deadline_s,
        grace_s=asked.grace_s if asked.grace_s is not None else GRACE_S,
        start=START,
        stop=STOP,
        call_s=0 if assumptions.prompt_calls else LATE * deadline_s,
        lag_s=0 if assumptions.fresh_reads else lag_s,
    )
