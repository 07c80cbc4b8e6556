"""What the end of one attempt means: succeed, try again, or fail.

Units   exit_code is the process's own code, 0..255 (128 + n when it died of signal n).
Source  "Automated job retries" in the user guide; RetryStrategy and EvaluateOnExit in the API (RETRY-01 to RETRY-30).

The strategy only says RETRY or EXIT. Whether an attempt is left, and whether a cancel, a terminate or a timeout
overrides the strategy, is decided by the table, so this module returns an event and not a status.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .event import Event
from .limits import ATTEMPTS, EVALUATE_ON_EXIT_ENTRIES, EXIT_CODE_PATTERN, PATTERN_CHARACTERS, Violation


class Action(Enum):
    """What a retry strategy says about a failed attempt."""

    RETRY = "RETRY"
    EXIT = "EXIT"


class Ended(Enum):
    """How an attempt ended."""

    EXITED = "its process exited"
    START_FAILED = "its process never came up"
    HOST_LOST = "its host went away"


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """
    An ended attempt, as far as a retry strategy may look at it.

    `status_reason` is the attempt's statusReason, `reason` the container's reason; both may be absent, and so may the
    exit code (ENV-11).
    """

    ended: Ended
    exit_code: int | None = None
    status_reason: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        assert self.ended is not Ended.EXITED or self.exit_code is not None, "a process that exited has a code"


@dataclass(frozen=True, slots=True)
class Entry:
    """One `evaluateOnExit` entry. A condition that is None is not specified, and so asks for nothing (RETRY-10)."""

    action: Action
    on_status_reason: str | None = None
    on_reason: str | None = None
    on_exit_code: str | None = None

    def matches(self, end: AttemptEnd) -> bool:
        """
        Whether every specified condition holds (RETRY-07).

        >>> Entry(Action.EXIT, on_exit_code="1", on_reason="*").matches(AttemptEnd(Ended.EXITED, 1))
        True
        >>> Entry(Action.EXIT, on_exit_code="1", on_reason="OutOf*").matches(AttemptEnd(Ended.EXITED, 1))
        False
        """
        code = None if end.exit_code is None else str(end.exit_code)
        return (
            fits(self.on_status_reason, end.status_reason)
            and fits(self.on_reason, end.reason)
            and fits(self.on_exit_code, code)
        )


@dataclass(frozen=True, slots=True)
class RetryStrategy:
    """The effective `retryStrategy` of a job: `attempts` tries in all (RETRY-03), and what to look at (RETRY-08)."""

    attempts: int = 1
    evaluate_on_exit: tuple[Entry, ...] = ()


def fits(pattern: str | None, text: str | None) -> bool:
    """
    Whether a text fits a pattern: the whole text, or a prefix when the pattern ends with `*` (RETRY-12).

    An absent text is an empty one, so that a bare `*` fits it (RETRY-11).

    >>> fits("40*", "404"), fits("40", "404"), fits("*", None), fits("Host EC2*", None), fits(None, "anything")
    (True, False, True, False, True)
    """
    if pattern is None:
        return True
    text = text or ""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


def action(strategy: RetryStrategy, end: AttemptEnd) -> Action:
    """
    What the strategy says about a failed attempt: the first entry that matches decides, none means RETRY (RETRY-09).

    >>> strategy = RetryStrategy(3, (Entry(Action.RETRY, on_exit_code="1*"), Entry(Action.EXIT, on_exit_code="1")))
    >>> action(strategy, AttemptEnd(Ended.EXITED, 1)).value
    'RETRY'
    """
    for entry in strategy.evaluate_on_exit:
        if entry.matches(end):
            return entry.action
    return Action.RETRY


def event(strategy: RetryStrategy, end: AttemptEnd) -> Event:
    """
    The event of the table that this end of an attempt is.

    >>> event(RetryStrategy(), AttemptEnd(Ended.EXITED, 0)).value
    'exit_zero'
    >>> event(RetryStrategy(3, (Entry(Action.EXIT, on_exit_code="2"),)), AttemptEnd(Ended.EXITED, 2)).value
    'exit_final'
    >>> event(RetryStrategy(3), AttemptEnd(Ended.HOST_LOST, status_reason="Host EC2 (instance i-1) terminated.")).value
    'host_lost'
    """
    if end.ended is Ended.EXITED and end.exit_code == 0:
        return Event.EXIT_ZERO  # evaluateOnExit is about failed attempts only (RETRY-29)
    if action(strategy, end) is Action.EXIT:
        return Event.EXIT_FINAL if end.ended is Ended.EXITED else Event.FAULT_FINAL
    return {Ended.EXITED: Event.EXIT_RETRY, Ended.START_FAILED: Event.START_FAILED, Ended.HOST_LOST: Event.HOST_LOST}[
        end.ended
    ]


def parse(strategy: dict | None, field: str = "retryStrategy") -> RetryStrategy | None:
    """
    A `retryStrategy` member of a request, checked against the limits; None where none was given.

    Raises Violation, which names the field, the value and the bound.

    >>> parse({"attempts": 2, "evaluateOnExit": [{"action": "exit", "onExitCode": "1"}]}).evaluate_on_exit[0].action.value
    'EXIT'
    >>> parse({"attempts": 11})
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: retryStrategy.attempts is 11: it must be between 1 and 10
    >>> parse({"evaluateOnExit": []})
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: RetryAttempts must be provided with retry strategy (retryStrategy.attempts is absent)
    """
    if strategy is None:
        return None
    attempts = strategy.get("attempts")
    if attempts is None:  # RETRY-05, with the service's own words
        raise Violation(f"RetryAttempts must be provided with retry strategy ({field}.attempts is absent)")
    ATTEMPTS.check(attempts, f"{field}.attempts")
    entries = strategy.get("evaluateOnExit") or []
    EVALUATE_ON_EXIT_ENTRIES.check(len(entries), f"{field}.evaluateOnExit")
    return RetryStrategy(
        attempts, tuple(_entry(entry, f"{field}.evaluateOnExit[{index}]") for index, entry in enumerate(entries))
    )


def _entry(entry: dict, field: str) -> Entry:
    says = str(entry.get("action", "")).upper()  # the values aren't case sensitive (RETRY-14)
    if says not in Action.__members__:
        raise Violation(f"{field}.action is {entry.get('action')!r}: it must be RETRY or EXIT")
    for member in ("onStatusReason", "onReason", "onExitCode"):
        if (pattern := entry.get(member)) is not None:
            PATTERN_CHARACTERS.check(len(pattern), f"{field}.{member}")
            if "*" in pattern[:-1] and member != "onExitCode":  # RETRY-12, with the service's own words
                raise Violation(
                    "Evaluate on exit condition contains restricted characters. "
                    f"{field}.{member} is {pattern!r}: * may stand at the end only"
                )
    code = entry.get("onExitCode")
    if code is not None and not EXIT_CODE_PATTERN.fullmatch(code):
        raise Violation(f"{field}.onExitCode is {code!r}: it must be digits, which may end with one *")
    return Entry(Action[says], entry.get("onStatusReason"), entry.get("onReason"), code)
