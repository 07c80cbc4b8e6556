"""The points on which AWS's own documents conflict or are silent, each a named parameter with its sources.

A *reading* has one value per service and run: the kit infers it from what it sees on all jobs, and two jobs
that exclude each other's values make a violation. A *freedom* is open at each event and never inferred: the
service may choose differently every time, so nothing is concluded from its choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from .sources import Cited


@dataclass(frozen=True, slots=True)
class Reading:
    """
    One question that the documents leave open.

    `values` maps each possible answer to what it means; the first is the default, which `batchproof serve` serves.
    `rules` are the ids in `model.promises` under which the conflict is described, `sources` where its sides are written.
    """

    name: str
    asks: str
    values: Mapping[str, str]
    rules: tuple[str, ...]
    sources: tuple[Cited, ...]

    @property
    def default(self) -> str:
        return next(iter(self.values))


READINGS: tuple[Reading, ...] = (
    Reading(
        name="cancel_overrides_retry",
        asks="CancelJob on a STARTING or RUNNING job with attempts left: is a later failure still retried?",
        values={
            "yes": "the accepted cancel overrides the retry strategy: no further attempt (founding document)",
            "no": "such a job is not cancelled, so a failing attempt is retried as usual (API reference)",
        },
        rules=("CANCEL-19",),
        sources=(
            Cited("BLOG:cancel-or-terminate", "on CancelJob", "overrides the retry strategy"),
            Cited(
                "API:CancelJob",
                "description",
                "Jobs that progressed to the STARTING or RUNNING state aren't cancelled.",
            ),
        ),
    ),
    Reading(
        name="exit_zero_after_terminate",
        asks="A terminated job handles SIGTERM and exits 0 within the grace time: FAILED or SUCCEEDED?",
        values={
            "FAILED": "a terminated job moves to FAILED (TerminateJob)",
            "SUCCEEDED": "exit code 0 means success (job states)",
        },
        rules=("TERM-11", "ST-08"),
        sources=(
            Cited(
                "API:TerminateJob",
                "description",
                "Jobs that are in the STARTING or RUNNING state are terminated, which",
            ),
            Cited("UG:job_states", "RUNNING", "An exit code of 0 indicates success"),
        ),
    ),
    Reading(
        name="pending_cancel",
        asks="CancelJob on a PENDING job: does it stay PENDING until its dependencies have completed?",
        values={
            "waits": "it fails only after all jobs that it depends on have completed (note of 2023-07-03)",
            "at_once": "it fails without waiting (what the text said before, and what some emulators do)",
        },
        rules=("CANCEL-04",),
        sources=(
            Cited("API:CancelJob", "note", "A PENDING job is cancelled after all dependency jobs are completed."),
            Cited("COMMIT:boto/botocore@702172b94", "2023-07-03: the note appears"),
        ),
    ),
    Reading(
        name="terminate_before_starting_sets",
        asks="TerminateJob on a job that has not reached STARTING: which flag does DescribeJobs show?",
        values={
            "isTerminated": "the request was a termination",
            "isCancelled": "such a job is cancelled",
            "both": "both are true",
        },
        rules=("TERM-15",),
        sources=(
            Cited(
                "API:TerminateJob", "description", "Jobs that have not progressed to the STARTING state are cancelled."
            ),
            Cited(
                "FILE:vivarium-collective/viva-api:tests/app/test_smoke.py",
                "test_the_batch_lister_reports_what_a_matched_job_depends_on",
                '"isTerminated": True, "dependsOn"',
            ),
        ),
    ),
)

BY_NAME: Mapping[str, Reading] = {reading.name: reading for reading in READINGS}

Valuation = tuple[tuple[str, str], ...]
"""One answer to every reading, in the order of `READINGS`: hashable, so that results can be kept under it."""

DEFAULT: Valuation = tuple((reading.name, reading.default) for reading in READINGS)


@dataclass(frozen=True, slots=True)
class Freedom:
    """Something the service may choose anew at every event; the kit never concludes anything from it."""

    name: str
    says: str
    rules: tuple[str, ...]


FREEDOMS: tuple[Freedom, ...] = (
    Freedom("placement_under_way", "a cancel in RUNNABLE may lose against a placement under way", ("CANCEL-22",)),
    Freedom("exit_before_stop", "a job that exits 0 before the stop reaches it may still succeed", ("TERM-06",)),
    Freedom("pending_terminate", "TerminateJob on a PENDING job may act at once or wait", ("TERM-04",)),
    Freedom("exit_zero_after_timeout", "exit 0 after the timeout's SIGTERM: either end", ("TO-14",)),
    Freedom("first_failed_dependency", "a dependent fails at the first failed dependency or later", ("DEP-06",)),
    Freedom("skipped_start", "a job stopped in STARTING may or may not show an attempt", ("TERM-26",)),
    Freedom("flags_of_the_untouched", "whether a cancel that changed nothing shows in isCancelled", ("CANCEL-16",)),
    Freedom("polls_skip", "a poll may miss any status between two that it saw", ("ST-16",)),
)


def valuations(fixed: Mapping[str, str] | None = None) -> Iterable[Valuation]:
    """
    Every combination of answers that agrees with `fixed`.

    >>> len(list(valuations()))
    24
    >>> len(list(valuations({"cancel_overrides_retry": "yes", "pending_cancel": "waits"})))
    6
    """
    fixed = fixed or {}
    choices = [[fixed[r.name]] if r.name in fixed else list(r.values) for r in READINGS]
    for values in product(*choices):
        yield tuple(zip((r.name for r in READINGS), values, strict=True))


def valuation(chosen: Mapping[str, str] | None = None) -> Valuation:
    """
    The defaults with some answers replaced.

    >>> dict(valuation({"pending_cancel": "at_once"}))["pending_cancel"]
    'at_once'
    """
    chosen = chosen or {}
    return tuple((r.name, chosen.get(r.name, r.default)) for r in READINGS)


def parse(assignments: Iterable[str]) -> dict[str, str]:
    """
    `NAME=VALUE` texts from a command line, checked against `READINGS`.

    >>> parse(["pending_cancel=at_once"])
    {'pending_cancel': 'at_once'}
    >>> parse(["pending_cancel=soon"])
    Traceback (most recent call last):
    ...
    ValueError: reading pending_cancel has no value 'soon'; it takes waits or at_once
    """
    chosen: dict[str, str] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if name not in BY_NAME:
            raise ValueError(f"there is no reading {name!r}; the readings are {', '.join(BY_NAME)}")
        values = list(BY_NAME[name].values)
        if not equals:
            raise ValueError(f"{text!r} is not NAME=VALUE: reading {name} takes {' or '.join(values)}")
        if value not in values:
            raise ValueError(f"reading {name} has no value {value!r}; it takes {' or '.join(values)}")
        chosen[name] = value
    return chosen
