"""Dependencies between jobs, and between jobs and arrays: what their failure means, and how they are named."""

from __future__ import annotations

from ...model.status import PENDING, RUNNING, STARTED, SUCCEEDED, TERMINAL
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.job import Job
from ..steps.scenario import Scenario
from .rule import rule


@rule(
    "DEP-03",
    "When one of several dependencies fails the job fails by itself, without an attempt: in any order, and after the fact.",
    (Power.HOLDS_RUNNING,),
)
def a_failed_dependency_fails_its_dependents(batch: Scenario) -> None:
    succeeded = batch.submit(role="succeeded before")
    failed = batch.submit(ends=(1,), role="failed before")
    codes = {"succeeds": 0, "fails": 1, "fails first": 1}
    good, bad, worse = (batch.submit(hold=True, ends=(code,), role=role) for role, code in codes.items())
    batch.finish(succeeded)
    batch.finish(failed)
    pairs = [(good, bad), (bad, good), (worse, good), (good, worse), (bad, worse), (succeeded, bad), (bad, succeeded)]
    jobs = [batch.submit(depends_on=pair) for pair in pairs]
    jobs.append(batch.submit(depends_on=(bad,)))
    for job in jobs:
        batch.wait(job, PENDING)
    jobs += _where_it_is_accepted(batch, failed, good)
    for job in (worse, good, bad):
        batch.release(job)
        batch.finish(job)
    for job in jobs:
        batch.settle(job)


def _where_it_is_accepted(batch: Scenario, *depends_on: Job) -> list[Job]:
    """A job that depends on one that has failed already: whether that is refused is open (DEP-09)."""
    try:
        return [batch.submit(depends_on=depends_on)]
    except Unclear:
        return []


@rule("DEP-04", "The failure of a job goes on along a chain: each one that waits fails.", (Power.HOLDS_RUNNING,))
def a_failure_goes_on_along_a_chain(batch: Scenario) -> None:
    first = batch.submit(hold=True, ends=(1,), role="link")
    chain = [first]
    for _ in range(3):
        chain.append(batch.submit(depends_on=(chain[-1],), role="link"))
        batch.wait(chain[-1], PENDING)
    batch.release(first)
    batch.finish(first)
    for job in chain[1:]:
        batch.settle(job)


@rule("DEP-08", "A dependency that has succeeded before the job is submitted is met.", (Power.HOLDS_RUNNING,))
def what_has_succeeded_before_is_met(batch: Scenario) -> None:
    before = batch.submit(role="before")
    other = batch.submit(hold=True, role="before")
    batch.finish(before)
    if before.status is not SUCCEEDED:
        raise Unclear(f"{before.label} was to succeed, and is {before.status}")
    alone = batch.submit(depends_on=(before,), role="after")
    both = batch.submit(depends_on=(before, other), role="after")
    batch.settle(alone)
    batch.wait(both, PENDING)
    batch.release(other, 0)
    batch.finish(other)
    batch.settle(both)


@rule("DEP-05", "A job that failed for a dependency says so in `statusReason`.", (Power.HOLDS_RUNNING,))
def it_says_that_its_dependency_failed(batch: Scenario) -> None:
    first = batch.submit(hold=True, ends=(1,), role="dependency")
    job = batch.submit(depends_on=(first,))
    batch.wait(job, PENDING)
    batch.release(first)
    batch.finish(first)
    batch.settle(job)


@rule(
    "DEP-15", "N_TO_N: when child i fails only the child of its index that waits for it fails as well.", (Power.GATE,)
)
def a_failed_child_fails_the_one_of_its_index(batch: Scenario) -> None:
    one = batch.submit_array(3, hold=True, role="one")
    for child in one.children:
        batch.wait(child, RUNNING)
    on = [{"jobId": one.id, "type": "N_TO_N"}]
    other = batch.submit_array(3, hold=True, depends_on=on, after=one, role="other")
    for child, code in zip(one.children, (0, 1, 0), strict=True):
        batch.release(child, code)
        batch.finish(child)
    for child in (other.children[0], other.children[2]):
        child.wait(lambda child=child: bool(child.began()) or child.ended or child.failing, batch.target.patience_s)
        if child.began():
            batch.release(child, 0)
        batch.settle(child)
    batch.settle(other.children[1])


@rule("DEP-18", "A dependency on an array waits until the whole array has succeeded.", (Power.GATE,))
def a_job_waits_for_the_whole_array(batch: Scenario) -> None:
    for role, code in (("succeeds", 0), ("fails", 1)):
        array = batch.submit_array(hold=True, role=f"array that {role}")
        job = batch.submit(hold=True, on_arrays=(array,), role=f"after one that {role}")
        first, second = array.children
        batch.release(first, 0)
        batch.finish(first)
        batch.settle(job)  # all the time there is, in which it must not start
        batch.release(second, code)
        batch.finish(second)
        batch.ended_parent(array)
        if code == 0:
            batch.wait(job, RUNNING)
            batch.release(job, 0)
        batch.settle(job)


@rule(
    "DEP-20", "A dependency is named by its id: one that is named by its job's name is not understood.", (Power.GATE,)
)
def a_name_is_no_id(batch: Scenario) -> None:
    name = batch.named("first")
    first = batch.submit(jobName=name, hold=True, role="named")
    batch.wait(first, RUNNING)
    before = set(batch.calls.submitted)
    if batch.refusal("submit_job", **batch.submission(), dependsOn=[{"jobId": name}]) is not None:
        return
    # It was taken for an id that no job has, perhaps, and what that means is open (DEP-10). So it is looked at: a job that
    # waits for the one of this name, and starts when that has succeeded, has understood it.
    ids = [id for id in batch.calls.submitted if id not in before]
    status = lambda: next(iter(batch.call("describe_jobs", jobs=ids).get("jobs") or ()), {}).get("status")  # noqa: E731
    started = lambda status: status in (*STARTED, *TERMINAL)  # noqa: E731
    if not started(batch.eventually(status, started)):
        batch.release(first, 0)
        batch.finish(first)
        batch.eventually(status, started)
