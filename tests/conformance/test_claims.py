"""What a rule claims of a record does not rest on how soon the kit heard of something."""

from __future__ import annotations

from batchproof.conformance.judging.claims import arrays
from batchproof.conformance.judging.happenings import Exiting, OfJob, Released, Saw, Submitted
from batchproof.conformance.judging.seen import Seen
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
