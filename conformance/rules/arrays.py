"""Array jobs, and dependencies between children."""

from __future__ import annotations

from ...model.arrays import child_id
from ...model.limits import ARRAY_SIZE
from ...model.status import PENDING, RUNNABLE, RUNNING, SUCCEEDED
from ..judging.outcome import Unclear
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


@rule("ARR-02", "The children of an array are `<parentId>:0` to `<parentId>:<size - 1>`, and no others.")
def children_are_called_by_their_index(batch: Scenario) -> None:
    for size in (3, 10):
        array = batch.submit_array(size, role=f"of {size}")
        request = {"arrayJobId": array.id, "jobStatus": str(SUCCEEDED)}
        listed = lambda request=request: batch.listed(**request)  # noqa: E731
        batch.eventually(listed, lambda found, size=size: len(found) >= size, batch.target.patience_s)
        for child in array.children:
            batch.finish(child)
        batch.eventually(listed, lambda found, size=size: len(found) >= size)
        batch.call("describe_jobs", jobs=[child_id(array.id, size)])


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


@rule("ARR-04", "An array is PENDING while its children run.", (Power.GATE,))
def a_parent_is_pending_while_children_run(batch: Scenario) -> None:
    array = _running(batch)
    first, second = array.children
    pending = lambda detail: detail.get("status") == PENDING  # noqa: E731
    batch.eventually(lambda: batch.parent(array), pending)
    batch.release(first, 0)
    batch.finish(first)
    batch.settle(second)
    batch.eventually(lambda: batch.parent(array), pending)
    batch.release(second, 0)
    batch.finish(second)


@rule("ARR-05", "An array succeeds when every child has, and ends when all have.")
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


@rule("ARR-07", "An array that failed for a child says so in `statusReason`.", (Power.RUNS,))
def a_parent_says_why_it_failed(batch: Scenario) -> None:
    array = batch.submit_array(ends=(1,))
    for child in array.children:
        batch.finish(child)
    batch.ended_parent(array)


@rule("ARR-08", "`arrayProperties` of a parent has the size, and `statusSummary` counts the children.", (Power.RUNS,))
def the_summary_counts_the_children(batch: Scenario) -> None:
    array = batch.submit_array(ends=(1,))
    in_order = batch.submit_array(3, ends=(1,), depends_on=[{"type": "SEQUENTIAL"}], role="in order")  # two never run
    for child in (*array.children, *in_order.children):
        batch.finish(child)
    batch.ended_parent(array)
    batch.ended_parent(in_order)


@rule("ARR-10", "A child shows its index in `arrayProperties`.")
def a_child_shows_its_index(batch: Scenario) -> None:
    for child in batch.submit_array(3).children:
        batch.finish(child)


@rule(
    "ARR-11",
    "A child's `createdAt` is when its array made it: after the array's own, and before it ran.",
    (Power.GATE,),
)
def a_child_is_made_by_its_array(batch: Scenario) -> None:
    first = batch.submit(hold=True, role="dependency")
    array = batch.submit_array(hold=True, depends_on=[{"jobId": first.id}])
    batch.wait(first, RUNNING)
    batch.release(first, 0)
    batch.finish(first)
    for child in array.children:
        batch.wait(child, RUNNING)
    batch.parent(array)
    for child in array.children:
        batch.settle(child)
        batch.release(child, 0)
        batch.finish(child)


@rule("ARR-13", "Children have the definition, resources, timeout and retry strategy of their array.", (Power.RUNS,))
def children_share_what_their_array_was_given(batch: Scenario) -> None:
    overrides = {"command": ["true"], "resourceRequirements": [{"type": "MEMORY", "value": "128"}]}
    entry = {"action": "EXIT", "onExitCode": "7"}
    array = batch.submit_array(
        3, attempts=3, entries=(entry,), timeout={"attemptDurationSeconds": 86_400}, containerOverrides=overrides
    )
    batch.parent(array)
    for child in array.children:
        batch.finish(child)


@rule(
    "ARR-14",
    "ListJobs with `arrayJobId` lists the children, without `jobStatus` those that are RUNNING.",
    (Power.GATE,),
)
def children_are_listed_by_status(batch: Scenario) -> None:
    array = batch.submit_array(3, hold=True)
    for child in array.children:
        batch.wait(child, RUNNING)
    first = array.children[0]
    batch.release(first, 0)
    batch.finish(first)
    for status, number in (({}, 2), ({"jobStatus": str(SUCCEEDED)}, 1), ({"jobStatus": str(RUNNING)}, 2)):
        request = {"arrayJobId": array.id, **status}
        batch.eventually(
            lambda request=request: batch.listed(**request), lambda found, number=number: len(found) == number
        )
    for child in array.children[1:]:
        batch.release(child, 0)
        batch.finish(child)


@rule("ARR-16", "Tags are not given to children: their ARNs are refused.", (Power.RUNS,))
def children_take_no_tags(batch: Scenario) -> None:
    array = batch.submit_array()
    child = array.children[0]
    shown = batch.finish(child)
    arn, tags = batch.parent(array).get("jobArn"), {"kit": "batchproof"}
    if not arn:
        raise Unclear("an array shows no jobArn")
    if (refusal := batch.refusal("tag_resource", resourceArn=arn, tags=tags)) is not None:
        raise Unclear(f"an array's own ARN takes no tags: {refusal}")
    of_child = shown.get("jobArn") or f"{arn}:0"
    batch.refusal("tag_resource", resourceArn=of_child, tags=tags)
    batch.refusal("list_tags_for_resource", resourceArn=arn)
    batch.refusal("list_tags_for_resource", resourceArn=of_child)


@rule("ARR-19", "An array waits for what it depends on, and its children run after that.", (Power.GATE,))
def children_come_when_the_array_waits_no_more(batch: Scenario) -> None:
    first = batch.submit(hold=True, role="dependency")
    array = batch.submit_array(hold=True, depends_on=[{"jobId": first.id}])
    batch.wait(first, RUNNING)
    batch.settle(first)  # all the time there is, in which no child must start
    batch.parent(array)
    batch.release(first, 0)
    batch.finish(first)
    for child in array.children:
        batch.wait(child, RUNNING)
        batch.release(child, 0)
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
    "CANCEL-24",
    "Cancelling an array drops the children that wait, and the array ends when all of them have ended.",
    (Power.GATE,),
)
def cancelling_the_parent_drops_what_waits(batch: Scenario) -> None:
    array = batch.submit_array(3, hold=True, depends_on=[{"type": "SEQUENTIAL"}], role="in order")
    first, runs, _ = array.children
    in_line = _in_line(batch)
    batch.wait(first, RUNNING)
    batch.release(first, 0)
    batch.finish(first)
    batch.wait(runs, RUNNING)
    arrays = [one for one in (array, in_line) if one is not None]
    for one in arrays:
        batch.ask_of_array("cancel", one)
    bounds = batch.stage.bounds
    batch.settle(runs, at_least_ms=bounds.call + bounds.remove + bounds.lag)
    for one in arrays:
        batch.parent(one)
        for child in [child for child in one.children if child.began() and not child.ended]:
            batch.release(child, 0)
            batch.finish(child)
        for child in one.children:
            batch.settle(child)
        batch.ended_parent(one)


def _in_line(batch: Scenario) -> Array | None:
    """An array of three of which one child runs, and the others are RUNNABLE; None where nothing can be kept so."""
    if Power.HOLDS_RUNNABLE not in batch.target.powers:
        return None
    queue, _ = batch.stage.world.narrow_queue()
    array = batch.submit_array(3, hold=True, jobQueue=queue, role="in line")
    for child in array.children:
        batch.wait(child, RUNNABLE, RUNNING)
    there = lambda: any(child.began() for child in array.children)  # noqa: E731
    batch.eventually(there, bool, batch.target.patience_s)
    return array


@rule("CANCEL-28", "In a SEQUENTIAL array the children after a cancelled one fail, and never run.", (Power.GATE,))
def children_after_a_cancelled_one_fail(batch: Scenario) -> None:
    array = batch.submit_array(3, hold=True, depends_on=[{"type": "SEQUENTIAL"}])
    first, second, third = array.children
    batch.wait(first, RUNNING)
    batch.cancel(second)
    batch.settle(first)
    batch.release(first, 0)
    batch.finish(first)
    batch.settle(second)
    batch.settle(third)
    batch.ended_parent(array)


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
    arrays = [_running(batch), _in_line(batch)]
    some = batch.submit_array(hold=True, role="one has ended")
    for child in some.children:
        batch.wait(child, RUNNING)
    batch.release(some.children[0], 0)
    batch.finish(some.children[0])
    for array in (*arrays, some):
        if array is not None:
            batch.ask_of_array("terminate", array)
    for array in (*arrays, some):
        for child in array.children if array is not None else ():
            batch.settle(child, at_least_ms=batch.stage.bounds.stopping)
        if array is not None and all(child.ended for child in array.children):
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
