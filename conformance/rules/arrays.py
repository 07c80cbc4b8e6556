"""Array jobs, and dependencies between children."""

from __future__ import annotations

from ...model.limits import ARRAY_SIZE
from ...model.status import RUNNING
from ..power import Power
from ..steps.scenario import Scenario
from ..steps.submitting import Array
from .rule import rule


@rule("ARR-01", "An array has 2 to 10,000 children; other sizes are refused.")
def sizes_out_of_bounds_are_refused(batch: Scenario) -> None:
    assert ARRAY_SIZE.low is not None
    assert ARRAY_SIZE.high is not None
    for size in (ARRAY_SIZE.low - 1, ARRAY_SIZE.high + 1):
        batch.refusal("submit_job", **batch.submission(), arrayProperties={"size": size})


@rule(
    "ARR-03",
    "An array's parent is SUBMITTED, PENDING, SUCCEEDED or FAILED, while its children run as well.",
    (Power.GATE,),
)
def a_parent_never_runs(batch: Scenario) -> None:
    array = _running(batch)
    batch.parent(array)
    for child in array.children:
        batch.release(child, 0)
        batch.finish(child)
        batch.parent(array)


@rule("ARR-05", "An array succeeds when every child has.", (Power.RUNS,))
def a_parent_succeeds_with_its_children(batch: Scenario) -> None:
    array = batch.submit_array()
    for child in array.children:
        batch.finish(child)
    batch.ended_parent(array)


@rule("ARR-06", "When a child fails the array fails, but only when all children are complete.", (Power.GATE,))
def a_parent_fails_when_all_children_are_complete(batch: Scenario) -> None:
    array = _running(batch)
    first, second = array.children
    batch.release(first, 1)
    batch.finish(first)
    batch.settle(second)  # all the time there is, in which the parent must not end
    batch.parent(array)
    batch.release(second, 0)
    batch.finish(second)
    batch.ended_parent(array)


@rule("ARR-08", "`arrayProperties` of a parent has the size, and `statusSummary` counts the children.", (Power.RUNS,))
def the_summary_counts_the_children(batch: Scenario) -> None:
    array = batch.submit_array(ends=(1,))
    for child in array.children:
        batch.finish(child)
    batch.ended_parent(array)


@rule("ARR-15", "A child finds its index in AWS_BATCH_JOB_ARRAY_INDEX.", (Power.RUNS,))
def children_know_their_index(batch: Scenario) -> None:
    script = 'case "$AWS_BATCH_JOB_ID" in *:"${AWS_BATCH_JOB_ARRAY_INDEX:-none}") exit 0;; *) exit 3;; esac'
    array = batch.submit_array(command=("sh", "-c", script), ends=(0, 3))
    for child in array.children:
        batch.finish(child)


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
    batch.release(first, 0)
    batch.finish(first)
    batch.release(second, 0)
    batch.finish(second)


@rule("DEP-14", "N_TO_N: child i of an array waits for child i of the other, and for no more.", (Power.GATE,))
def children_wait_for_those_of_their_index(batch: Scenario) -> None:
    one = _running(batch)
    other = batch.submit_array(hold=True, depends_on=[{"jobId": one.id, "type": "N_TO_N"}], after=one, role="other")
    batch.release(one.children[1], 0)
    batch.finish(one.children[1])
    batch.wait(other.children[1], RUNNING)
    batch.release(other.children[1], 0)
    batch.release(one.children[0], 0)
    batch.release(other.children[0], 0)
    batch.finish(other.children[0])


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
    batch.release(first, 0)
    batch.finish(first)
    batch.settle(second)
    batch.ended_parent(array)


@rule("TERM-20", "Terminating an array terminates all of its children, and the array fails.", (Power.GATE,))
def terminating_the_parent_ends_all_children(batch: Scenario) -> None:
    array = _running(batch)
    batch.ask_of_array("terminate", array)
    for child in array.children:
        batch.settle(child, at_least_ms=batch.stage.bounds.stopping)
    if all(child.ended for child in array.children):
        batch.ended_parent(array)


@rule("TERM-21", "Terminating one child ends that child alone, and the array fails in the end.", (Power.GATE,))
def a_terminated_child_ends_alone(batch: Scenario) -> None:
    array = _running(batch)
    first, second = array.children
    batch.terminate(first)
    batch.settle(first)
    batch.settle(second)
    batch.release(second, 0)
    batch.finish(second)
    batch.ended_parent(array)


def _running(batch: Scenario) -> Array:
    """An array of two, both of which run and are held."""
    array = batch.submit_array(hold=True)
    for child in array.children:
        batch.wait(child, RUNNING)
    return array
