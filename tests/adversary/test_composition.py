"""Several modes at once: one order, waits that add up, and counts of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from adversary.playing import Service, begin, call, finish, jobs, said
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.adversary.about import deeds, takes_away
from batchproof.conformance.adversary.composition import MODES, Adversary, Passed, mode_of
from batchproof.conformance.adversary.exchange import Answer, Cut, Forward, Request
from batchproof.conformance.adversary.mode import Mode


def test_with_no_mode_a_request_and_its_answer_are_the_very_same():
    adversary, service = Adversary([]), Service({"a": [(0, "RUNNING")]})
    service.fixed["DescribeJobs"] = answer = said(jobs=[{"jobId": "a"}])
    assert call(adversary, service, "DescribeJobs", 0, jobs=["a"]) is answer
    assert adversary.again(1) == []


@given(st.lists(st.sampled_from([mode.name for mode in MODES]), unique=True))
def test_the_order_of_modes_is_not_that_of_the_command_line(names):
    adversary = Adversary([mode_of(name) for name in names])
    assert [mode.name for mode in adversary.modes] == [mode.name for mode in MODES if mode.name in names]


@pytest.mark.parametrize("modes", [[mode.name for mode in MODES if not mode.changes_requests]])
@given(st.integers(0, 999))
def test_all_modes_at_once_ask_the_service_at_most_once_for_a_call(modes, seed):
    adversary = Adversary([mode_of(name) for name in modes], seed)
    service = Service({f"j{n}": [(0, "RUNNING"), (3, "FAILED")] for n in range(5)})
    service.fixed["SubmitJob"] = said(jobId="j1")
    for n, operation in enumerate(["SubmitJob", "DescribeJobs", "ListJobs", "TerminateJob"] * 5):
        before = len(service.asked)
        outcome = call(adversary, service, operation, n / 2, jobs=list(service.lives), jobQueue="q")
        reached = len(service.asked) - before
        assert reached <= 1
        assert isinstance(outcome, Answer | Cut)
        if isinstance(outcome, Answer) and outcome.status in (403, 429):
            assert reached == 0


def test_what_is_refused_inside_comes_as_late_as_the_request_was():
    adversary = Adversary([mode_of("late-requests=2,share=0.9"), mode_of("throttled=0.9")], 1)
    refused = [step for n in range(50) if isinstance(step := begin(adversary, "ListJobs", n), Answer)]
    assert sum(step.late_s > 0 for step in refused) > 20


def test_a_mode_inside_sees_the_time_at_which_the_request_reaches_it():
    """A request that was on its way until a burst began is throttled."""

    @dataclass(eq=False)
    class Watching(Mode):
        name = "throttled"

        def before(self, request: Request, now_s: float, chance: Random) -> Forward:
            seen.append(now_s)
            return Forward(request)

    seen: list[float] = []
    adversary = Adversary([mode_of("late-requests=2,share=0.9"), Watching()], 1)
    waits = [begin(adversary, "ListJobs", 10).wait_s for _ in range(10)]
    assert seen == [10 + wait_s for wait_s in waits]
    assert sum(waits) > 0


def test_a_mode_draws_the_same_before_and_after():
    @dataclass(eq=False)
    class Drawing(Mode):
        name = "throttled"

        def before(self, request: Request, now_s: float, chance: Random) -> Forward:
            drawn.append(chance.random())
            return Forward(request)

        def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
            drawn.append(chance.random())
            return answer

    drawn: list[float] = []
    adversary, service = Adversary([Drawing()], 1), Service()
    for _ in range(5):
        call(adversary, service, "ListJobs", 0)
    assert drawn[::2] == drawn[1::2]
    assert len(set(drawn)) == 5


def test_choices_do_not_depend_on_which_answer_came_first():
    """Calls that are under way together: what is drawn belongs to the call, not to the moment."""
    adversary, service = Adversary([mode_of("errors-after=0.5")], 1), Service()
    steps = [begin(adversary, "TerminateJob", 0) for _ in range(30)]
    forwards = [finish(adversary, service, step, 1).status for step in steps]
    again = Adversary([mode_of("errors-after=0.5")], 1)
    steps = [begin(again, "TerminateJob", 0) for _ in range(30)]
    backwards = [finish(again, service, step, 1).status for step in reversed(steps)]
    assert forwards == backwards[::-1]


def test_it_counts_what_arrived_and_what_was_done():
    adversary, service = (
        Adversary([mode_of("throttled=0.5"), mode_of("short-pages=1,empty=0"), mode_of("error-forms")], 4),
        Service(),
    )
    service.lives = {f"j{n}": [(0, "RUNNING")] for n in range(3)}
    refused, token = 0, {}
    for _ in range(30):
        answer = call(adversary, service, "ListJobs", 0, jobQueue="q", **token)
        refused += answer.status == 429
        token = {"nextToken": answer.said["nextToken"]} if answer.said.get("nextToken") else {}
    assert adversary.calls == {"ListJobs": 30}
    assert adversary.deeds["throttled"] == refused
    assert adversary.deeds["short-pages"] == 30 - refused
    assert adversary.deeds["error-forms"] == 0
    assert f"throttled: {refused} calls" in deeds(adversary)
    assert "30 calls of Batch: 30 ListJobs" in deeds(adversary)


def test_what_is_on_is_said_with_its_numbers():
    text = takes_away(Adversary([mode_of("throttled=0.25"), mode_of("denied=ListJobs+CancelJob")]))
    assert "throttled=0.25: takes away that a call is refused for what it says" in text
    assert "denied=CancelJob+ListJobs: takes away that" in text
    assert takes_away(Adversary([])) == "no mode is on: everything passes as it is"


def test_short_pages_and_lagging_reads_together_list_every_job_once():
    """The modes that are next to each other and both change lists."""
    for seed in range(20):
        adversary = Adversary([mode_of("short-pages=2,empty=0.3"), mode_of("lagging-reads=3")], seed)
        service = Service({f"j{n}": [(0, "RUNNING")] for n in range(9)})
        found, token = [], {}
        for n in range(200):
            answer = call(adversary, service, "ListJobs", n / 10, jobQueue="q", **token)
            found += [job["jobId"] for job in jobs(answer)]
            token = {"nextToken": answer.said.get("nextToken")}
            if token["nextToken"] is None:
                break
        assert sorted(found) == sorted(service.lives)


def test_a_request_is_numbered_by_its_operation():
    adversary = Adversary([])
    steps = [begin(adversary, operation, 0) for operation in ("ListJobs", "CancelJob", "ListJobs")]
    assert all(isinstance(step, Passed) for step in steps)
    assert [step.request.number for step in steps] == [1, 1, 2]
