"""What the kit makes of one job's reports at the gate: the right table is explained, whatever comes between two attempts.

A life here is lived by the table itself. Its job is the kit's own, fed as a scenario and the gate feed it.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, permutations

import pytest

from batchproof.conformance.judging.follower import Terms
from batchproof.conformance.judging.happenings import Answered, Called, Submitted
from batchproof.conformance.payload import OnSigterm, gated
from batchproof.conformance.steps.job import Job, exit_event
from batchproof.conformance.steps.recorder import Recorder, header
from batchproof.model.attempts import RetryStrategy
from batchproof.model.event import Event
from batchproof.model.machine import LIFECYCLE, Configuration
from batchproof.model.readings import Valuation, valuation
from batchproof.model.status import RUNNABLE, RUNNING, STARTING

ATTEMPTS = 3
INSTANTS = ("called", "takes effect", "answered")
STEPS = 5 * ATTEMPTS
"""A life without requests: in each attempt choose, place, start, release, exit."""


@dataclass
class Life:
    """
    One life of three attempts, each of which is held and told to exit 1 until the last, and the kit's job that sees it.

    on_sigterm     what a held attempt does with a SIGTERM: it dies at once, or when it is killed
    placed_anyway  a placement under way wins over a removal (CANCEL-22)
    """

    readings: Valuation
    on_sigterm: OnSigterm = OnSigterm.DIE
    placed_anyway: bool = False
    at: Configuration = field(init=False)
    job: Job = field(init=False)
    told: set[int] = field(default_factory=set)
    stories: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        strategy = RetryStrategy(ATTEMPTS)
        ends = {code: exit_event(strategy, code) for code in (0, 1, 137, 143)}
        payload = gated("/nowhere", (1, 1, 0), self.on_sigterm, ends)
        self.job = Job("a.1", "id", strategy, payload, Recorder(header("nowhere")), Terms(readings=dict(self.readings)))
        self.job.record(Submitted(job="a.1", id="id", attempts=ATTEMPTS, waits=False, knowledge=payload.knowledge))
        self.at = LIFECYCLE.step(LIFECYCLE.submitted(ATTEMPTS, readings=self.readings), "evaluate")
        self.look()

    def goes(self, event: str) -> None:
        """The service or the process does something, and the job is read."""
        self.at = LIFECYCLE.step(self.at, event)
        self.stories.append(event)
        if event == "start":
            self.job.reported("id", self.at.memory.attempt, "began")
        if event == "stop" and self.at.status is RUNNING and self.at.memory.attempt not in self.told:
            self.job.reported("id", self.at.memory.attempt, "sigterm")
        self.look()

    def look(self) -> None:
        """DescribeJobs."""
        status, memory = self.at
        self.job.shown(
            {"status": str(status), "isCancelled": memory.is_cancelled, "isTerminated": memory.is_terminated}
        )

    def request(self, request: str, instant: str) -> None:
        """One of the three instants of a cancel or terminate."""
        self.stories.append(f"{request} {instant}")
        if instant == "takes effect":
            self.goes(request)
        else:
            self.job.record((Called if instant == "called" else Answered)(job="a.1", request=request))

    def step(self) -> bool:
        """The next thing that happens without a request. False when the job has ended."""
        status, memory = self.at
        if status.terminal:
            return False
        if status is RUNNABLE:
            removed = memory.removal_accepted and not (memory.chosen and self.placed_anyway)
            self.goes("remove" if removed else "place" if memory.chosen else "choose")
        elif status is STARTING:
            self.goes("start")
        elif memory.attempt in self.told:
            self.exits()
        elif memory.stop_accepted and not memory.stop_sent:
            self.goes("stop")
        elif memory.stop_sent:
            self.goes("exit_retry")  # by the signal
        else:
            self.release()
        return True

    def release(self) -> None:
        """The kit lets the attempt go, which says with which code it exits."""
        attempt = self.at.memory.attempt
        code = 0 if attempt == ATTEMPTS else 1
        self.job.will_end(attempt, exit_event(self.job.strategy, code))
        self.job.reported("id", attempt, f"exiting {code}")
        self.told.add(attempt)
        self.stories.append(f"exiting {code}")

    def exits(self) -> None:
        """The process ends as it said; a stop may be sent to it just before that is noticed."""
        if self.at.memory.stop_accepted and not self.at.memory.stop_sent:
            self.goes("stop")
        self.goes("exit_zero" if self.at.memory.attempt == ATTEMPTS else "exit_retry")

    def is_explained(self) -> bool:
        """Whether the kit's job still believes in this life."""
        return self.job.monitor.verdict is None and self.readings in self.job.monitor.readings


def lived(life: Life, moments: dict[int, list[tuple[str, str]]]) -> Life:
    """The life to its end, with these instants of requests before its step number N."""
    number = 0
    while True:
        for request, instant in moments.get(number, ()):
            life.request(request, instant)
        number += 1
        if not life.step() and number > max(moments, default=0):
            return life


def single_requests() -> Iterator[dict[int, list[tuple[str, str]]]]:
    """A cancel or a terminate, begun, effective and answered at any three moments."""
    for request in ("cancel", "terminate"):
        for begun in range(STEPS + 1):
            for effective in range(begun, STEPS + 1):
                for answered in range(effective, STEPS + 1):
                    yield moments(zip((begun, effective, answered), [(request, i) for i in INSTANTS], strict=True))


def pairs() -> Iterator[dict[int, list[tuple[str, str]]]]:
    """Both, each at one moment."""
    for first, second in combinations(range(STEPS + 1), 2):
        for one, other in permutations(("cancel", "terminate")):
            yield moments([(n, (r, i)) for n, r in ((first, one), (second, other)) for i in INSTANTS])


def moments(at) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for number, instant in at:
        found.setdefault(number, []).append(instant)
    return found


@pytest.mark.parametrize("on_sigterm", [OnSigterm.DIE, OnSigterm.IGNORE])
@pytest.mark.parametrize("overrides", ["yes", "no"])
def test_a_request_at_any_point_of_three_attempts_is_explained(overrides, on_sigterm):
    """Also just as an attempt ends: what one attempt said of its end says nothing about the next one's."""
    readings, ends = valuation({"cancel_overrides_retry": overrides}), Counter[str]()
    for when in (*single_requests(), *pairs()):
        life = lived(Life(readings, on_sigterm), when)
        ends[f"{life.at.status} after {life.at.memory.attempt}"] += 1
        assert life.is_explained(), f"{life.job.monitor.verdict}\n" + "\n".join(life.stories)
    # It came to all of this, so the loop above was no empty one.
    assert ends.keys() >= {"FAILED after 0", "FAILED after 1", "FAILED after 2", "FAILED after 3", "SUCCEEDED after 3"}


@pytest.mark.parametrize("block", range(4))
def test_a_cancel_and_a_terminate_that_overlap_each_other_and_an_exit_are_explained(block):
    """Any interleaving of their six instants with three attempts, of which these are some."""
    for seed in range(block * 250, (block + 1) * 250):
        chance = random.Random(seed)
        cancel, terminate = (sorted(chance.choices(range(STEPS + 1), k=3)) for _ in range(2))
        instants = [(n, ("cancel", i)) for n, i in zip(cancel, INSTANTS, strict=True)]
        instants += [(n, ("terminate", i)) for n, i in zip(terminate, INSTANTS, strict=True)]
        readings = valuation({"cancel_overrides_retry": chance.choice(("yes", "no"))})
        how = chance.choice((OnSigterm.DIE, OnSigterm.IGNORE))
        life = lived(Life(readings, how, placed_anyway=chance.choice((True, False))), moments(instants))
        assert life.is_explained(), f"seed {seed}: {life.job.monitor.verdict}\n" + "\n".join(life.stories)


def test_an_attempt_that_says_its_end_while_it_is_being_let_go_is_not_held_to_another():
    """The report comes on the gate's thread: what was looked up before it must not be written down after it."""
    life = Life(valuation({}), OnSigterm.EXIT_ZERO)
    life.job.reported("id", 1, "began")
    letting_go = threading.Thread(target=life.job.will_end, args=(1, Event.EXIT_RETRY))
    with life.job._changed:
        letting_go.start()
        letting_go.join(0.2)  # it waits for this
        life.job.reported("id", 1, "sigterm")
    letting_go.join()
    assert life.job.knowledge.ends(1) == {Event.EXIT_ZERO}
