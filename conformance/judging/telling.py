"""Prose: what happened, as lines for a person. Nothing else turns a happening, a call or an excuse into words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

import msgspec

from ...model.readings import BY_NAME
from .excuses import GIVEN_UP, Excuse
from .happenings import (
    Answered,
    Began,
    Called,
    Exiting,
    Failed,
    Gone,
    Got,
    Knows,
    Lost,
    OfJob,
    Refused,
    Released,
    Saw,
    Sent,
    Signalled,
    Submitted,
)

CALL_CHARACTERS = 160


def story(happenings: Iterable[OfJob]) -> tuple[str, ...]:
    """
    A history as lines for a person.

    >>> story([Answered(at_ms=12, job="a.1", request="cancel")])
    ('    12 ms  a.1  cancel -> 200',)
    """
    lines = []
    for happening in happenings:
        text = told(happening)
        if text:
            lines.append(f"{happening.at_ms:6d} ms  {happening.job}  {text}")
    return tuple(lines)


def told(happening: OfJob) -> str:
    """One happening in words; nothing for what only the kit has to know."""
    match happening:
        case Submitted(attempts=attempts, waits=waits):
            return f"submitted, attempts={attempts}{', waits for dependencies' if waits else ''}"
        case Called(request=request):
            return f"{request} called"
        case Answered(request=request):
            return f"{request} -> 200"
        case Refused(request=request, error=error):
            return f"{request} -> {error}"
        case Lost(request=request):
            return f"{request} -> no answer"
        case Began(attempt=attempt):
            return f"attempt {attempt} runs"
        case Signalled(attempt=attempt):
            return f"attempt {attempt} gets SIGTERM"
        case Released(attempt=attempt, code=code):
            return f"attempt {attempt} is let go with exit code {code}"
        case Saw():
            flags = " isCancelled" * bool(happening.is_cancelled) + " isTerminated" * bool(happening.is_terminated)
            tries = f", {happening.attempts} attempts" if (happening.attempts or 0) > 1 else ""
            return f"{happening.status}{flags}{tries}{' (and stays)' if happening.settled else ''}"
        case Knows() | Exiting() | Gone():
            return ""
        case _:
            assert_never(happening)


def exchanged(sent: Sent, answer: Got | Failed | None) -> str:
    """
    A call and its answer in one line, as boto3 makes it.

    >>> exchanged(Sent(number=1, scenario="a", operation="cancel_job", arguments=msgspec.Raw(b'{"jobId":"x"}')), None)
    "cancel_job(jobId='x') -> no answer"
    """
    arguments: dict[str, Any] = msgspec.json.decode(sent.arguments)
    call = f"{sent.operation}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"
    return f"{shortened(call)} -> {answered(answer)}"


def answered(answer: Got | Failed | None) -> str:
    """What came back, in a few words."""
    match answer:
        case None:
            return "no answer"
        case Got(status=status, code=""):
            return str(status)
        case Got(status=status, code=code):
            return f"{status} {code}: {message(answer)}"
        case Failed(failure=failure, why=why):
            return f"{failure}: {why}"
        case _:
            assert_never(answer)


def message(answer: Got) -> str:
    """The text of an error, as the service gives it."""
    if not isinstance(answer.body, msgspec.Raw):
        return ""
    found = msgspec.json.decode(answer.body)
    if isinstance(found, dict):
        return str(found.get("message") or found.get("Message") or found)
    return str(found)


def shortened(text: str, characters: int = CALL_CHARACTERS) -> str:
    """
    A text that fits a line of a report.

    >>> shortened("abcdefghij", 8)
    'abcde...'
    """
    return text if len(text) <= characters else text[: characters - 3] + "..."


def excused(excuse: Excuse) -> str:
    """
    What would excuse a service.

    >>> excused(Excuse(assumption="deadline"))
    'there is no deadline'
    """
    if excuse.assumption:
        return GIVEN_UP[excuse.assumption]
    return f"the reading {excuse.reading}={excuse.value}: {BY_NAME[excuse.reading].values[excuse.value]}"
