"""Random histories: a Hypothesis rule-based state machine whose every step is a value.

A step is drawn from what the kit itself has done, never from what a service answered, so the same draws are the same
steps on any service. With a player each step is carried out as it is drawn, and Hypothesis can make a failure smaller;
without one the machine only draws, and the histories are played many at once, later.
"""

from __future__ import annotations

from itertools import cycle
from random import Random
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from ...model.status import PENDING, RUNNABLE, RUNNING, STARTING, SUCCEEDED
from ..payload import OnSigterm
from ..power import LOCAL, Power
from .beginnings import HOLDER, MAIN, Beginning, beginnings
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
    """

    powers: ClassVar[frozenset[Power]] = LOCAL
    jobs = Bundle("jobs")
    arrays = Bundle("arrays")

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.begins = 0
        self._number = 0
        self._other = MAIN
        self._closed = False

    def take(self, step: Step) -> None:
        """One more step."""
        self.steps.append(step)

    def _name(self) -> str:
        self._number += 1
        return chr(ord("a") + self._number) if self._number < 25 else f"job{self._number}"

    @initialize(target=jobs, data=st.data())
    def begin(self, data: st.DataObject) -> object:
        """Where the target's powers can hold a job, and with requests that are made of it there."""
        beginning = self.beginning(data)
        steps = beginning.steps(data.draw(self._submissions(), label="job"))
        self.begins = len(steps)
        for step in steps:
            self.take(step)
        self._other = beginning.other
        return MAIN

    def beginning(self, data: st.DataObject) -> Beginning:
        """Where this history begins. Nothing else that is drawn depends on it."""
        return data.draw(st.sampled_from(beginnings(self.powers)), label="beginning")

    @rule(target=jobs, data=st.data(), needs=st.lists(jobs, max_size=2, unique=True))
    def submit(self, data: st.DataObject, needs: list[str]) -> str:
        """SubmitJob."""
        job: Submit = data.draw(self._submissions(), label="job")
        name, narrow = self._name(), data.draw(st.booleans(), label="narrow")
        self.take(_named(job, name, tuple(needs), narrow and self._other == HOLDER))
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

    @rule(request=requests, later_ms=delays)
    def ask(self, request: str, later_ms: int) -> None:
        """CancelJob or TerminateJob of the job that the history began with."""
        self._pause(later_ms)
        self.take(Ask(request, (MAIN,)))

    @rule(request=requests, job=jobs, later_ms=delays)
    def ask_any(self, request: str, job: str, later_ms: int) -> None:
        """The same of any job."""
        self._pause(later_ms)
        self.take(Ask(request, (job,)))

    @rule(request=requests, array=arrays, child=st.none() | st.integers(0, 1))
    def ask_array(self, request: str, array: str, child: int | None) -> None:
        """The same of a whole array, or of one of its children."""
        self.take(Ask(request, (array if child is None else f"{array}:{child}",)))

    @rule(request=requests, some=st.lists(jobs, min_size=1, max_size=4, unique=True))
    def ask_in_bulk(self, request: str, some: list[str]) -> None:
        """CancelJobs or TerminateJobs."""
        self.take(Ask(request, tuple(some), bulk=True))

    @precondition(lambda self: Power.GATE in self.powers)
    @rule(code=codes)
    def release(self, code: int) -> None:
        """Let the attempt of that job end that is held."""
        self.take(Release(MAIN, code))

    @precondition(lambda self: Power.GATE in self.powers)
    @rule(code=codes)
    def release_other(self, code: int) -> None:
        """The same of the job that keeps it where it is."""
        self.take(Release(self._other, code))

    @precondition(lambda self: Power.GATE in self.powers)
    @rule(job=jobs, code=codes)
    def release_any(self, job: str, code: int) -> None:
        """The same of any job."""
        self.take(Release(job, code))

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

    @precondition(lambda self: Power.HOLDS_RUNNABLE in self.powers)
    @rule()
    def close_or_open(self) -> None:
        """Disable the compute environment of the narrow queue, or enable it again."""
        self._closed = not self._closed
        self.take(Close() if self._closed else Open())

    @rule()
    def settle(self) -> None:
        """Give that job all the time that it is allowed: what is due and does not come is seen before anything hides it."""
        self.take(Settle(MAIN))

    @rule(job=jobs, listed=st.booleans())
    def look(self, job: str, listed: bool) -> None:
        """DescribeJobs or ListJobs."""
        self.take(List(job) if listed else Look(job))

    @rule(data=st.data(), some=st.lists(jobs, min_size=2, max_size=4), later_ms=st.tuples(*[delays] * 4))
    def together(self, data: st.DataObject, some: list[str], later_ms: tuple[int, ...]) -> None:
        """Several callers at once, most often about one job."""
        if data.draw(st.booleans(), label="one job"):
            some = [some[0]] * len(some)
        branches = tuple(
            (delay_ms, data.draw(self._alone(job), label="caller"))
            for delay_ms, job in zip(later_ms, some, strict=False)
        )
        self.take(Together(branches))

    def _pause(self, ms: int) -> None:
        if ms:
            self.take(Pause(ms))

    def _submissions(self) -> st.SearchStrategy[Submit]:
        gate = Power.GATE in self.powers
        return submissions(4 if gate else 2, sigterms=gate)

    def _alone(self, job: str) -> st.SearchStrategy[Ask | Release | Look]:
        asks = st.builds(Ask, requests, st.just((job,)), st.booleans())
        released = st.builds(Release, st.just(job), codes) if Power.GATE in self.powers else st.nothing()
        return asks | released | st.just(Look(job))


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
    round_of_draws = 0
    while len(found) < number:
        before = len(found)
        for history in _drawn(number, powers, steps, from_seed * 1_000 + round_of_draws):
            found.setdefault(history.steps, history)
        round_of_draws += 1
        if len(found) == before:
            break  # there are no more
    return list(found.values())[:number]


def _drawn(number: int, powers: frozenset[Power], steps: int, from_seed: int) -> list[History]:
    kept: list[History] = []
    chance, order = Random(from_seed), beginnings(powers)
    chance.shuffle(order)
    places = cycle(order)

    def teardown(self: Histories) -> None:
        # Hypothesis nearly always takes all the steps that it may: what a few leave to be seen, many would hide.
        kept.append(History(tuple(self.steps[: self.begins + chance.randint(0, steps)]), self.begins))

    machine = type(
        "Drawn", (Histories,), {"powers": powers, "beginning": lambda *_: next(places), "teardown": teardown}
    )
    options = settings(
        max_examples=number,
        stateful_step_count=steps,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
    )
    run_machine(seed(from_seed)(machine), settings=options)
    return kept
