"""A failing history becomes short: by asking again, or by what its steps say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.searching.shortening import about, shorter
from batchproof.conformance.searching.step import (
    Ask,
    Close,
    List,
    Look,
    Pause,
    Release,
    Submit,
    SubmitArray,
    Together,
    Until,
    on_the_way,
)

A, B, C = Submit(name="a"), Submit(name="b"), Submit(name="c")
CANCEL_A, CANCEL_B = Ask("cancel", ("a",)), Ask("cancel", ("b",))


@given(st.lists(st.integers(0, 30), unique=True, min_size=1), st.data())
def test_what_is_left_fails_and_no_step_of_it_can_go(steps, data):
    """Whatever a fault takes, in whatever order: that is what short means."""
    needed = set(data.draw(st.lists(st.sampled_from(steps), min_size=1, unique=True)))
    left, _ = shorter(steps, lambda some: needed <= set(some), tries=10_000)  # type: ignore[arg-type]
    assert list(left) == [step for step in steps if step in needed]


def test_it_asks_no_more_often_than_it_may():
    """Each try is a history on somebody's service."""
    asked = []
    left, tried = shorter(tuple(range(40)), lambda some: bool(asked.append(some)), tries=7)  # type: ignore[arg-type]
    assert len(asked) == tried == 7
    assert left == tuple(range(40))


def test_nothing_at_all_is_never_tried():
    left, _ = shorter((A,), lambda some: True, tries=10)
    assert left == (A,)


def test_steps_about_other_jobs_are_left_out_on_the_record():
    steps = (A, B, CANCEL_B, CANCEL_A, Release("b", 1), Look("b"), List("a"))
    assert about(steps, "a") == (A, CANCEL_A, List("a"))


def test_what_a_job_waits_for_stays_and_what_waits_for_it_goes():
    waiting = Submit(name="d", needs=("a",))
    first = Submit(name="a", needs=("b",))
    steps = (B, C, first, waiting, Release("b", 0), Release("c", 0), Until("d", "PENDING"))
    assert about(steps, "a") == (B, first, Release("b", 0))
    assert about(steps, "d") == (B, first, waiting, Release("b", 0), Until("d", "PENDING"))


def test_who_stands_in_the_same_line_stays():
    """In a queue with room for one job each of them decides when the next one starts."""
    holder, main = Submit(name="holder", narrow=True), Submit(name="a", narrow=True)
    steps = (holder, main, B, Close(), CANCEL_B, CANCEL_A)
    assert about(steps, "a") == (holder, main, Close(), CANCEL_A)
    assert about(steps, "b") == (B, CANCEL_B)


def test_whom_a_call_names_together_with_it_stays():
    """A bulk call may stop at the other job, and callers at once meet each other."""
    bulk, at_once = Ask("cancel", ("a", "b"), bulk=True), Together(((0, CANCEL_A), (5, Look("c"))))
    assert about((A, B, C, bulk), "a") == (A, B, bulk)
    assert about((A, B, C, at_once), "a") == (A, C, at_once)


def test_a_child_stands_for_its_array_and_time_passes_for_everybody():
    array = SubmitArray(name="b", after="a")
    steps = (SubmitArray(name="a"), array, C, Pause(5), Release("a:0", 1), Release("b:1", 1), Release("c", 1))
    assert about(steps, "b") == (SubmitArray(name="a"), array, Pause(5), Release("a:0", 1), Release("b:1", 1))


def test_a_request_behind_a_wait_meets_a_job_that_is_held():
    """A case that is shown by luck, because it met the job on its way, was told before one that is shown each time."""
    held = (A, Until("a", "RUNNING"), CANCEL_A)
    assert on_the_way(held) == 0
    assert on_the_way((A, CANCEL_A)) == on_the_way((A, Until("a", "STARTING"), CANCEL_A)) == 1
    assert on_the_way((*held, Release("a", 1), CANCEL_A)) == 1, "it was let go, and nobody has waited since"
    assert on_the_way((A, B, Until("a", "RUNNING"), Ask("cancel", ("a", "b"), bulk=True))) == 1
    assert on_the_way((*held, Together(((0, CANCEL_A), (5, CANCEL_A))))) == 1
