"""Queues and compute environments: who may come in, who goes next, and what ends a job that waits."""

from __future__ import annotations

from typing import Any

from ...model.event import Event
from ...model.limits import COMPUTE_ENVIRONMENTS, TIME_LIMIT_S
from ...model.status import RUNNABLE, RUNNING
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.job import Job
from ..steps.scenario import Scenario
from .rule import rule

FULL = (Power.GATE, Power.HOLDS_RUNNABLE)
CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
MAX_RESOURCE = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"


@rule("Q-01", "A DISABLED queue takes no new jobs; those that are in it go on, also those that wait.")
def a_disabled_queue_takes_no_jobs(batch: Scenario) -> None:
    queue, _ = batch.stage.world.own_queue()
    held: list[Job] = []
    if batch.target.powers >= {*FULL}:
        held = _filled(batch, queue)
    disabled(batch, queue)
    batch.refusal("submit_job", **{**batch.submission(), "jobName": batch.named("late"), "jobQueue": queue})
    if held:
        batch.release(held[0], 0)
        batch.finish(held[0])
        batch.settle(held[1], at_least_ms=2 * batch.stage.bounds.longest)


@rule("Q-02", "DeleteJobQueue is refused while the queue is ENABLED, and ends the jobs that are in it.", FULL)
def a_deleted_queue_ends_its_jobs(batch: Scenario) -> None:
    world = batch.stage.world
    queue, _ = world.own_queue()
    running, waiting = _filled(batch, queue)
    batch.refusal("delete_job_queue", jobQueue=queue)
    disabled(batch, queue)
    waiting.knows(faults=waiting.knowledge.faults | {Event.GIVE_UP}, capacity=True)
    batch.may_be_asked("terminate", (running, waiting), lambda: batch.call("delete_job_queue", jobQueue=queue))
    for job in (running, waiting):
        batch.settle(job, at_least_ms=batch.stage.bounds.stopping)


@rule("Q-03", "A DISABLED compute environment gets no new jobs; those that run there go on.", FULL)
def a_disabled_environment_gets_no_jobs(batch: Scenario) -> None:
    world = batch.stage.world
    queue, environment = world.own_queue(4)
    running = batch.submit(queue=queue, hold=True, role="running")
    batch.wait(running, RUNNING)
    world.hold_placements(environment)
    _environment_is(batch, environment, "DISABLED")
    job = batch.submit(queue=queue, full=True)
    batch.wait(job, RUNNABLE)
    batch.settle(job)
    batch.read(running)
    batch.release(running, 0)
    batch.finish(running)
    job.knows(capacity=True)
    world.let_place(environment)


@rule("Q-04", "A queue has up to 3 compute environments, and tries them in ascending `order`.")
def environments_are_tried_in_their_order(batch: Scenario) -> None:
    most = COMPUTE_ENVIRONMENTS.high
    assert most is not None
    world = batch.stage.world
    queue, _ = world.own_queue()
    names, arns = zip(*world.environments(most + 1).items(), strict=True)
    order = [{"order": place, "computeEnvironment": arn} for place, arn in enumerate(arns)]
    batch.refusal("update_job_queue", jobQueue=queue, computeEnvironmentOrder=order)
    # The last of the list has the least number.
    order = [{"order": most - place, "computeEnvironment": arn} for place, arn in enumerate(arns[:most])]
    if batch.refusal("update_job_queue", jobQueue=queue, computeEnvironmentOrder=order) is None:
        _queue_is(batch, queue, lambda queue: len(queue.get("computeEnvironmentOrder") or ()) == most)
        if Power.RUNS in batch.target.powers:
            # What the variable has to say is for ENV-01: only the name of another environment speaks against the order.
            script = f'case "$AWS_BATCH_CE_NAME" in {"|".join(names[: most - 1])}) exit 20;; esac'
            batch.finish(batch.submit_shell(script, may_exit=(20,), queue=queue))


@rule("Q-05", "Without a scheduling policy the job that was submitted first goes first.", FULL)
@rule("Q-10", "GetJobQueueSnapshot shows the RUNNABLE jobs of a queue in the order in which they go.", FULL)
def a_queue_is_first_in_first_out(batch: Scenario) -> None:
    queue, _ = batch.stage.world.own_queue()
    holder = batch.submit(queue=queue, hold=True, role="holder")
    batch.wait(holder, RUNNING)
    waiting = [batch.submit(queue=queue, behind=holder, role="waiting") for _ in range(3)]
    for job in waiting:
        batch.wait(job, RUNNABLE)
    _snapshot(batch, queue, len(waiting))
    batch.release(holder, 0)
    for job in waiting:
        batch.finish(job)


@rule("Q-07", "With a fair-share policy, of one share the job of the higher priority goes first.", FULL)
def the_higher_priority_goes_first(batch: Scenario) -> None:
    world = batch.stage.world
    queue, _ = world.own_queue(schedulingPolicyArn=world.policy(batch.calls))
    holder = batch.submit(queue=queue, hold=True, role="holder", shareIdentifier="red")
    batch.wait(holder, RUNNING)
    waiting = [
        batch.submit(
            queue=queue, behind=holder, role=f"priority {priority}", shareIdentifier="red",
            schedulingPriorityOverride=priority,
        )
        for priority in (1, 9, 5)
    ]  # fmt: skip
    for job in waiting:
        batch.wait(job, RUNNABLE)
    batch.release(holder, 0)
    for job in waiting:
        batch.finish(job)


@rule("Q-08", "`shareIdentifier` is required in a queue with a fair-share policy, and refused in any other.")
def shares_belong_to_fair_share_queues(batch: Scenario) -> None:
    world = batch.stage.world
    plain, _ = world.own_queue()
    fair, _ = world.own_queue(schedulingPolicyArn=world.policy(batch.calls))
    for queue in (plain, fair):
        for share in ({"shareIdentifier": "red"}, {}):
            request = {**batch.submission(), "jobName": batch.named("share"), "jobQueue": queue}
            batch.refusal("submit_job", **request, **share)


@rule("Q-11", "A time limit action is for RUNNABLE, comes after 600 to 86,400 s, and is CANCEL.")
def time_limits_are_checked(batch: Scenario) -> None:
    low, high = TIME_LIMIT_S.low, TIME_LIMIT_S.high
    assert low is not None
    assert high is not None
    queue, _ = batch.stage.world.own_queue()
    cases = [_limit(low - 1), _limit(high + 1), _limit(low, state="RUNNING"), _limit(low, action="TERMINATE")]
    for limit in (*cases, _limit(low), _limit(high)):
        if batch.refusal("update_job_queue", jobQueue=queue, jobStateTimeLimitActions=[limit]) is None:
            _queue_is(batch, queue, lambda queue: queue.get("status") in (None, "VALID"))


@rule(
    "Q-12",
    "A time limit action is for the job at the head, when it was blocked for its reason so long.",
    (*FULL, Power.CLOCK),
)
@rule("Q-13", "The reason of a job that a time limit action ends says so, and why.", (*FULL, Power.CLOCK))
@rule("Q-17", "A job that a time limit action has ended is not tried again.", (*FULL, Power.CLOCK))
def a_time_limit_ends_the_head(batch: Scenario) -> None:
    world = batch.stage.world
    queue, _ = world.own_queue(jobStateTimeLimitActions=[_limit(600, reason=CAPACITY)])
    other, _ = world.own_queue(jobStateTimeLimitActions=[_limit(600, reason=MAX_RESOURCE)])
    with batch.clock():
        holders = [batch.submit(queue=each, hold=True, role="holder") for each in (queue, other)]
        for holder in holders:
            batch.wait(holder, RUNNING)
        entries = ({"action": "RETRY", "onStatusReason": "*"},)
        head = batch.submit(queue=queue, behind=holders[0], attempts=3, entries=entries, role="head")
        second = batch.submit(queue=queue, behind=holders[0], role="second")
        excepted = batch.submit(queue=other, behind=holders[1], role="excepted")
        for job in (head, second, excepted):
            batch.wait(job, RUNNABLE)
            job.knows(faults=job.knowledge.faults | {Event.GIVE_UP})
        batch.advance(300)
        batch.canary()
        batch.read(head)
        batch.advance(310)
        batch.settle(head, at_least_ms=batch.stage.bounds.stopping)
        for job in (second, excepted):
            batch.read(job)
    for holder in holders:
        batch.release(holder, 0)
    batch.finish(second)


@rule("Q-20", "A job starts only when all that it consumes is there.", FULL)
@rule("Q-21", "What is REPLENISHABLE comes back when a job ends, what is NON_REPLENISHABLE does not.", FULL)
def consumables_are_waited_for(batch: Scenario) -> None:
    world = batch.stage.world
    licence, token = world.consumable(batch.calls, 2), world.consumable(batch.calls, 2, "NON_REPLENISHABLE")
    queue, _ = world.own_queue(4)  # for one that waits at the head may hold back all that is behind it
    first = batch.submit(queue=queue, hold=True, consumes={licence: 2, token: 1}, role="first")
    batch.wait(first, RUNNING)
    second = batch.submit(queue=queue, consumes={licence: 1}, role="second", behind=first)
    batch.settle(second)
    _amounts(batch, licence, token)
    batch.release(first, 0)
    batch.finish(first)
    batch.eventually(lambda: _amounts(batch, licence, token), lambda found: found[0].get("availableQuantity") == 2)
    batch.settle(second)


def disabled(batch: Scenario, queue: str) -> None:
    """Disable a queue, and see that it is: that takes a while where queues are kept by somebody else."""
    batch.call("update_job_queue", jobQueue=queue, state="DISABLED")
    _queue_is(batch, queue, lambda queue: queue.get("state") == "DISABLED" and queue.get("status") in (None, "VALID"))


def _queue_is(batch: Scenario, name: str, holds: Any) -> None:
    look = lambda: (batch.call("describe_job_queues", jobQueues=[name]).get("jobQueues") or [{}])[0]  # noqa: E731
    if not holds(batch.eventually(look, holds, batch.target.patience_s)):
        raise Unclear(f"the job queue {name} did not become what UpdateJobQueue was to make of it")


def _environment_is(batch: Scenario, name: str, state: str) -> None:
    def look() -> dict[str, Any]:
        found = batch.call("describe_compute_environments", computeEnvironments=[name])
        return (found.get("computeEnvironments") or [{}])[0]

    holds = lambda one: one.get("state") == state and one.get("status") in (None, "VALID")  # noqa: E731
    if not holds(batch.eventually(look, holds, batch.target.patience_s)):
        raise Unclear(f"the compute environment {name} did not become {state}")


def _filled(batch: Scenario, queue: str) -> list[Job]:
    """A RUNNING job that fills a queue, and a RUNNABLE one behind it."""
    running = batch.submit(queue=queue, hold=True, role="running")
    batch.wait(running, RUNNING)
    waiting = batch.submit(queue=queue, behind=running, role="waiting")
    batch.wait(waiting, RUNNABLE)
    return [running, waiting]


def _snapshot(batch: Scenario, queue: str, jobs: int) -> None:
    """A snapshot of the queue that has all of its jobs, or the last one that was taken."""

    def look() -> list[Any]:
        return (batch.call("get_job_queue_snapshot", jobQueue=queue).get("frontOfQueue") or {}).get("jobs") or []

    batch.eventually(look, lambda shown: len(shown) == jobs)


def _limit(
    seconds: int, *, state: str = "RUNNABLE", action: str = "CANCEL", reason: str = MAX_RESOURCE
) -> dict[str, Any]:
    return {"reason": reason, "state": state, "maxTimeSeconds": seconds, "action": action}


def _amounts(batch: Scenario, *names: str) -> list[dict[str, Any]]:
    return [batch.call("describe_consumable_resource", consumableResource=name) for name in names]
