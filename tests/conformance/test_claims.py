"""What a rule claims of a record does not rest on how soon the kit heard of something."""

from __future__ import annotations

import pytest
from msgspec import structs

from batchproof.conformance.judging.assumptions import Assumptions
from batchproof.conformance.judging.claim import Point
from batchproof.conformance.judging.claims import arrays, retry
from batchproof.conformance.judging.claims.everywhere import throughout
from batchproof.conformance.judging.follower import Terms
from batchproof.conformance.judging.happenings import (
    Answered,
    Began,
    Called,
    Exiting,
    OfJob,
    Refused,
    Released,
    Saw,
    Submitted,
)
from batchproof.conformance.judging.seen import Seen
from batchproof.conformance.judging.verdict import _evidence, _held_against, _sharp
from batchproof.model.knowledge import Knowledge


def child(number: int, *happenings: OfJob) -> list[OfJob]:
    first = Submitted(
        job=str(number), id=f"a:{number}", attempts=1, waits=True, knowledge=Knowledge(), scenario="x", role="array"
    )
    return [first, *happenings]


def seen(*children: list[OfJob]) -> Seen:
    return Seen("x", [happening for life in children for happening in life], {})


def test_a_child_may_run_before_the_end_of_the_one_before_it_was_heard_of():
    """The report of a process comes by another way than the reads, and on a busy machine it comes later."""
    told, report = Released(job="0", attempt=1, code=0, at_ms=10), Exiting(job="0", attempt=1, code=0, at_ms=12)
    second = child(1, Saw(job="1", status="RUNNING", at_ms=11), Saw(job="1", status="SUCCEEDED", at_ms=20))
    points = list(arrays.sequential_children_run_one_after_the_other(seen(child(0, told, report), second)))
    assert all(point.holds for point in points)


def test_and_not_before_it_was_let_go():
    told = Released(job="0", attempt=1, code=0, at_ms=10)
    second = child(1, Saw(job="1", status="RUNNING", at_ms=9), Saw(job="1", status="SUCCEEDED", at_ms=20))
    first, *_ = arrays.sequential_children_run_one_after_the_other(seen(child(0, told), second))
    assert not first.holds


def test_a_process_that_a_terminate_ended_in_starting_owes_no_entry():
    """
    The demon found it: a process may say that it runs while its job is STARTING, and then be given up (TERM-26, RETRY-22).

    Once the job was seen RUNNING, the entry is owed.
    """
    ended = (Began(job="0", attempt=1, told=1, at_ms=3), Called(job="0", request="terminate", at_ms=4))
    ended += (Answered(job="0", request="terminate", at_ms=5),)
    running = Saw(job="0", status="RUNNING", at_ms=6)
    for looks, owed in (((), False), ((running,), True)):
        life = child(
            0, Saw(job="0", status="STARTING", at_ms=2), *ended, *looks, Saw(job="0", status="FAILED", at_ms=9)
        )
        points = list(throughout.attempts_are_never_fewer(seen(life)))
        assert any(not point.holds for point in points) is owed


def terminated(at_ms: int, *, refused: bool = False) -> tuple[OfJob, ...]:
    answer = Refused(job="0", request="terminate", error="no", at_ms=at_ms + 1)
    accepted = Answered(job="0", request="terminate", at_ms=at_ms + 1)
    return (Called(job="0", request="terminate", at_ms=at_ms), answer if refused else accepted)


@pytest.mark.parametrize(
    ("why", "life"),
    {
        "it was refused": (*terminated(4, refused=True), Saw(job="0", status="FAILED", at_ms=9)),
        "the job had ended": (
            Saw(job="0", status="FAILED", at_ms=4),
            *terminated(5),
            Saw(job="0", status="FAILED", at_ms=9),
        ),
        "the job succeeded": (*terminated(4), Saw(job="0", status="SUCCEEDED", at_ms=9)),
    }.items(),
)
def test_a_terminate_that_gave_no_start_up_excuses_no_missing_entry(why, life):
    """Otherwise a service that loses an entry is excused by whatever terminate there was, such as one of a job that had ended."""
    points = list(
        throughout.attempts_are_never_fewer(seen(child(0, Began(job="0", attempt=1, told=1, at_ms=3), *life)))
    )
    assert any(not point.holds and point.rests_on == ("no_faults",) for point in points), why


def test_an_old_read_of_the_attempt_before_makes_no_entry_owed():
    """It shows RUNNING after the second process began, though the job was seen so in its first attempt."""
    began = tuple(Began(job="0", attempt=number, told=number, at_ms=number) for number in (1, 2))
    life = child(
        0, *began, Saw(job="0", status="RUNNING", at_ms=3), *terminated(4), Saw(job="0", status="FAILED", at_ms=9)
    )
    owed = [
        point
        for point in throughout.attempts_are_never_fewer(seen(life))
        if point.expected.startswith("2 attempts, for")
    ]
    assert [point.rests_on for point in owed] == [("no_faults", "fresh_reads")]


def test_an_attempt_whose_start_failed_never_says_its_number():
    """The demon found it: where hosts may be lost, the first to come to the gate may be the second attempt."""
    told = [Began(job="0", attempt=number, told=number, at_ms=number) for number in (2, 3)]
    life = child(0, *told, Saw(job="0", status="SUCCEEDED", at_ms=9))
    life[0] = structs.replace(life[0], role="job", attempts=3)
    within, all_three = retry.attempts_are_numbered_from_one(seen(life))
    assert within.holds
    assert not all_three.holds
    assert all_three.rests_on == ("no_faults",)


def test_a_number_that_no_attempt_has_needs_no_assumption():
    """Whoever counts from 0, or tells nothing at all, is not excused by a lost host."""
    told = [Began(job="0", attempt=number, told=number - 1, at_ms=number) for number in (1, 2)]
    life = child(0, *told, Saw(job="0", status="SUCCEEDED", at_ms=9))
    life[0] = structs.replace(life[0], role="job", attempts=2)
    within, _ = retry.attempts_are_numbered_from_one(seen(life))
    assert (within.holds, within.rests_on) == (False, ())


@pytest.mark.parametrize("no_faults", [True, False])
def test_a_point_that_rests_on_what_nobody_declared_answers_no_question(no_faults):
    """The demon found it: a job that a lost host had ended showed the flag of a request that came too late for it (TERM-15)."""
    reading = ("terminate_before_starting_sets", "isTerminated")
    point = Point(True, "a flag", "isTerminated", rests_on=("no_faults",), reading=reading)
    terms = Terms(Assumptions(no_faults=no_faults))
    assert len(list(_evidence(seen(), [point], terms))) == no_faults


@pytest.mark.parametrize("no_faults", [True, False])
def test_another_answer_than_the_required_one_is_no_pass_whatever_is_taken_for_granted(no_faults):
    """It diverges where nothing else can have set the flag. Where something can, it is not proved; nor is it shown to be right."""
    reading = ("terminate_before_starting_sets", "isCancelled")
    point = Point(True, "a flag", "isCancelled", rests_on=("no_faults",), reading=reading)
    terms = Terms(Assumptions(no_faults=no_faults), {"terminate_before_starting_sets": "isTerminated"})
    held = _held_against(point, terms)
    assert not held.holds
    assert (_sharp([held], terms) is not None) is no_faults
