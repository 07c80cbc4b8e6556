"""Several modes at once, in one order, with one seed.

A request passes the modes from the first of `MODES` to the last and then reaches the service; the answer passes those that
the request has passed, from the last to the first. So the network is outermost, then credentials, throttling and failures,
then the wording of answers, then pages, and reads that lag are next to the service. What a mode answers in the service's
place goes to the client as it is.

Everything random follows from the seed, the name of the mode, the operation, and how many calls of that operation came
before: calls of other operations, and what they are about, change nothing. Where calls of one operation arrive at once,
only the order of their arrival decides which of them is hit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from . import network, pages, reads, reasons, refusals, wording
from .clock import ClockDiffers
from .exchange import Answer, Cut, Forward, Request
from .mode import Mode
from .shapes import JOBS

MODES: tuple[type[Mode], ...] = (
    network.LateRequests,
    network.LateAnswers,
    network.SlowSubmits,
    network.CutBefore,
    network.CutAfter,
    network.CutMidway,
    network.AnswersInPieces,
    network.ConnectionsEnd,
    network.GatewayErrors,
    refusals.ExpiringCredentials,
    refusals.Denied,
    refusals.Throttled,
    refusals.ThrottledInBursts,
    refusals.ErrorsBefore,
    refusals.ErrorsAfter,
    refusals.ItemErrors,
    wording.ErrorForms,
    wording.Reordered,
    wording.UnknownMembers,
    wording.EmptyMembers,
    wording.FlagsAtTheEnd,
    reasons.OtherReasons,
    ClockDiffers,
    pages.ShortPages,
    reads.NewJobsUnknown,
    reads.ReadsGoBack,
    reads.LaggingReads,
    reads.LaggingCounts,
)
"""Every mode there is, the outermost first."""

READ_AHEAD_FOR_S = 30.0  # after a client last asked: then nobody may be waiting for it, and its signature is still good
READ_AHEAD_AT_MOST = 10  # reads, the newest: an account's limits are for its clients


def mode_of(text: str) -> Mode:
    """
    The mode that is named by NAME or NAME=VALUE.

    Raises ValueError, which says what is wrong and what there is.
    """
    name, _, value = text.partition("=")
    for mode in MODES:
        if mode.name == name:
            return mode.read(value)
    raise ValueError(f"{name!r} is no mode: there are {', '.join(mode.name for mode in MODES)}")


@dataclass(frozen=True, slots=True)
class Passed:
    """
    A request that may go to the service, `wait_s` later.

    `seen` are the modes that it passed, each with the request as it saw it; `by` names those that did something to it.
    """

    request: Request
    wait_s: float
    seen: tuple[tuple[Mode, Request], ...]
    by: frozenset[str]


class Adversary:
    """
    Modes that are on together, for one run.

    No I/O: whoever holds it tells the time, in seconds of one clock, waits as long as it says, and asks the service.
    Not for several threads at once.
    """

    def __init__(self, modes: Sequence[Mode], seed: int = 0) -> None:
        by_name = {mode.name: mode for mode in modes}
        if len(by_name) < len(modes):
            twice = next(name for name, count in Counter(mode.name for mode in modes).items() if count > 1)
            raise ValueError(f"the mode {twice} is given more than once")
        self.modes = tuple(by_name[known.name] for known in MODES if known.name in by_name)
        self.seed = seed
        self.calls = Counter[str]()
        """How many calls of each operation arrived."""
        self.deeds = Counter({mode.name: 0 for mode in self.modes})
        """How many calls each mode did something to."""
        self._recent: dict[str, Request] = {}
        for mode in self.modes:
            mode.begin(Random(f"{seed} {mode.name}"))

    def enter(self, request: Request, now_s: float) -> Passed | Answer | Cut:
        """What becomes of a request: it goes on to the service, or is answered here, or its connection is cut."""
        self.calls[request.operation] += 1
        request = replace(request, number=self.calls[request.operation], at_s=now_s)
        wait_s, seen, by = 0.0, [], set[str]()
        for mode in self.modes:
            step = mode.before(request, now_s + wait_s, self._chance(mode, request))
            if not isinstance(step, Forward):
                self.deeds[mode.name] += 1
                return _later(step, wait_s)
            if step.wait_s or step.request.asked is not request.asked:
                by.add(mode.name)
            seen.append((mode, request))
            request, wait_s = step.request, wait_s + step.wait_s
        self.deeds.update(by)
        self._remember(request)
        return Passed(request, wait_s, tuple(seen), frozenset(by))

    def leave(self, passed: Passed, answer: Answer, now_s: float) -> Answer | Cut:
        """What becomes of the service's answer."""
        for mode, request in reversed(passed.seen):
            changed = mode.after(request, answer, now_s + answer.late_s, self._chance(mode, request))
            if changed is not answer and mode.name not in passed.by:
                self.deeds[mode.name] += 1
            if isinstance(changed, Cut):
                return changed
            answer = changed
        return answer

    @property
    def reads_ahead_s(self) -> float | None:
        """How often `again` should be asked; None: never."""
        return min((mode.reads_ahead_s for mode in self.modes if mode.reads_ahead_s is not None), default=None)

    def again(self, now_s: float) -> list[Request]:
        """The reads that clients asked for lately, but not just now, to be asked again so that older states are known."""
        every_s = self.reads_ahead_s or 0.0
        self._recent = {key: read for key, read in self._recent.items() if read.at_s > now_s - READ_AHEAD_FOR_S}
        return [replace(read, at_s=now_s) for read in self._recent.values() if read.at_s <= now_s - every_s]

    def learn(self, request: Request, answer: Answer, now_s: float) -> None:
        """Hear the answer to one of them."""
        if not answer.ok:
            self._recent.pop(_read_of(request), None)  # its signature may be too old
        for mode in self.modes:
            mode.learn(request, answer, now_s)

    def _remember(self, request: Request) -> None:
        if self.reads_ahead_s is None or request.operation not in JOBS:
            return
        key = _read_of(request)
        self._recent.pop(key, None)
        self._recent[key] = request
        if len(self._recent) > READ_AHEAD_AT_MOST:
            del self._recent[next(iter(self._recent))]

    def _chance(self, mode: Mode, request: Request) -> Random:
        return Random(f"{self.seed} {mode.name} {request.operation} {request.number}")


def _read_of(request: Request) -> str:
    """What is read, whoever asks for it, and when."""
    return json.dumps([request.operation, request.asked], sort_keys=True)


def _later(step: Answer | Cut, by_s: float) -> Answer | Cut:
    """What a mode answers to a request that is on its way for a while comes later."""
    if isinstance(step, Answer):
        return replace(step, late_s=step.late_s + by_s)
    return step
