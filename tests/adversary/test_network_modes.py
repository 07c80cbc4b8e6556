"""What the network does: how late, in how many pieces, and where a connection is cut."""

from __future__ import annotations

import pytest
from adversary.playing import Service, begin, call
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.adversary.composition import Adversary, Passed, mode_of
from batchproof.conformance.adversary.exchange import Answer, Cut


def outcomes(mode: str, operation: str = "DescribeJobs", seed: int = 1) -> list[Answer | Cut]:
    adversary, service = Adversary([mode_of(mode)], seed), Service()
    return [call(adversary, service, operation, n, jobs=["a"]) for n in range(100)]


def test_a_late_request_waits_before_the_service_is_asked_and_never_longer_than_it_says():
    adversary = Adversary([mode_of("late-requests=2,share=0.5")], 1)
    steps = [begin(adversary, "TerminateJob", n) for n in range(100)]
    assert all(isinstance(step, Passed) for step in steps)
    waits_s = [step.wait_s for step in steps]
    assert all(0 <= wait_s <= 2 for wait_s in waits_s)
    assert 25 < sum(wait_s > 0 for wait_s in waits_s) < 75
    assert adversary.deeds["late-requests"] == sum(wait_s > 0 for wait_s in waits_s)


def test_a_late_answer_is_the_services_own():
    answers = outcomes("late-answers=2,share=0.5")
    assert all(0 <= answer.late_s <= 2 for answer in answers)
    assert 25 < sum(answer.late_s > 0 for answer in answers) < 75
    assert {str(answer.said) for answer in answers} == {"{'jobs': []}"}


def test_only_submits_are_slow():
    assert all(0 < answer.late_s <= 2 for answer in outcomes("slow-submits=2", "SubmitJob"))
    assert {answer.late_s for answer in outcomes("slow-submits=2", "DescribeJobs")} == {0}


@pytest.mark.parametrize("mode", ["cut-before=0.5", "cut-after=0.5", "cut-midway=0.5"])
def test_connections_are_cut_in_both_ways(mode):
    cuts = [outcome for outcome in outcomes(mode) if isinstance(outcome, Cut)]
    assert {cut.reset for cut in cuts} == {True, False}
    assert all((cut.answer is not None) == mode.startswith("cut-midway") for cut in cuts)


@given(st.integers(0, 999))
def test_a_cut_answer_is_never_whole(seed):
    for outcome in outcomes("cut-midway=0.9", seed=seed):
        if isinstance(outcome, Cut):
            assert 0 <= outcome.share < 1


def test_answers_come_in_pieces():
    answers = [answer for answer in outcomes("answers-in-pieces=5,pause_s=0.1,share=0.5") if answer.pieces > 1]
    assert 25 < len(answers) < 75
    assert {answer.pieces for answer in answers} == {2, 3, 4, 5}
    assert {answer.pause_s for answer in answers} == {0.1}
    assert {answer.chunked for answer in answers} == {True, False}


def test_some_connections_end_after_their_answer():
    closing = sum(answer.closes for answer in outcomes("connections-end=0.5"))
    assert 25 < closing < 75
