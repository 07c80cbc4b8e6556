"""Random histories in a test of anybody's own: a Hypothesis state machine that plays each step at once on a service.

from batchproof.conformance import BatchLifecycle


class OurBatch(BatchLifecycle):
    batch = "http://127.0.0.1:4566"


TestOurBatch = OurBatch.TestCase
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, wraps
from typing import Any, ClassVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import TestCaseProperty

from ..model.status import RUNNING
from .asked import asked
from .judging.follower import Terms
from .judging.outcome import Absent, Refusal, Unclear
from .judging.telling import story
from .judging.verdict import LIVES, Result, fault, faults
from .register import rules
from .searching.beginnings import Beginning, beginnings
from .searching.campaign import examined
from .searching.lives import play
from .searching.player import Player
from .searching.stateful import Histories
from .searching.step import History, Step, numbered
from .steps.made import Made, state_folder
from .steps.opening import opened
from .steps.recorder import Recorder, header
from .steps.scenario import Scenario
from .steps.stage import Profile, Stage
from .targets.known import variants
from .targets.target import Target

TARGET = "BATCHPROOF_TARGET"
"""The variable of the environment that names a target, where a class does not."""

AGAIN = 2
"""So many times more a history is played that broke something: what comes of luck cannot be made smaller."""


class Broken(AssertionError):
    """A service has broken a promise. There is a class for each, so that Hypothesis does not take one for another."""


class NotUnderstood(Exception):
    """The kit and the service do not understand each other, so nothing can be said of it: SMOKE did not pass."""


@cache
def broken(what: tuple[str, ...]) -> type[Broken]:
    """
    The exception of a fault, the same class each time.

    >>> broken(("S2", "CANCEL-07")).__name__, broken(("S2",)).__name__
    ('CANCEL_07', 'S2')
    """
    name = "_and_".join(what[1:] or what).replace("-", "_")
    return type(name, (Broken,), {"__module__": __name__, "__doc__": f"It speaks against {' and '.join(what)}."})


class _TestCase(TestCaseProperty):
    """Hypothesis' own, with the target started before and closed after all of it."""

    def __get__(self, obj: Any, typ: Any = None) -> Any:
        machine: type[BatchLifecycle] = typ if obj is None else type(obj)
        plain: Any = super().__get__(obj, typ)

        class Started(plain):
            @classmethod
            def setUpClass(cls) -> None:
                super().setUpClass()
                cls.enterClassContext(machine.started())

            @wraps(plain.runTest)
            def runTest(self) -> None:
                super().runTest()
                machine.say_what_came_of_luck()

        Started.__name__, Started.__qualname__ = plain.__name__, plain.__qualname__
        return Started


class BatchLifecycle(Histories):
    """
    A history of some jobs on a service, each step played as it is drawn.

    batch   the service: `reference`, another target by its name, the URL of a service, or a Target; without it
            BATCHPROOF_TARGET says it
    given   what else is known of it: fields of `Asked`, such as {"powers": ["gate"], "grace_s": 5}

    Settings, profiles and the example database are those of whoever runs the test. A failure is an exception of a class
    for each promise, and says the steps.
    """

    batch: ClassVar[str | Target | None] = None
    given: ClassVar[Mapping[str, Any]] = {}
    TestCase = _TestCase()  # type: ignore[assignment]

    _stage: ClassVar[Stage | None] = None
    _number: ClassVar[int] = 0
    _by_luck: ClassVar[list[Broken]] = []

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[None]:
        """The service is there, with a queue for the histories, as long as this is entered."""
        with ExitStack() as stack:
            target = stack.enter_context(cls._target())
            made = Made(None if target.disposable else state_folder() / f"made-{os.getpid()}.jsonl")
            stack.callback(made.close, keep=False)
            recorder = Recorder(header(target.title))
            stack.callback(recorder.close)
            wanted = cls.given.get("readings")
            readings = dict(target.must_read) if wanted is None else asked("", readings=wanted).readings or {}
            terms = Terms(target.assumptions, readings, target.bounds)
            stage = stack.enter_context(opened(target, terms, recorder, made, Profile()))
            for rule in rules(("SMOKE-*",)).values():
                if (result := examined(rule, stage)).stops:
                    raise NotUnderstood(f"{rule.id}, {rule.says} {result.why}")
            cls._stage, cls.powers, cls._by_luck = stage, target.powers, []
            try:
                yield
            finally:
                cls._stage = None

    @classmethod
    @contextmanager
    def _target(cls) -> Iterator[Target]:
        named = cls.batch if cls.batch is not None else os.environ.get(TARGET)
        if isinstance(named, Target):
            yield named  # whoever made it closes it
            return
        if not named:
            raise ValueError(f"no service is named: set {cls.__name__}.batch, or {TARGET} in the environment")
        with next(variants(asked(named, **cls.given)))() as target:
            yield target

    @classmethod
    def say_what_came_of_luck(cls) -> None:
        """Raise what was shown and not again when the same steps were played once more: it is broken all the same."""
        if cls._by_luck:
            raise cls._by_luck[0]

    def __init__(self) -> None:
        super().__init__()
        stage = type(self)._stage
        if stage is None:
            raise RuntimeError(f"run {type(self).__name__}.TestCase, or enter {type(self).__name__}.started() before")
        BatchLifecycle._number += 1
        self._label = f"{LIVES}.{BatchLifecycle._number}"
        self._on = stage
        self._scenario = Scenario(stage, self._label)
        self._player = Player(self._scenario)
        self._open = self._scenario.playing(LIVES, begun=lambda: self._player.begun)
        self._open.__enter__()
        self._ended: Exception | None = None

    def beginning(self, data: st.DataObject) -> Beginning:
        """
        Where this history begins, and where Hypothesis shrinks to: a job that is held does not move meanwhile.

        What is asked of a job on its way may be asked a moment too late the next time.
        """
        places = [each for each in beginnings(self.powers) if not each.asked]
        places.sort(key=lambda each: (each.place != RUNNING, each.attempt))
        asked_there = list(dict.fromkeys(each.asked for each in beginnings(self.powers)))
        place: Beginning = data.draw(st.sampled_from(places), label="beginning")
        return replace(place, asked=data.draw(st.sampled_from(asked_there), label="what is asked there"))

    def take(self, step: Step) -> None:
        """Play it. What it shows is raised at the end of the history, when everything was read."""
        super().take(step)
        if self._ended is None:
            try:
                self._player.take(step)
            except (Absent, Refusal, Unclear) as reason:
                self._ended = reason  # nobody knows what comes of further steps

    def teardown(self) -> None:
        """Let everything come to its end, and raise what is broken."""
        if sys.exc_info()[0] is not None:  # Hypothesis drops this history, or somebody has had enough
            self._left(sys.exc_info()[1])
            return
        if self._ended is None:
            try:
                self._player.wind_up()
            except (Absent, Refusal, Unclear) as reason:
                self._ended = reason
        self._left(self._ended)
        if self._ended is not None:
            event(f"left early: {type(self._ended).__name__}")
        if found := faults(self._scenario.seen(), self._on.terms):
            self._raise(found[0])

    def _left(self, reason: BaseException | None) -> None:
        try:
            if reason is None or not isinstance(reason, Exception):
                self._open.__exit__(None, None, None)
            else:
                self._open.__exit__(type(reason), reason, reason.__traceback__)
        finally:
            self._scenario.close()

    def _raise(self, result: Result) -> None:
        history, what = History(tuple(self.steps[: self._player.begun]), self.begins), fault(result)

        def shows(number: int) -> bool:
            record, _ = play(self._on, f"{self._label}-{number}", history)
            return any(fault(again) == what for again in faults(record, self._on.terms))

        with self._on.target.clock.pool(AGAIN, "again") as again:
            shown = sum(again.map(shows, range(1, AGAIN + 1)))
        failure = broken(what)(_said(result, history))
        if shown == AGAIN:
            raise failure
        failure.add_note(f"The same steps were played {AGAIN} times more, and showed it again in {shown} of them.")
        type(self)._by_luck.append(failure)
        event("shown by luck")


def _said(result: Result, history: History) -> str:
    against = " and ".join(result.breaks) or result.rule
    lines = [f"it speaks against {against}, by these steps:", *(f"  {line}" for line in numbered(history.steps))]
    lines += [f"expected  {result.expected}", f"observed  {result.observed}"]
    return "\n".join([*lines, *story(result.happenings)])
