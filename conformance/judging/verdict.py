"""From what a scenario saw to a verdict, and from all verdicts of a run to its exit status.

A rule's own check speaks first, then the monitors of all its jobs. A violation is judged again with each assumption
dropped, so that the report can say what would excuse the service. The kit's own hold on the world (the command that
runs, the gate, the queue without room) is tried by SMOKE before anything rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ...model.monitor import Monitor
from ...model.readings import READINGS, Valuation, valuations
from ..steps.job import Job
from .history import Assumptions, Event, Follower, judged, marks
from .outcome import Broken, Outcome

if TYPE_CHECKING:
    from ..steps.scenario import Scenario

ASSUMPTIONS = {
    "fresh_reads": "DescribeJobs may lag behind",
    "prompt_calls": "an accepted call may take effect later than its answer",
    "no_faults": "a host or a start may fail by itself, or the service may give a job up",
    "deadline": "there is no deadline",
    "capacity": "a full queue may start a job all the same (SMOKE-04 saw that it does not)",
}
"""The assumptions that may excuse a service, and what giving each up means."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one job says about the readings: those under which it can be explained."""

    job: str
    readings: frozenset[Valuation]
    history: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """
    What came of one rule on one variant of a target.

    expected, observed   for a divergence: both sides, in words
    allowed              what a read might have shown at the point of failure
    history              the events that led there, one line each
    calls                the last calls before a check failed, as boto3 makes them
    excuses              assumptions or readings that would excuse the service
    why                  for INCONCLUSIVE and NOT_SUPPORTED: what was missing
    """

    rule: str
    variant: str
    outcome: Outcome
    expected: str = ""
    observed: str = ""
    allowed: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    excuses: tuple[str, ...] = ()
    why: str = ""
    seconds: float = 0.0
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)


def violation(jobs: Iterable[Job], rule: str, variant: str) -> Result | None:
    """The first job of a scenario that no life explains, as a result; None when all are explained."""
    for job in jobs:
        verdict = job.monitor.verdict
        if verdict is None:
            continue
        events = job.events()
        assume = job.assumptions
        return Result(
            rule,
            variant,
            Outcome.DIVERGES,
            expected=" or ".join(verdict.allowed) or "no such answer",
            observed=verdict.saw,
            allowed=verdict.allowed,
            history=story(shortened(events, assume, job.readings)),
            excuses=excuses(events, assume, job.readings),
        )
    return None


def shortened(events: list[Event], assume: Assumptions, readings: Mapping[str, str]) -> list[Event]:
    """
    The same violation with as few observations as will do, found on the record and not by asking the service again.

    Only what was seen is left out, never what was done or known: fewer observations can only make more lives
    possible, so what is still unexplained is so for a good reason.
    """
    kept = list(events[: breaking(events, assume, readings)])
    for number in range(len(kept) - 1):  # the last event is the one that no life explains
        if kept[number]["what"] not in ("saw", "began", "signalled"):
            continue
        # A placeholder, for reads name the number of events before them.
        trial = [*kept[:number], {**kept[number], "what": "left out"}, *kept[number + 1 :]]
        if not _explained(trial, assume, readings):
            kept = trial
    return kept


def breaking(events: list[Event], assume: Assumptions, readings: Mapping[str, str]) -> int:
    """How many events it takes until no life explains them; all of them when some life does."""
    follower, wanted = Follower(assume, readings), marks(events)
    for number, event in enumerate(events, start=1):
        follower.feed(event, keep_marks=wanted)
        if follower.monitor and follower.monitor.verdict:
            return number
    return len(events)


def excuses(events: list[Event], assume: Assumptions, required: Mapping[str, str]) -> tuple[str, ...]:
    """The assumptions, and the answers to required readings, under which the events would be explained."""
    found = [
        text
        for name, text in ASSUMPTIONS.items()
        if getattr(assume, name) and _explained(events, replace(assume, **{name: False}), required)
    ]
    for reading in READINGS:
        for value in reading.values:
            if reading.name in required and value != required[reading.name]:
                other = {**required, reading.name: value}
                if _explained(events, assume, other):
                    found.append(f"the reading {reading.name}={value}: {reading.values[value]}")
    return tuple(found)


def _explained(events: list[Event], assume: Assumptions, readings: Mapping[str, str]) -> bool:
    monitor: Monitor | None = judged(events, assume, readings)
    return monitor is None or monitor.verdict is None


def broken(error: Broken, scenario: Scenario, rule: str, variant: str) -> Result:
    """The result of a check that found the rule broken."""
    lines = tuple(line for job in scenario.jobs if not job.vouches for line in story(job.events()))
    return Result(
        rule,
        variant,
        Outcome.DIVERGES,
        expected=error.expected,
        observed=error.observed,
        history=lines,
        calls=tuple(scenario.said),
    )


def evidence(jobs: Iterable[Job]) -> tuple[Evidence, ...]:
    """What the jobs of a scenario say about the readings, those that say nothing left out."""
    found, everything = [], frozenset(valuations())
    for job in jobs:
        events = job.events()
        if not any(event["what"] == "called" for event in events):
            continue  # no reading is about a job that was left alone
        # Judged without what the caller required, so that the report can say what was seen and not only demanded.
        monitor = judged(events, job.assumptions) if job.readings else job.monitor
        if monitor and monitor.readings and monitor.readings < everything:
            found.append(Evidence(job.label, monitor.readings, story(events)))
    return tuple(found)


@dataclass(frozen=True)
class Readings:
    """
    What a run says about the readings.

    values     for each reading, the answers that explain every job of the run
    decided    for each reading that was narrowed down, a job that did it
    mixed      for each reading on which two jobs exclude each other: those two
    required   what the caller made a rule
    """

    values: Mapping[str, frozenset[str]]
    decided: Mapping[str, Evidence]
    mixed: Mapping[str, tuple[Evidence, Evidence]]
    required: Mapping[str, str]


def inferred(found: Iterable[Evidence], required: Mapping[str, str]) -> Readings:
    """Intersect what all jobs say, reading by reading: one value for each service and run."""
    values = {r.name: frozenset(r.values) for r in READINGS}
    decided: dict[str, Evidence] = {}
    mixed: dict[str, tuple[Evidence, Evidence]] = {}
    for item in found:
        for reading in READINGS:
            says = frozenset(dict(v)[reading.name] for v in item.readings)
            if not says < frozenset(reading.values) or reading.name in mixed:
                continue
            if not values[reading.name] & says and reading.name in decided:
                mixed[reading.name] = (decided[reading.name], item)
            decided.setdefault(reading.name, item)
            values[reading.name] = values[reading.name] & says
    return Readings(values, decided, mixed, dict(required))


def story(events: Iterable[Event]) -> tuple[str, ...]:
    """
    A history as lines for a person.

    >>> story([{"at_ms": 12, "job": "a.1", "what": "answered", "request": "cancel"}])
    ('    12 ms  a.1  cancel -> 200',)
    """
    lines = []
    for event in events:
        text = _told(event)
        if text:
            lines.append(f"{event['at_ms']:6d} ms  {event['job']}  {text}")
    return tuple(lines)


def _told(event: Event) -> str:
    match event["what"]:
        case "submitted":
            waits = ", waits for dependencies" if event["waits"] else ""
            return f"submitted, attempts={event['attempts']}{waits}"
        case "called":
            return f"{event['request']} called"
        case "answered":
            return f"{event['request']} -> 200"
        case "refused":
            return f"{event['request']} -> {event.get('error', 'refused')}"
        case "lost":
            return f"{event['request']} -> no answer"
        case "began":
            return f"attempt {event['attempt']} runs"
        case "signalled":
            return f"attempt {event['attempt']} gets SIGTERM"
        case "release":
            return f"attempt {event['attempt']} is let go with exit code {event['code']}"
        case "saw":
            flags = "".join(f" {name}" for name in ("isCancelled", "isTerminated") if event.get(name))
            tries = f", {event['attempts']} attempts" if (event.get("attempts") or 0) > 1 else ""
            return f"{event['status']}{flags}{tries}{' (and stays)' if event.get('settled') else ''}"
    return ""
