"""Random histories: a Hypothesis rule-based state machine whose every step is a value.

A step is drawn from what the kit itself has done, never from what a service answered, so the same draws are the same
steps on any service. With a player each step is carried out as it is drawn, and Hypothesis can make a failure smaller;
without one the machine only draws, and the histories are played many at once, later.
"""

from __future__ import annotations

from functools import cache
from itertools import cycle
from random import Random
from typing import cast

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from ...model.event import Event
from ...model.status import PENDING, RUNNABLE, RUNNING, STARTING, SUCCEEDED
from ..payload import OnSigterm
from ..power import LOCAL, Power
from .beginnings import MAIN, Beginning, beginnings
from .step import (
    CODES,
    REQUESTS,
    Ask,
    Close,
    History,
    List,
    Look,
    Open,
    Pause,
    Release,
    Settle,
    Step,
    Submit,
    SubmitArray,
    Together,
    Until,
)

DELAYS_MS = (0, 1, 2, 5, 10, 20, 50)
"""What comes between two requests that meet a job on its way."""

ENDS = ((0,), (1,), (9,), (1, 0), (1, 9))
"""How attempts end when everything is let go."""

requests = st.sampled_from(REQUESTS)
delays = st.sampled_from(DELAYS_MS)
codes = st.sampled_from(CODES)
ways = st.sampled_from(("alone", "first", "alone", "last"))
"""How a request is made of the first job: alone, or in bulk before or behind others."""


@cache  # Hypothesis looks through a strategy when it meets it first, and that takes longer than to draw
def submissions(attempts: int, *, sigterms: bool) -> st.SearchStrategy[Submit]:
    """A job with nothing in its way. Where no gate holds attempts, they do with a SIGTERM what a shell does."""
    return st.builds(
        Submit,
        name=st.just(""),
        attempts=st.none() | st.integers(1, attempts),
        exits_stop=st.booleans(),
        on_sigterm=st.sampled_from(OnSigterm) if sigterms else st.just(OnSigterm.DIE),
        ends=st.sampled_from(ENDS),
    )


class Histories(RuleBasedStateMachine):
    """
    One history: where it begins, and what is done after that to some jobs and arrays.

    powers   of the target: nothing is drawn that it cannot do
    place    where it begins; drawn where none is given
    """

    jobs = Bundle("jobs")
    arrays = Bundle("arrays")

    def __init__(self, powers: frozenset[Power] = LOCAL, place: Beginning | None = None) -> None:
        super().__init__()
        self.powers, self._place = powers, place
        self.steps: list[Step] = []
        self.begins = 0
        self._number = 0
        self._other = MAIN
        self._closed = self._narrow = False

    def take(self, step: Step) -> None:
        """One more step."""
        self.steps.append(step)

    def _name(self) -> str:
        self._number += 1
        return chr(ord("a") + self._number) if self._number < 25 else f"job{self._number}"

    @initialize(target=jobs, data=st.data())
    def begin(self, data: st.DataObject) -> object:
        """Where the target's powers can hold a job, and with requests that are made of it there."""
        beginning = self._place or data.draw(st.sampled_from(beginnings(self.powers)), label="beginning")
        steps = beginning.steps(data.draw(self._submissions(), label="job"))
        self.begins = len(steps)
        for step in steps:
            self.take(step)
        self._other = beginning.other
        self._closed = any(isinstance(step, Close) for step in steps)
        self._narrow = any(isinstance(step, Submit) and step.narrow for step in steps)
        # A race with the placement: later steps seldom come to it.
        if self._closed and data.draw(st.booleans(), label="goes on"):
            self._let_place()
        return MAIN if self._other == MAIN else multiple(MAIN, self._other)

    @rule(target=jobs, data=st.data())
    def submit(self, data: st.DataObject) -> str:
        """SubmitJob."""
        return self._submit(data, [])

    @rule(target=jobs, data=st.data(), needs=st.lists(jobs, min_size=1, max_size=2, unique=True))
    def submit_dependent(self, data: st.DataObject, needs: list[str]) -> str:
        """SubmitJob of a job that depends on others."""
        return self._submit(data, needs)

    def _submit(self, data: st.DataObject, needs: list[str]) -> str:
        job: Submit = data.draw(self._submissions(), label="job")
        name, narrow = self._name(), data.draw(st.booleans(), label="narrow") and Power.HOLDS_RUNNABLE in self.powers
        self._narrow |= narrow
        self.take(_named(job, name, tuple(needs), narrow))
        return name

    @rule(target=arrays, size=st.integers(2, 3), how=st.sampled_from(["", "sequential"]))
    def submit_array(self, size: int, how: str) -> str:
        """SubmitJob of an array."""
        name = self._name()
        self.take(SubmitArray(name=name, size=size, sequential=how == "sequential"))
        return name

    @rule(target=arrays, after=arrays)
    def submit_array_after(self, after: str) -> str:
        """SubmitJob of an array each child of which waits for one of another array."""
        name = self._name()
        self.take(SubmitArray(name=name, after=after))
        return name

    @rule(later_ms=delays, others=st.lists(jobs, max_size=3, unique=True), how=ways)
    def cancel(self, later_ms: int, others: list[str], how: str) -> None:
        """CancelJob of the job that the history began with, or CancelJobs of it and of some others."""
        self._ask(str(Event.CANCEL), later_ms, others, how)

    @rule(later_ms=delays, others=st.lists(jobs, max_size=3, unique=True), how=ways)
    def terminate(self, later_ms: int, others: list[str], how: str) -> None:
        """TerminateJob of the job that the history began with, or TerminateJobs of it and of some others."""
        self._ask(str(Event.TERMINATE), later_ms, others, how)

    def _ask(self, request: str, later_ms: int, others: list[str], how: str) -> None:
        self._pause(later_ms)
        others = [other for other in others if other != MAIN]
        about = {"alone": [MAIN], "first": [MAIN, *others], "last": [*others, MAIN]}[how]
        self.take(Ask(request, tuple(about), bulk=how != "alone"))

    @rule(
        request=requests, some=st.lists(jobs, min_size=1, max_size=3, unique=True), later_ms=delays, bulk=st.booleans()
    )
    def ask_any(self, request: str, some: list[str], later_ms: int, bulk: bool) -> None:
        """The same of any job, or in bulk of any jobs."""
        self._pause(later_ms)
        self.take(Ask(request, tuple(some if bulk else some[:1]), bulk=bulk))

    @rule(request=requests, array=arrays, child=st.none() | st.integers(0, 1))
    def ask_array(self, request: str, array: str, child: int | None) -> None:
        """The same of a whole array, or of one of its children."""
        self.take(Ask(request, (array if child is None else f"{array}:{child}",)))

    @precondition(lambda self: Power.GATE in self.powers)
    @rule(code=codes)
    def release(self, code: int) -> None:
        """Let the attempt of that job end that is held."""
        self.take(Release(MAIN, code))

    @precondition(lambda self: Power.GATE in self.powers)
    @rule(job=jobs, code=codes)
    def release_any(self, job: str, code: int) -> None:
        """The same of any job."""
        self.take(Release(job, code))

    @precondition(lambda self: Power.GATE in self.powers)
    @rule(code=codes)
    def make_way(self, code: int) -> None:
        """Whatever keeps the first job where it is does so no longer: a closed environment, or another job."""
        if self._closed:
            self._let_place()
        else:
            self.take(Release(self._other, code))

    @precondition(lambda self: Power.GATE in self.powers)
    @rule(array=arrays, child=st.integers(0, 1), code=codes)
    def release_child(self, array: str, child: int, code: int) -> None:
        """The same of a child of an array."""
        self.take(Release(f"{array}:{child}", code))

    @rule(
        job=jobs, status=st.sampled_from([str(status) for status in (RUNNING, STARTING, RUNNABLE, PENDING, SUCCEEDED)])
    )
    def wait_for(self, job: str, status: str) -> None:
        """Wait until a job is seen somewhere."""
        if status in (RUNNING, STARTING) or Power.GATE in self.powers:
            self.take(Until(job, status))

    @precondition(lambda self: self._narrow)
    @rule()
    def close_or_open(self) -> None:
        """Disable the compute environment of the narrow queue, or enable it again."""
        self._closed = not self._closed
        self.take(Close() if self._closed else Open())

    @precondition(lambda self: self._closed)
    @rule()
    def open_again(self) -> None:
        """Enable it again: what was held there goes on, with all that was asked of it meanwhile."""
        self._let_place()

    @rule()
    def settle(self) -> None:
        """Give that job all the time that it is allowed: what is due and does not come is seen before anything hides it."""
        self.take(Settle(MAIN))

    @rule(job=jobs)
    def look(self, job: str) -> None:
        """DescribeJobs."""
        self.take(Look(job))

    @rule(job=jobs)
    def list_it(self, job: str) -> None:
        """ListJobs."""
        self.take(List(job))

    @rule(
        data=st.data(),
        some=st.lists(jobs, min_size=2, max_size=4),
        about=st.sampled_from(("the first", "one", "several")),
        later_ms=st.tuples(*[delays] * 4),
    )
    def together(self, data: st.DataObject, some: list[str], about: str, later_ms: tuple[int, ...]) -> None:
        """Several callers at once, most often about one job. What they do without each other, other steps show."""
        if about != "several":
            some = [some[0] if about == "one" else MAIN] * len(some)
        asked, *others = (
            (delay_ms, data.draw(self._asks(job) if place == 0 else self._alone(job), label="caller"))
            for place, (delay_ms, job) in enumerate(zip(later_ms, some, strict=False))
        )
        self.take(Together((asked, *others)))

    @rule(first=requests, later_ms=delays)
    def race(self, first: str, later_ms: int) -> None:
        """Both requests for the first job at nearly the same time: where one of them is lost, the other does not hide it."""
        second = next(request for request in REQUESTS if request != first)
        self.take(Together(((0, Ask(first, (MAIN,))), (later_ms, Ask(second, (MAIN,))))))

    def _let_place(self) -> None:
        self._closed = False
        self.take(Open())

    def _pause(self, ms: int) -> None:
        if ms:
            self.take(Pause(ms))

    def _submissions(self) -> st.SearchStrategy[Submit]:
        gate = Power.GATE in self.powers
        return submissions(4 if gate else 2, sigterms=gate)

    @staticmethod
    def _asks(job: str) -> st.SearchStrategy[Ask]:
        return st.builds(Ask, requests, st.just((job,)), st.sampled_from((False, False, True)))

    def _alone(self, job: str) -> st.SearchStrategy[Ask | Release | Look]:
        released = st.builds(Release, st.just(job), codes) if Power.GATE in self.powers else st.nothing()
        return self._asks(job) | self._asks(job) | released | st.just(Look(job))


def _named(job: Submit, name: str, needs: tuple[str, ...], narrow: bool) -> Submit:
    return Submit(
        name=name,
        attempts=job.attempts,
        exits_stop=job.exits_stop,
        needs=needs,
        narrow=narrow,
        on_sigterm=job.on_sigterm,
        ends=job.ends,
    )


def drawn(number: int, powers: frozenset[Power], *, steps: int, from_seed: int) -> list[History]:
    """
    So many histories for a target with these powers, all different, each with up to `steps` steps after its beginning.

    They begin everywhere in turn, in an order that the seed decides.

    >>> len({*drawn(5, LOCAL, steps=4, from_seed=1)})
    5
    """
    found: dict[tuple[Step, ...], History] = {}
    chance, order = Random(from_seed), beginnings(powers)
    chance.shuffle(order)
    places = cycle(order)
    for _ in range(TRIES * number):
        if len(found) == number:
            break
        # Hypothesis nearly always takes all the steps that it may: what a few leave to be seen, many would hide.
        length = chance.randint(0, steps)
        history = _one(next(places), powers, length, chance.getrandbits(64))
        found.setdefault(history.steps, history)
    return list(found.values())


TRIES = 10
"""So many times as many histories are drawn as are wanted: a target with few powers may not have that many."""


def _one(place: Beginning, powers: frozenset[Power], steps: int, from_seed: int) -> History:
    """
    The second of two: the first is the simplest one, of which there is but one, and later ones repeat parts of others.
    """
    machine = _Machine(powers, place)
    drawing = cast("type[Histories]", seed(from_seed)(machine))  # whatever makes one will do
    run_machine(drawing, settings=settings(DRAWING, stateful_step_count=max(1, steps)))
    last = machine.begun[-1]
    return History(tuple(last.steps[: last.begins + steps]), last.begins)


class _Machine:
    """Makes machines that begin here. Of a function Hypothesis would read the source, which takes longer than all the draws."""

    def __init__(self, powers: frozenset[Power], place: Beginning) -> None:
        self._powers, self._place = powers, place
        self.begun: list[Histories] = []

    def __call__(self) -> Histories:
        self.begun.append(Histories(self._powers, self._place))
        return self.begun[-1]


DRAWING = settings(
    max_examples=2,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
)
