"""Every number that AWS gives for a request, with its unit, its bound and the rule that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass


class Violation(ValueError):
    """A request breaks a limit. The text names the field, the value and the bound, fit to show to the caller."""


@dataclass(frozen=True, slots=True)
class Limit:
    """
    A bound on a number, or on a length or count. `low` and `high` are inclusive; None is no bound.

    >>> ATTEMPTS.check(3, "retryStrategy.attempts")
    >>> REASON_CHARACTERS.check(1025, "reason")
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: reason has 1025 characters: at most 1024 are allowed
    """

    low: int | None
    high: int | None
    unit: str | None
    rules: tuple[str, ...]

    def check(self, value: int, field: str) -> None:
        """Raise Violation when `value` (a number, or a length in `unit`) is out of bounds."""
        if (self.low is None or value >= self.low) and (self.high is None or value <= self.high):
            return
        if self.unit is None:
            raise Violation(f"{field} is {value}: it must be {self._range()}")
        bound = f"at most {self.high}" if self.high is not None and value > self.high else f"at least {self.low}"
        raise Violation(f"{field} has {value} {self.unit}: {bound} are allowed")

    def _range(self) -> str:
        if self.high is None:
            return f"at least {self.low}"
        return f"at most {self.high}" if self.low is None else f"between {self.low} and {self.high}"


ATTEMPTS = Limit(1, 10, None, ("RETRY-01",))
EVALUATE_ON_EXIT_ENTRIES = Limit(0, 5, "entries", ("RETRY-06",))
PATTERN_CHARACTERS = Limit(0, 512, "characters", ("RETRY-16",))
EXIT_CODE_PATTERN = re.compile(r"[0-9]*\*?")  # RETRY-13
ATTEMPT_DURATION_S = Limit(60, None, None, ("TO-01",))
DEPENDENCIES = Limit(0, 20, "entries", ("DEP-01",))
ARRAY_SIZE = Limit(2, 10_000, None, ("ARR-01",))
NODES = Limit(1, 1000, None, ("MNP-09",))
NODE_GROUPS = Limit(1, 5, "entries", ("MNP-09",))
REASON_CHARACTERS = Limit(1, 1024, "characters", ("CANCEL-12", "CANCEL-13", "TERM-01"))
JOB_NAME_CHARACTERS = Limit(1, 128, "characters", ("ERR-03",))
JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # ERR-03
RESERVED_ENVIRONMENT_PREFIX = "AWS_BATCH"  # ENV-02
DESCRIBED_JOBS = Limit(0, 100, "ids", ("ERR-05",))
BULK_JOBS = Limit(0, 50, "ids", ("BULK-01", "BULK-13"))
LIST_PAGE_JOBS = Limit(1, 1000, None, ("LIST-10",))
FILTERED_PAGE_JOBS = Limit(1, 100, None, ("LIST-10",))
SUBMIT_PAYLOAD_BYTES = Limit(0, 30 * 1024, "bytes", ("ERR-07",))
DEFINITION_PAYLOAD_BYTES = Limit(0, 24 * 1024, "bytes", ("ERR-07",))
SCHEDULING_PRIORITY = Limit(0, 9999, None, ("Q-07",))
SHARE_IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,255}\*?")
ACTIVE_SHARES = 500
"""Share identifiers of a queue that have jobs at one time (Q-08)."""
SHARES = Limit(0, 500, "entries", ("Q-08",))
SHARE_DECAY_S = Limit(0, 604_800, None, ("Q-07",))
COMPUTE_RESERVATION = Limit(0, 99, None, ("Q-07",))
WEIGHT_FACTOR = (0.0001, 999.9999)
TIME_LIMIT_S = Limit(600, 86_400, None, ("Q-11",))
CLIENT_TOKEN_CHARACTERS = Limit(1, 64, "characters", ())
CONSUMABLE_QUANTITY = Limit(0, 2**53, None, ("Q-20",))
COMPUTE_ENVIRONMENTS = Limit(1, 3, "entries", ("Q-04",))
TAGS = Limit(0, 50, "entries", ("ST-15",))
TAG_KEY_CHARACTERS = Limit(1, 128, "characters", ())
TAG_VALUE_CHARACTERS = Limit(0, 256, "characters", ())
SIGNATURE_AGE_S = 300
"""A signature is good for so long before and after its date (AWS: five minutes)."""
LOG_EVENTS = Limit(1, 10_000, None, ())
"""GetLogEvents and FilterLogEvents: events in an answer, by the service model of CloudWatch Logs."""
DESCRIBED_LOG_STREAMS = Limit(1, 50, None, ())
FILTERED_LOG_STREAMS = Limit(1, 100, "names", ())
LOG_EVENT_BYTES = 256 * 1024
"""A longer line becomes several events."""
CONTAINER_REASON_CHARACTERS = Limit(0, 255, "characters", ("ENV-10",))
CONTAINER_OVERRIDES_CHARACTERS = Limit(0, 8192, "characters", ("ENV-09",))

GRACE_S = 30
"""Seconds between SIGTERM and SIGKILL where nothing else is configured (TERM-07, TERM-09)."""
RETENTION_DAYS = 7
"""A finished job can be described for at least this long (ST-18)."""


def check_job_name(name: str, field: str = "jobName") -> None:
    """
    Raise Violation unless `name` is a job name (ERR-03).

    >>> check_job_name("-x")
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: Job name should match valid pattern: jobName is '-x', first a letter or digit, then letters, digits, - and _
    """
    JOB_NAME_CHARACTERS.check(len(name), field)
    if not JOB_NAME.fullmatch(name):
        raise Violation(
            f"Job name should match valid pattern: {field} is {name!r}, first a letter or digit, then letters, digits, - and _"
        )
