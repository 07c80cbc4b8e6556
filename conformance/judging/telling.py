"""Prose: what happened, as lines for a person. Nothing else turns a happening, a call or an excuse into words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

import msgspec

from ...model.readings import BY_NAME
from .answers import told as said
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
USUAL = frozenset({"jobName", "jobQueue", "jobDefinition", "containerOverrides"})
"""Members of a SubmitJob that are seldom what it is about."""


def story(happenings: Iterable[OfJob]) -> tuple[str, ...]:
    """
    A history as lines for a person. Reads that show the same again are not told again.

    >>> story([Answered(at_ms=12, job="a.1", request="cancel")])
    ('    12 ms  a.1  cancel -> 200',)
    """
    lines: list[str] = []
    last: dict[str, str] = {}
    for happening in happenings:
        text = told(happening)
        if text and not (isinstance(happening, Saw) and last.get(happening.job) == text):
            lines.append(f"{happening.at_ms:6d} ms  {happening.job}  {text}")
            last[happening.job] = text
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
    # What a call is about comes first, and what every call of a run has comes last: the line may be cut.
    names = sorted(arguments, key=lambda name: (name in USUAL, list(arguments).index(name)))
    call = f"{sent.operation}({', '.join(f'{name}={arguments[name]!r}' for name in names)})"
    return f"{shortened(call)} -> {said(answer)}"


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

    >>> excused(Excuse(("fresh_reads", "deadline")))
    'DescribeJobs may lag behind, and there is no deadline'
    """
    readings = [f"the reading {name}={value}: {BY_NAME[name].values[value]}" for name, value in excuse.readings]
    return ", and ".join([*(GIVEN_UP[name] for name in excuse.assumptions), *readings])
