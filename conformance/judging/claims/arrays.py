"""Array jobs, and dependencies between their children."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.arrays import PARENT_STATUSES
from ....model.limits import ARRAY_SIZE
from ....model.status import FAILED, STARTED, SUCCEEDED
from ..answers import Meaning
from ..claim import Point, claim, ends, exit_code, holds, refused
from ..seen import Job, Seen
from .showing import parent_ends, parents


def children(seen: Seen, of: str = "array") -> list[Job]:
    """The children of an array, by their index."""
    return seen.each(of)


@claim("ARR-01")
def sizes_out_of_bounds_are_refused(seen: Seen) -> Iterator[Point]:
    low, high = ARRAY_SIZE.low, ARRAY_SIZE.high
    assert low is not None
    assert high is not None
    for call in seen.of("submit_job"):
        size = (call.arguments.get("arrayProperties") or {}).get("size")
        if size is not None and not low <= size <= high:
            yield from refused([call], f"an array of size {size}")


@claim("ARR-03")
def a_parent_never_runs(seen: Seen) -> Iterator[Point]:
    shown = [look.get("status") for look in parents(seen)]
    if shown:
        allowed = set(PARENT_STATUSES)
        yield holds(set(shown) <= allowed, "SUBMITTED, PENDING, SUCCEEDED or FAILED", " -> ".join(map(str, shown)))


@claim("ARR-05")
def a_parent_succeeds_with_its_children(seen: Seen) -> Iterator[Point]:
    if all(child.status == SUCCEEDED for child in children(seen)):
        yield from parent_ends(seen, SUCCEEDED)


@claim("ARR-06")
def a_parent_fails_when_all_children_are_complete(seen: Seen) -> Iterator[Point]:
    first, second = children(seen) or (None, None)
    if first and second and first.status == FAILED and second.let_go:
        # A read of the parent that was answered before the second child was let go shows it too early, if it shows an end.
        # Both are done by one hand, so what is of the same millisecond came before it.
        let_go_ms = second.let_go[-1].at_ms
        known = {job.id for job in seen.jobs.values()}
        early = [
            job["status"]
            for call in seen.of("describe_jobs")
            if isinstance(call.body, dict) and call.answered_ms <= let_go_ms
            for job in call.body.get("jobs") or ()
            if job.get("jobId") not in known
        ]
        if early:
            ended = early[-1] in (SUCCEEDED, FAILED)
            yield holds(not ended, "not ended while a child runs", early[-1])
        yield from parent_ends(seen, FAILED)


@claim("ARR-08")
def the_summary_counts_the_children(seen: Seen) -> Iterator[Point]:
    ended = [look for look in parents(seen) if look.get("status") in (SUCCEEDED, FAILED)]
    if ended and all(child.status == FAILED for child in children(seen)):
        size, shown = len(children(seen)), ended[-1].get("arrayProperties") or {}
        counted = {status: count for status, count in (shown.get("statusSummary") or {}).items() if count}
        yield holds(shown.get("size") == size, f"size {size}", shown.get("size"))
        yield holds(counted == {FAILED: size}, f"statusSummary: {size} FAILED, no other", counted)


@claim("ARR-15")
def children_know_their_index(seen: Seen) -> Iterator[Point]:
    for child in children(seen):
        if child.end:
            expected = "AWS_BATCH_JOB_ARRAY_INDEX is what AWS_BATCH_JOB_ID ends with"
            right, observed = exit_code(child.end.detail) == 0, f"another, in {child.id}"
            yield Point(right, expected, observed, rests_on=("no_faults",), job=child.label)


@claim("DEP-12")
def sequential_children_run_one_after_the_other(seen: Seen) -> Iterator[Point]:
    first, second = children(seen) or (None, None)
    if first and second and first.let_go:
        let_go_ms = first.let_go[0].at_ms
        early = [look.status for look in second.looks if look.status in STARTED and look.saw.at_ms < let_go_ms]
        early += [f"attempt {began.attempt} runs" for began in second.began if began.at_ms < let_go_ms]
        yield holds(not early, "child 1 waits while child 0 runs", ", ".join(early))
        yield from ends(second, SUCCEEDED, "after child 0 has succeeded")


@claim("DEP-14")
def children_wait_for_those_of_their_index(seen: Seen) -> Iterator[Point]:
    first, second = children(seen, "array"), children(seen, "other")
    if len(first) < 2 or len(second) < 2 or not first[0].let_go:
        return
    let_go_ms = first[0].let_go[0].at_ms
    waiting = second[0]
    early = [look.status for look in waiting.looks if look.status in STARTED and look.saw.at_ms < let_go_ms]
    early += [f"attempt {began.attempt} runs" for began in waiting.began if began.at_ms < let_go_ms]
    yield holds(not early, "child 0 waits for child 0", ", ".join(early))
    yield from ends(second[1], SUCCEEDED, "after child 1 has succeeded")
    yield from ends(waiting, SUCCEEDED, "after child 0 has succeeded")


@claim("CANCEL-27")
def a_cancelled_child_fails_alone(seen: Seen) -> Iterator[Point]:
    first, second = children(seen) or (None, None)
    if first and second and second.accepted("cancel"):
        yield Point(not first.signalled, "child 0 runs on", "it got SIGTERM", by_life=True)
        yield from ends(first, SUCCEEDED)
        yield from ends(second, FAILED, "because it was cancelled")
        if second.status == FAILED:
            yield from parent_ends(seen, FAILED)


@claim("TERM-20")
def terminating_the_parent_ends_all_children(seen: Seen) -> Iterator[Point]:
    known = {job.id for job in seen.jobs.values()}
    asked = [c for c in seen.of("terminate_job") if c.says is Meaning.DONE and c.arguments.get("jobId") not in known]
    if not asked:
        return
    # When the request reaches a child is not promised; but one that is settled so long after it was not reached.
    by_now_ms = asked[0].answered_ms + seen.bounds.stopping
    for child in children(seen):
        there = [look.status for look in child.looks if look.saw.settled and look.saw.at_ms >= by_now_ms]
        there = [status for status in there if status not in (SUCCEEDED, FAILED)]
        if there or child.status == FAILED:
            observed = f"{child.id} {there[-1] if there else FAILED}"
            yield Point(not there, "every child FAILED", observed, rests_on=("deadline",), job=child.label)
        yield from ends(child, FAILED, "with its array")
    if all(child.status == FAILED for child in children(seen)):
        yield from parent_ends(seen, FAILED)


@claim("TERM-21")
def a_terminated_child_ends_alone(seen: Seen) -> Iterator[Point]:
    first, second = children(seen) or (None, None)
    if first and second and first.accepted("terminate"):
        yield from ends(first, FAILED, "because it was terminated")
        yield Point(not second.signalled, "child 1 runs on", "it got SIGTERM", by_life=True)
        yield from ends(second, SUCCEEDED)
        if first.status == FAILED:
            yield from parent_ends(seen, FAILED)
