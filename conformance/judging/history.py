"""What was asked of a service and what was seen of it, in order: data that can be judged again at any time.

One JSON object a line, written as it happens. The monitor of a job is fed from these events and from nothing else,
so that a history read back from its file is judged exactly as it was while it was made.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import Any

from ...model.knowledge import FAULTS, Knowledge
from ...model.monitor import Monitor, Shown
from ...model.status import Status

Event = dict[str, Any]
"""
One thing that happened. `at_ms` since the run began, `job` the label of the job, and `what`:

    submitted  attempts, waits, knowledge            began, signalled, gone   attempt
    exiting    attempt, code                         knows      knowledge
    called, answered, refused, lost   request        saw        status, flags, attempts, settled, since
"""


def as_data(knowledge: Knowledge) -> dict[str, Any]:
    """A `Knowledge` as plain data, and back again with `as_knowledge`."""
    return {
        "exits": [sorted(exits) for exits in knowledge.exits],
        "later_exits": sorted(knowledge.later_exits),
        "stopped_exits": sorted(knowledge.stopped_exits),
        "unstopped": sorted(knowledge.unstopped),
        "exits_due": knowledge.exits_due,
        "dependencies": sorted(knowledge.dependencies),
        "dependencies_due": knowledge.dependencies_due,
        "capacity": knowledge.capacity,
        "may_time_out": knowledge.may_time_out,
        "faults": sorted(knowledge.faults),
    }


def as_knowledge(data: Mapping[str, Any]) -> Knowledge:
    """
    The inverse of `as_data`.

    >>> as_knowledge(as_data(Knowledge(capacity=False))) == Knowledge(capacity=False)
    True
    """
    return Knowledge(
        exits=tuple(frozenset(exits) for exits in data["exits"]),
        later_exits=frozenset(data["later_exits"]),
        stopped_exits=frozenset(data["stopped_exits"]),
        unstopped=frozenset(data.get("unstopped", ())),
        exits_due=data["exits_due"],
        dependencies=frozenset(data["dependencies"]),
        dependencies_due=data["dependencies_due"],
        capacity=data["capacity"],
        may_time_out=data["may_time_out"],
        faults=frozenset(data["faults"]),
    )


@dataclass(frozen=True, slots=True)
class Assumptions:
    """
    What a verdict takes for granted about the service; the report says which of them would excuse it.

    fresh_reads   DescribeJobs shows how things are, not how they were
    prompt_calls  a request that was answered with success has taken effect
    no_faults     no host is lost, no start fails, no queue is deleted
    capacity      a full queue starts nothing
    deadline      what is urgent happens within the target's deadline
    """

    fresh_reads: bool = True
    prompt_calls: bool = True
    no_faults: bool = True
    capacity: bool = True
    deadline: bool = True


class Follower:
    """Feeds the events of one job to its monitor, under given assumptions."""

    def __init__(self, assumptions: Assumptions, readings: Mapping[str, str] | None = None) -> None:
        self._assume = assumptions
        self._readings = readings
        self.monitor: Monitor | None = None
        self._marks: dict[int, object] = {}
        self._count = 0

    def mark(self) -> int:
        """The number of events so far: a later `saw` names it as its `since`."""
        if self.monitor is not None:
            self._marks[self._count] = self.monitor.mark()
        return self._count

    def feed(self, event: Event, *, keep_marks: frozenset[int] = frozenset()) -> None:
        """Take in the job's next event."""
        if self._count in keep_marks:
            self.mark()
        self._count += 1
        if event["what"] == "submitted":
            self.monitor = Monitor(
                attempts=event["attempts"],
                waits=event["waits"],
                knowledge=self._weakened(as_knowledge(event["knowledge"])),
                fresh_reads=self._assume.fresh_reads,
                late_calls=not self._assume.prompt_calls,
                readings=self._readings,
            )
        elif self.monitor is not None:
            self._feed(self.monitor, event)

    def _feed(self, monitor: Monitor, event: Event) -> None:
        match event["what"]:
            case "knows":
                monitor.now_knows(self._weakened(as_knowledge(event["knowledge"])))
            case "called":
                monitor.called(event["request"])
            case "answered":
                monitor.answered(event["request"])
            case "refused":
                monitor.refused(event["request"])
            case "began":
                monitor.began(event["attempt"])
            case "signalled":
                ends = event.get("ends")
                monitor.signalled(event["attempt"], None if ends is None else frozenset(ends))
            case "saw":
                since = event.get("since")
                mark = None if since is None or since == self._count - 1 else self._marks.get(since)
                shown = Shown(
                    Status(event["status"]), event.get("isCancelled"), event.get("isTerminated"), event.get("attempts")
                )
                monitor.saw(shown, settled=event.get("settled", False) and self._assume.deadline, since=mark)

    def _weakened(self, knowledge: Knowledge) -> Knowledge:
        if not self._assume.no_faults:
            knowledge = replace(knowledge, faults=FAULTS)
        if not self._assume.capacity:
            knowledge = replace(knowledge, capacity=True)
        return knowledge


def judged(
    events: Iterable[Event], assumptions: Assumptions, readings: Mapping[str, str] | None = None
) -> Monitor | None:
    """The monitor after all events of one job, as it would have been live; None where the job was never submitted."""
    events = list(events)
    follower = Follower(assumptions, readings)
    wanted = marks(events)
    for event in events:
        follower.feed(event, keep_marks=wanted)
    return follower.monitor


def marks(events: Iterable[Event]) -> frozenset[int]:
    """The moments, as numbers of events, at which some read began."""
    return frozenset(event["since"] for event in events if event.get("since") is not None)


@dataclass
class History:
    """
    Every event of a run, in order, kept in memory and (with a path) in a file.

    Times are milliseconds since the history began. Safe to write from several threads.
    """

    path: Path | None = None
    events: list[Event] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)
    _began_s: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._file = self.path.open("w", encoding="utf-8", buffering=1) if self.path else None

    def add(self, event: Event) -> Event:
        """Append an event; `at_ms` is set here."""
        with self._lock:
            stamped = {"at_ms": round((time.monotonic() - self._began_s) * 1000), **event}
            self.events.append(stamped)
            if self._file:
                self._file.write(json.dumps(stamped) + "\n")
            return stamped

    def of(self, job: str) -> list[Event]:
        """The events of one job."""
        with self._lock:
            return [event for event in self.events if event["job"] == job]

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file:
            self._file.close()


def read(path: Path) -> dict[str, list[Event]]:
    """
    The events of a history file, by job.

    Raises ValueError naming the line that is not an event.
    """
    jobs: dict[str, list[Event]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            event = json.loads(line)
            jobs.setdefault(event["job"], []).append(event)
        except (ValueError, KeyError, TypeError) as reason:
            raise ValueError(f"{path}:{number} is not an event of a history: {reason!r}") from reason
    return jobs
