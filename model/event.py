"""What can happen in a job's life: the events of the table, who makes each happen, and how surely it comes.

Their names are ours, for AWS has none: each says what an observer would have noticed, had he looked at that moment.
Where an event leads, and under which guard, is the table's business (`lifecycle.py`).
"""

from __future__ import annotations

from enum import Enum, StrEnum


class Kind(Enum):
    """Who makes an event happen."""

    REQUEST = "an accepted API call"
    SERVICE = "the service's own doing"
    CLOCK = "a time that has passed"
    PROCESS = "the job's process ended"
    DEPENDENCY = "a job that this one depends on ended"
    FAULT = "something broke: a host, a start, a rule checked late"


class Comes(Enum):
    """How surely an event comes, once a row of the table allows it."""

    SOON = "a working service does not put it off for ever"
    SOME_TIME = "when its cause comes: somebody asks, room is found, a time has passed, something breaks"
    PERHAPS = "a service may let it happen, and may as well never do so"


class Event(StrEnum):
    """
    One thing that can happen in a job's life. `says` is what happens; `urgent` is short for `comes is Comes.SOON`.

    >>> Event.STOP == "stop", Event.STOP.kind.name, Event.STOP.says, Event("stop").urgent
    (True, 'SERVICE', 'SIGTERM is sent', True)
    """

    kind: Kind
    says: str
    comes: Comes
    urgent: bool

    def __new__(cls, name: str, kind: Kind, says: str, comes: Comes = Comes.SOME_TIME) -> Event:
        member = str.__new__(cls, name)
        member._value_ = name
        member.kind, member.says, member.comes, member.urgent = kind, says, comes, comes is Comes.SOON
        return member

    CANCEL = "cancel", Kind.REQUEST, "CancelJob is accepted"
    TERMINATE = "terminate", Kind.REQUEST, "TerminateJob is accepted"
    EVALUATE = "evaluate", Kind.SERVICE, "the scheduler looks at the job for the first time", Comes.SOON
    CHOOSE = "choose", Kind.SERVICE, "a placement begins"  # ST-05: never promised
    PLACE = "place", Kind.SERVICE, "the placement is done", Comes.SOON
    START = "start", Kind.SERVICE, "the container is up", Comes.SOON
    REMOVE = "remove", Kind.SERVICE, "an accepted removal is carried out", Comes.SOON
    LOSE_CANCEL = "lose_cancel", Kind.SERVICE, "a cancel that came too late is forgotten", Comes.PERHAPS
    STOP = "stop", Kind.SERVICE, "SIGTERM is sent", Comes.SOON
    ABORT_START = "abort_start", Kind.SERVICE, "a start is given up because of a terminate", Comes.PERHAPS
    TIME_OUT = "time_out", Kind.CLOCK, "attemptDurationSeconds have passed: SIGTERM is sent"
    DEPENDENCIES_MET = (
        "dependencies_met",
        Kind.DEPENDENCY,
        "every job that this one depends on has succeeded",
        Comes.SOON,
    )
    DEPENDENCY_FAILED = "dependency_failed", Kind.DEPENDENCY, "a job that this one depends on has failed", Comes.SOON
    EXIT_ZERO = "exit_zero", Kind.PROCESS, "the process exits 0", Comes.SOON
    EXIT_ZERO_OVERRULED = (
        "exit_zero_overruled",
        Kind.PROCESS,
        "the process exits 0 after its timeout, and it does not count",
        Comes.PERHAPS,
    )
    EXIT_RETRY = (
        "exit_retry",
        Kind.PROCESS,
        "the attempt fails, and the retry strategy does not say EXIT",
        Comes.SOON,
    )
    EXIT_FINAL = "exit_final", Kind.PROCESS, "the attempt fails, and an evaluateOnExit entry says EXIT", Comes.SOON
    START_FAILED = "start_failed", Kind.FAULT, "the container never came up"
    HOST_LOST = "host_lost", Kind.FAULT, "the host went away under the attempt"
    FAULT_FINAL = "fault_final", Kind.FAULT, "a fault for which an evaluateOnExit entry says EXIT"
    GIVE_UP = "give_up", Kind.FAULT, "late validation, a deleted queue or a time limit action ends the job"


def of_kind(*kinds: Kind) -> frozenset[Event]:
    """
    The events that these make happen.

    >>> sorted(of_kind(Kind.DEPENDENCY))
    [<Event.DEPENDENCIES_MET: 'dependencies_met'>, <Event.DEPENDENCY_FAILED: 'dependency_failed'>]
    """
    return frozenset(event for event in Event if event.kind in kinds)


REQUESTS = of_kind(Kind.REQUEST)
EXITS = of_kind(Kind.PROCESS)
DEPENDENCY_EVENTS = of_kind(Kind.DEPENDENCY)
FAULTS = of_kind(Kind.FAULT)

STEERED = frozenset(
    event for event in Event if event.kind not in (Kind.CLOCK, Kind.FAULT) and event.comes is not Comes.PERHAPS
)
"""
What can be brought about on purpose: a caller asks for it, a job's process or its dependency is let end so, or the
service does it by itself meanwhile. Left out is what breaks, what needs a time to pass, and what a service may do.
"""
