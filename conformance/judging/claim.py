"""What a rule claims of a record: points, each of which held or did not.

A claim is a function of what was seen and of nothing else. It never says more than the monitors can defend: where a
status is not what was expected, some life may still explain it, and then nothing is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...model.limits import Limit
from ...model.reads import container, tries
from .happenings import as_operation
from .seen import Call, Detail, Job, Look, Seen


@dataclass(frozen=True, slots=True)
class Point:
    """
    One thing that a rule says, held against the record.

    holds      whether it is so
    expected, observed   both sides, in words
    by_life    it is about where a job is in its life: no more than its monitor says can be held against the service
    rests_on   assumptions without which it proves nothing
    reading    an answer to an open question that this shows: name and value
    job        the label of the job that it is about
    breaks     other promises that this speaks against as well: the cause may be one
    """

    holds: bool
    expected: str
    observed: str
    by_life: bool = False
    rests_on: tuple[str, ...] = ()
    reading: tuple[str, str] | None = None
    job: str = ""
    breaks: tuple[str, ...] = ()


Claim = Callable[[Seen], Iterator[Point]]

CLAIMS: dict[str, Claim] = {}
"""By rule id, as the files of `claims/` registered them."""


BREAKS: dict[str, frozenset[str]] = {}
"""By rule id: the other promises that points of its claims may speak against (`Point.breaks`)."""


def claim(id: str, *, breaks: str = "") -> Callable[[Claim], Claim]:
    """Register what a rule claims of the record of its scenario. `breaks` are ids with blanks between, as in `BREAKS`."""

    def register(function: Claim) -> Claim:
        assert id not in CLAIMS, f"{id} has two claims"
        CLAIMS[id] = function
        _may_break(id, breaks)
        return function

    return register


THROUGHOUT: dict[str, list[Claim]] = {}
"""What is claimed of every scenario of a run, for whatever rule it was played, by the rule that would be broken."""


def throughout(id: str, *, breaks: str = "") -> Callable[[Claim], Claim]:
    """Register what a rule claims of every scenario: only what does not hold counts, for it is met everywhere or nowhere."""

    def register(function: Claim) -> Claim:
        THROUGHOUT.setdefault(id, []).append(function)
        _may_break(id, breaks)
        return function

    return register


def _may_break(id: str, others: str) -> None:
    if others:
        BREAKS[id] = BREAKS.get(id, frozenset()) | set(others.split())


def holds(fact: bool, expected: str, observed: object, **more: object) -> Point:
    """A point about what an answer has or a read shows."""
    return Point(bool(fact), expected, str(observed), **more)  # type: ignore[arg-type]


def ends(job: Job | None, status: str, because: str = "") -> Iterator[Point]:
    """A job ends so. Whether it is a fault where it does not is for its monitor to say."""
    if job is not None and job.looks:
        expected = f"{status}{f' {because}' if because else ''}"
        yield Point(job.status == status, expected, shown(job), by_life=True, job=job.label)


def shown(job: Job) -> str:
    """What a job showed last, in words."""
    look = job.last
    return "nothing" if look is None else told(look)


def told(look: Look) -> str:
    """A read in words: the status, and the attempts where there were several."""
    tries = attempts(look.detail)
    return f"{look.status} with {len(tries)} attempts" if len(tries) > 1 else look.status


def attempts(detail: Detail) -> list[Mapping[str, Any]]:
    """The attempts that a job shows."""
    return list(tries(detail))


def exit_codes(detail: Detail) -> list[int | None]:
    """Their exit codes."""
    return [container(attempt).get("exitCode") for attempt in attempts(detail)]


def exit_code(detail: Detail) -> int | None:
    """The exit code that the job itself shows."""
    return container(detail).get("exitCode")


def accepted(calls: Iterable[Call], what: str) -> Iterator[Point]:
    """Each of these calls, as far as it was judged, was accepted. `what` may name an argument: `{jobName}`."""
    for call in calls:
        if call.says.judged:
            yield Point(call.says.name == "DONE", f"{_filled(what, call)} is accepted", str(call))


def refused(calls: Iterable[Call], what: str, *, rests_on: tuple[str, ...] = ()) -> Iterator[Point]:
    """Each of these calls, as far as it was judged, was refused."""
    for call in calls:
        if call.says.judged:
            operation = as_operation(call.operation)
            done = call.says.name == "DONE"
            yield Point(
                not done,
                f"{_filled(what, call)} is refused",
                f"{operation} accepted it" if done else str(call),
                rests_on=rests_on,
            )


def _filled(what: str, call: Call) -> str:
    return what.format_map(_Shortened(call.arguments)) if "{" in what else what


class _Shortened(dict):
    """Arguments as a sentence shows them."""

    def __getitem__(self, name: str) -> object:
        value = super().__getitem__(name)
        if isinstance(value, str):
            return repr(value) if len(value) <= 20 else f"of {len(value)} characters ({value[:12]!r}...)"
        return value


def bound(limit: Limit, side: str) -> int:
    """One side of a limit that has it."""
    value = getattr(limit, side)
    assert value is not None, f"{limit} has no {side}"
    return value


def in_turn(job: Job) -> Iterator[tuple[Look, Look]]:
    """Each read with the last one that was answered before it began: of two that overlap either may be the newer one."""
    for number, later in enumerate(job.looks):
        earlier = [look for look in job.looks[:number] if look.saw.at_ms < later.began_ms]
        if earlier:
            yield earlier[-1], later
