"""What can happen in a run, as it is written down: one struct for each kind, one JSON object a line.

Three kinds. What a *job* shows or is told goes to its monitor, in order. What went over the *wire* is kept whole, so
that a later kit can read the same answers in another way. What a *power* did is kept because no answer shows it.
`at_ms` is milliseconds since the run began, by the kit's own clock.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType

from ...model.knowledge import Knowledge


class _Happening(Struct, frozen=True, tag_field="what", kw_only=True, omit_defaults=True):
    at_ms: int = 0


class _OfJob(_Happening, frozen=True, kw_only=True):
    job: str


# What a job shows or is told. `job` is its label: the scenario's, with a number.


class Submitted(_OfJob, frozen=True, tag="submitted"):
    """
    SubmitJob made it.

    scenario, role   on whose behalf, and what it is there for
    attempts         the attempts that it has in all
    waits            whether it has dependencies
    held             whether a gate holds its attempts
    call             the number of the SubmitJob, where it was answered
    vouches          it is a canary, no part of the story
    node             its index, where it is a node of a multi-node job beside the main node: no job by itself
    """

    id: str
    attempts: int
    waits: bool
    knowledge: Knowledge
    scenario: str = ""
    role: str = ""
    held: bool = False
    call: int | None = None
    vouches: bool = False
    node: int | None = None


class Knows(_OfJob, frozen=True, tag="knows"):
    """From now on the observer knows this about the world around the job."""

    knowledge: Knowledge


class Called(_OfJob, frozen=True, tag="called"):
    """A `cancel` or `terminate` of it begins."""

    request: str


class Answered(_OfJob, frozen=True, tag="answered"):
    """It was answered with success."""

    request: str
    call: int | None = None


class Refused(_OfJob, frozen=True, tag="refused"):
    """It was answered with an error, which says that it has no effect."""

    request: str
    error: str = "refused"
    call: int | None = None


class Lost(_OfJob, frozen=True, tag="lost"):
    """It was not answered, or no answer tells when it takes effect: it may at any time, or never."""

    request: str
    call: int | None = None


class Saw(_OfJob, frozen=True, tag="saw"):
    """
    A read showed this of it.

    status, is_cancelled, is_terminated   as the answer has them; None where it does not
    attempts   the number of entries in `attempts`
    settled    a canary has shown since that the service makes progress, so what is overdue by now is missing
    slow_ms    the longest that a canary of the service needed for one move so far: no bound is less than three times this
    since      how many happenings of the job there were when the read began; without it the read shows this very moment
    began_ms   when it began; older records do not say it, and then it may have begun as early as the last of these happenings
    """

    status: str
    is_cancelled: bool | None = None
    is_terminated: bool | None = None
    attempts: int | None = None
    settled: bool = False
    slow_ms: int = 0
    since: int | None = None
    began_ms: int | None = None
    call: int | None = None


class Began(_OfJob, frozen=True, tag="began"):
    """An attempt reported at the gate that it runs. `told`: as which one, by its own account."""

    attempt: int
    told: int | None = None


class Signalled(_OfJob, frozen=True, tag="signalled"):
    """An attempt reported a SIGTERM. `ends`: how it ends itself because of it, where that is known."""

    attempt: int
    ends: frozenset[str] | None = None


class Exiting(_OfJob, frozen=True, tag="exiting"):
    """An attempt reported that it exits with this code now."""

    attempt: int
    code: int


class Gone(_OfJob, frozen=True, tag="gone"):
    """An attempt's connection to the gate has ended, as its process has."""

    attempt: int


class Released(_OfJob, frozen=True, tag="released"):
    """The kit told the attempt that it held to exit with this code."""

    attempt: int
    code: int


OfJob: TypeAlias = (
    Submitted | Knows | Called | Answered | Refused | Lost | Saw | Began | Signalled | Exiting | Gone | Released
)
"""What a monitor is fed with, and what a person is told."""


# What the kit set out to do.


class Tried(_Happening, frozen=True, tag="tried"):
    """
    The check of a rule begins: what follows in this scenario was done for it.

    steps   what that is going to be, where it was drawn
    """

    scenario: str
    rule: str
    steps: Raw | UnsetType = UNSET


def drawn(tried: Tried | None) -> Raw | None:
    """What a scenario was going to do, where that was drawn."""
    return tried.steps if tried and isinstance(tried.steps, Raw) else None


class Left(_Happening, frozen=True, tag="left"):
    """
    It has ended.

    how   `done`; `unclear`, where something did not come about; `absent`, where the service has no such operation;
          `stopped`, where somebody had enough; `failed`, where the kit did
    begun how many of its steps were begun, where they were drawn: what is found ends a history
    """

    scenario: str
    how: str
    why: str = ""
    begun: int | None = None


# What went over the wire. `number` ties an answer to its request.


class Sent(_Happening, frozen=True, tag="sent"):
    """
    A request, as it was handed to boto3.

    scenario   on whose behalf: the label of a scenario, `set-up`, `clean-up` or `watcher`
    attempt    1, or more when the kit asked the same thing again
    """

    number: int
    scenario: str
    operation: str
    arguments: Raw
    attempt: int = 1


class Got(_Happening, frozen=True, tag="got"):
    """
    The answer to a request.

    status, code   of HTTP, and of the error where it is one
    unreadable     what boto3 says where it can make nothing of it
    body           as it came where it is JSON, else as a JSON string
    same_as        instead of a body: the number of an earlier answer that had the same
    """

    number: int
    status: int
    code: str = ""
    unreadable: str = ""
    body: Raw | UnsetType = UNSET
    same_as: int | None = None


class Failed(_Happening, frozen=True, tag="failed"):
    """There was no answer to a request. `failure` is boto3's exception, `why` what it says."""

    number: int
    failure: str
    why: str


def as_operation(method: str) -> str:
    """
    The operation of a boto3 method.

    >>> as_operation("cancel_jobs")
    'CancelJobs'
    """
    return "".join(word.title() for word in method.split("_"))


OnWire: TypeAlias = Sent | Got | Failed


# What a power did.


class Acted(_Happening, frozen=True, tag="acted"):
    """The kit used a power in a way that no call and no report shows."""

    power: str
    did: str
    job: str = ""


Happening: TypeAlias = OfJob | OnWire | Acted | Tried | Left
