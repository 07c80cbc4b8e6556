"""What a job remembers, and the atoms and assignments of which guards and effects are made.

The memory is finite: two counters up to 10, a few flags, and the readings, which never change. Whatever reads
the table (the machine, the diagrams, the monitor, later the Promela text) sees the same atoms, so nothing about
a guard is hidden in code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, lt
from typing import Any, NamedTuple

from .readings import DEFAULT, Valuation


class Memory(NamedTuple):
    """
    All that decides a job's next move, apart from its status.

    attempts            how often the job may be tried in all, 1 to 10 (RETRY-01, RETRY-03); never changes
    attempt             how often it was placed so far; during an attempt its AWS_BATCH_JOB_ATTEMPT
    waits               a job that it depends on has not ended yet
    chosen              a placement is under way: capacity is set aside, the host is not yet confirmed
    removal_accepted    a cancel or terminate was accepted before STARTING: the job is to leave the queue
    stop_accepted       a terminate was accepted: whatever runs is to be stopped
    retry_overridden    no further attempt, whatever the retry strategy says
    timed_out           the attempt outlived its timeout
    stop_sent           SIGTERM is on its way to the attempt's processes
    is_cancelled        what DescribeJobs and ListJobs show as isCancelled
    is_terminated       what they show as isTerminated
    """

    attempts: int
    attempt: int = 0
    waits: bool = False
    chosen: bool = False
    removal_accepted: bool = False
    stop_accepted: bool = False
    retry_overridden: bool = False
    timed_out: bool = False
    stop_sent: bool = False
    is_cancelled: bool = False
    is_terminated: bool = False
    # The readings, constant for a service: the names of readings.READINGS.
    cancel_overrides_retry: str = "yes"
    exit_zero_after_terminate: str = "FAILED"
    pending_cancel: str = "waits"
    terminate_before_starting_sets: str = "isTerminated"


def fresh(attempts: int = 1, *, waits: bool = False, readings: Valuation = DEFAULT) -> Memory:
    """The memory of a job that SubmitJob has just accepted. `attempts` is the effective retryStrategy.attempts."""
    assert 1 <= attempts <= 10
    return Memory(attempts=attempts, waits=waits)._replace(**dict(readings))


@dataclass(frozen=True, slots=True)
class Other:
    """In an atom: the value of another field of the same memory."""

    field: str


_RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {"=": eq, "<": lt}


@dataclass(frozen=True, slots=True)
class Atom:
    """
    One fact that a guard asks for: `field relation value`, possibly negated.

    >>> attempts_left.holds(fresh(attempts=3)), (~attempts_left).holds(fresh(attempts=3))
    (True, False)
    >>> (~attempts_left).label
    'no attempts left'
    """

    field: str
    relation: str
    value: bool | str | Other
    says: str
    denies: str
    negated: bool = False

    def holds(self, memory: Memory) -> bool:
        value = getattr(memory, self.value.field) if isinstance(self.value, Other) else self.value
        return _RELATIONS[self.relation](getattr(memory, self.field), value) is not self.negated

    def __invert__(self) -> Atom:
        return Atom(self.field, self.relation, self.value, self.says, self.denies, not self.negated)

    @property
    def label(self) -> str:
        """How a diagram writes it."""
        return self.denies if self.negated else self.says

    @property
    def name(self) -> str:
        """
        The fact itself as one word, negated or not: two atoms that ask for the same have the same name.

        >>> [atom.name for atom in (stop_sent, ~stop_sent, attempts_left, reading("pending_cancel", "waits"))]
        ['stop_sent', 'stop_sent', 'attempt_below_attempts', 'pending_cancel_is_waits']
        """
        if self.value is True:
            return self.field
        value = self.value.field if isinstance(self.value, Other) else self.value
        return f"{self.field}_{'is' if self.relation == '=' else 'below'}_{value}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """
    One change that an effect makes to a memory: set a field, or add one to it.

    >>> counted.applied(fresh(attempts=2)).attempt
    1
    """

    field: str
    value: bool | None
    says: str

    @property
    def name(self) -> str:
        """
        The change as one word: two assignments that do the same have the same name.

        >>> to_stop.name, unchosen.name, counted.name
        ('set_stop_accepted', 'clear_chosen', 'count_attempt')
        """
        return f"{'count' if self.value is None else 'set' if self.value else 'clear'}_{self.field}"

    def applied(self, memory: Memory) -> Memory:
        value = getattr(memory, self.field) + 1 if self.value is None else self.value
        return memory._replace(**{self.field: value})


def _flag(field: str, says: str, denies: str) -> Atom:
    return Atom(field, "=", True, says, denies)


def reading(name: str, value: str) -> Atom:
    """The atom that asks whether a service follows one reading."""
    return Atom(name, "=", value, f"{name} = {value}", f"{name} is not {value}")


# The atoms of the table, named as its guards read.
waits = _flag("waits", "dependencies outstanding", "no dependency outstanding")
chosen = _flag("chosen", "placement under way", "no placement under way")
removal_accepted = _flag("removal_accepted", "removal accepted", "no removal accepted")
stop_accepted = _flag("stop_accepted", "terminate accepted", "no terminate accepted")
retry_overridden = _flag("retry_overridden", "retry overridden", "retry not overridden")
timed_out = _flag("timed_out", "timed out", "not timed out")
stop_sent = _flag("stop_sent", "stop sent", "no stop sent")
attempts_left = Atom("attempt", "<", Other("attempts"), "attempts left", "no attempts left")

# The assignments of the table, named as its effects read.
counted = Assignment("attempt", None, "attempt + 1")
satisfied = Assignment("waits", False, "dependencies satisfied")
choosing = Assignment("chosen", True, "placement begins")
unchosen = Assignment("chosen", False, "placement ends")
to_remove = Assignment("removal_accepted", True, "to be removed")
unremoved = Assignment("removal_accepted", False, "removal lost")
to_stop = Assignment("stop_accepted", True, "to be stopped")
no_retry = Assignment("retry_overridden", True, "no further attempt")
late = Assignment("timed_out", True, "timed out")
stopping = Assignment("stop_sent", True, "SIGTERM sent")
shown_cancelled = Assignment("is_cancelled", True, "isCancelled")
shown_terminated = Assignment("is_terminated", True, "isTerminated")
