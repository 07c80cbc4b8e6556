"""Array jobs, and dependencies between children."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ...model.arrays import PARENT_STATUSES
from ...model.limits import ARRAY_SIZE
from ...model.status import FAILED, RUNNING, STARTED, SUCCEEDED
from ..power import Power
from ..steps.scenario import Scenario
from ..steps.submitting import Array
from .rule import rule


@rule("ARR-01", "An array has 2 to 10,000 children; other sizes are refused.")
def sizes_out_of_bounds_are_refused(batch: Scenario) -> None:
    assert ARRAY_SIZE.low is not None
    assert ARRAY_SIZE.high is not None
    for size in (ARRAY_SIZE.low - 1, ARRAY_SIZE.high + 1):
        try:
            batch.call("submit_job", **batch.submission(), arrayProperties={"size": size})
        except ClientError:
            continue
        batch.expect(False, f"an array of size {size} is refused", "SubmitJob accepted it")


@rule(
    "ARR-03",
    "An array's parent is SUBMITTED, PENDING, SUCCEEDED or FAILED, while its children run as well.",
    (Power.GATE,),
)
def a_parent_never_runs(batch: Scenario) -> None:
    array = _running(batch)
    seen = [batch.parent(array)["status"]]
    for child in array.children:
        batch.release(child, 0)
        batch.finish(child)
        seen.append(batch.parent(array)["status"])
    batch.expect(set(seen) <= set(PARENT_STATUSES), "SUBMITTED, PENDING, SUCCEEDED or FAILED", " -> ".join(seen))


@rule("ARR-05", "An array succeeds when every child has.", (Power.RUNS,))
def a_parent_succeeds_with_its_children(batch: Scenario) -> None:
    array = batch.submit_array()
    for child in array.children:
        batch.finish(child)
    detail = batch.ended_parent(array)
    batch.expect(detail["status"] == SUCCEEDED, "SUCCEEDED after all children", detail["status"])


@rule("ARR-06", "When a child fails the array fails, but only when all children are complete.", (Power.GATE,))
def a_parent_fails_when_all_children_are_complete(batch: Scenario) -> None:
    array = _running(batch)
    first, second = array.children
    batch.release(first, 1)
    batch.finish(first)
    batch.settle(second)  # all the time there is, in which the parent must not end
    early = batch.parent(array)["status"]
    batch.expect(early not in (SUCCEEDED, FAILED), "not ended while a child runs", early)
    batch.release(second, 0)
    batch.finish(second)
    detail = batch.ended_parent(array)
    batch.expect(detail["status"] == FAILED, "FAILED, because a child failed", detail["status"])


@rule("ARR-08", "`arrayProperties` of a parent has the size, and `statusSummary` counts the children.", (Power.RUNS,))
def the_summary_counts_the_children(batch: Scenario) -> None:
    array = batch.submit_array(ends=(1,))
    for child in array.children:
        batch.finish(child)
    shown = batch.ended_parent(array).get("arrayProperties") or {}
    counted = {status: count for status, count in (shown.get("statusSummary") or {}).items() if count}
    batch.expect(shown.get("size") == len(array.children), f"size {len(array.children)}", shown.get("size"))
    batch.expect(counted == {FAILED: len(array.children)}, "statusSummary: 2 FAILED, no other", counted)


@rule("ARR-15", "A child finds its index in AWS_BATCH_JOB_ARRAY_INDEX.", (Power.RUNS,))
def children_know_their_index(batch: Scenario) -> None:
    script = 'case "$AWS_BATCH_JOB_ID" in *:"${AWS_BATCH_JOB_ARRAY_INDEX:-none}") exit 0;; *) exit 3;; esac'
    array = batch.submit_array(command=("sh", "-c", script), ends=(0, 3))
    for child in array.children:
        detail = batch.finish(child)
        code = (detail.get("container") or {}).get("exitCode")
        batch.expect(
            code == 0, "AWS_BATCH_JOB_ARRAY_INDEX is what AWS_BATCH_JOB_ID ends with", f"another, in {child.id}"
        )


@rule(
    "DEP-12",
    "SEQUENTIAL without a job id: the children of an array run one after the other, from index 0.",
    (Power.GATE,),
)
def sequential_children_run_one_after_the_other(batch: Scenario) -> None:
    array = batch.submit_array(hold=True, depends_on=[{"type": "SEQUENTIAL"}])
    first, second = array.children
    batch.wait(first, RUNNING)
    batch.settle(first)  # all the time there is, in which the second must not start
    started = second.status in STARTED or bool(second.began())
    batch.expect(not started, "child 1 waits while child 0 runs", second.status)
    batch.release(first, 0)
    batch.finish(first)
    batch.release(second, 0)
    detail = batch.finish(second)
    batch.expect(detail["status"] == SUCCEEDED, "child 1 runs after child 0 has succeeded", detail["status"])


@rule("DEP-14", "N_TO_N: child i of an array waits for child i of the other, and for no more.", (Power.GATE,))
def children_wait_for_those_of_their_index(batch: Scenario) -> None:
    one = _running(batch)
    other = batch.submit_array(hold=True, depends_on=[{"jobId": one.id, "type": "N_TO_N"}])
    batch.release(one.children[1], 0)
    batch.finish(one.children[1])
    batch.wait(other.children[1], RUNNING)
    waiting = other.children[0]
    batch.expect(waiting.status not in STARTED and not waiting.began(), "child 0 waits for child 0", waiting.status)
    batch.release(other.children[1], 0)
    batch.release(one.children[0], 0)
    batch.release(waiting, 0)
    detail = batch.finish(waiting)
    batch.expect(detail["status"] == SUCCEEDED, "child 0 runs after child 0 has succeeded", detail["status"])


@rule(
    "CANCEL-27",
    "A cancelled child fails, its siblings are not affected, and the array fails in the end.",
    (Power.GATE,),
)
def a_cancelled_child_fails_alone(batch: Scenario) -> None:
    array = batch.submit_array(hold=True, depends_on=[{"type": "SEQUENTIAL"}])
    first, second = array.children
    batch.wait(first, RUNNING)
    batch.cancel(second)
    batch.settle(first)
    batch.expect(first.status is RUNNING and not first.signalled(), "child 0 runs on", first.status)
    batch.release(first, 0)
    batch.expect(batch.finish(first)["status"] == SUCCEEDED, "child 0 SUCCEEDED", first.status)
    batch.expect(batch.settle(second)["status"] == FAILED, "child 1, which was cancelled, FAILED", second.status)
    detail = batch.ended_parent(array)
    batch.expect(detail["status"] == FAILED, "the parent FAILED", detail["status"])


@rule("TERM-20", "Terminating an array terminates all of its children, and the array fails.", (Power.GATE,))
def terminating_the_parent_ends_all_children(batch: Scenario) -> None:
    array = _running(batch)
    batch.terminate_array(array)
    for child in array.children:
        detail = batch.settle(child)
        batch.expect(detail["status"] == FAILED, "every child FAILED", f"{child.id} {detail['status']}")
    detail = batch.ended_parent(array)
    batch.expect(detail["status"] == FAILED, "the parent FAILED", detail["status"])


@rule("TERM-21", "Terminating one child ends that child alone, and the array fails in the end.", (Power.GATE,))
def a_terminated_child_ends_alone(batch: Scenario) -> None:
    array = _running(batch)
    first, second = array.children
    batch.terminate(first)
    batch.expect(batch.settle(first)["status"] == FAILED, "child 0, which was terminated, FAILED", first.status)
    batch.settle(second)
    batch.expect(second.status is RUNNING and not second.signalled(), "child 1 runs on", second.status)
    batch.release(second, 0)
    batch.expect(batch.finish(second)["status"] == SUCCEEDED, "child 1 SUCCEEDED", second.status)
    detail = batch.ended_parent(array)
    batch.expect(detail["status"] == FAILED, "the parent FAILED", detail["status"])


def _running(batch: Scenario) -> Array:
    """An array of two, both of which run and are held."""
    array = batch.submit_array(hold=True)
    for child in array.children:
        batch.wait(child, RUNNING)
    return array
