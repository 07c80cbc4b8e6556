"""Servers that get queues, compute environments or consumable resources wrong."""

from __future__ import annotations

from msgspec import structs

from batchproof.model.limits import Limit
from batchproof.reference_impl.deciding.ledger import Ledger
from batchproof.reference_impl.deciding.messages import TerminateRequested
from batchproof.reference_impl.deciding.queue_deletion import QueueDeletion
from batchproof.reference_impl.deciding.scheduling import blocking, capacity
from batchproof.reference_impl.deciding.scheduling.scheduler import Line
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.operations import environments, queues, submission

from .defining import QUEUES, answered, asked, breaks, described, handles


@breaks("Q-01", reach=QUEUES)
def disabled_queues_take_jobs(parts):
    """SubmitJob does not look at the state of the queue."""
    right = submission.queue_named
    submission.queue_named = lambda call, name: structs.replace(right(call, name), enabled=True)
    return parts


@breaks("Q-01", blind="Q-02", reach=QUEUES)
def a_disabled_queue_stands_still(parts):
    """Jobs that wait in a DISABLED queue are not placed."""
    right = capacity.next_placement
    capacity.next_placement = lambda heads, rooms: right([one for one in heads if one.queue.enabled], rooms)
    return parts


@breaks("Q-02", reach=QUEUES)
def enabled_queues_can_be_deleted(parts):
    """DeleteJobQueue disables the queue by itself."""
    update = parts.handlers["UpdateJobQueue"]

    @handles("DeleteJobQueue")
    async def server(right, call, request):
        await update.do(call, wire.shape("UpdateJobQueueRequest")(jobQueue=request.jobQueue, state="DISABLED"))
        return await right(call, request)

    return server(parts)


@breaks("Q-02", reach=QUEUES)
def a_deleted_queue_leaves_its_jobs(parts):
    """Jobs of a queue that is deleted go on, and those that wait do so for ever."""
    QueueDeletion.end_jobs = lambda self, arn: None
    return parts


@breaks("Q-03", reach=QUEUES)
def disabled_environments_get_jobs(parts):
    """The state of a compute environment is remembered and not looked at."""
    right = environments.environment_of
    environments.environment_of = lambda created: structs.replace(right(created), enabled=True)
    return parts


@breaks("Q-03", reach=QUEUES)
@handles("UpdateComputeEnvironment")
async def a_disabled_environment_stops_its_jobs(right, call, request):
    """Jobs that run in a compute environment are stopped when it is disabled."""
    reply = await right(call, request)
    if request.state == "DISABLED":
        there = [job for job in call.ledger.jobs.values() if job.run is not None]
        for job in there:
            if job.run.environment == reply.computeEnvironmentArn:
                await call.ask(lambda number, job=job: TerminateRequested(number, job.id, "disabled"))
    return reply


@breaks("Q-04", reach=QUEUES)
def a_queue_has_any_number_of_environments(parts):
    """computeEnvironmentOrder may have more than three entries."""
    queues.COMPUTE_ENVIRONMENTS = Limit(1, None, "entries", ())
    return parts


@breaks("Q-04", reach=QUEUES)
def environments_are_tried_as_they_are_listed(parts):
    """`order` is not looked at: the first of the list is the first."""
    queues.sorted = lambda entries, key: list(entries)  # type: ignore[attr-defined]
    return parts


@breaks("Q-05 Q-10 Q-12", unclear="Q-13 Q-17", reach=QUEUES)
def the_last_comes_first(parts):
    """A queue is a stack."""
    right = Line.add

    def add(self, job_id, ordinal, **more):
        right(self, job_id, -ordinal, **more)

    Line.add = add
    return parts


@breaks("Q-07", reach=QUEUES)
def priorities_are_not_looked_at(parts):
    """Within a share the job that was submitted first goes first, whatever its scheduling priority."""
    right = submission.fair_share
    submission.fair_share = lambda *given: (right(*given)[0], 0)
    return parts


@breaks("Q-07", reach=QUEUES)
def low_priorities_go_first(parts):
    """A priority of 1 is the most urgent."""
    right = submission.fair_share

    def fair_share(*given):
        share, priority = right(*given)
        return share, 9999 - priority if share else priority

    submission.fair_share = fair_share
    return parts


@breaks("Q-08", reach=QUEUES)
@asked("SubmitJob")
def every_job_has_a_share(request):
    """A job without shareIdentifier is of the share "default", in whichever queue it is."""
    request.shareIdentifier = request.shareIdentifier or ("red" if request.jobName.endswith("share") else None)


@breaks("Q-08", reach=QUEUES)
def shares_are_forgotten_where_there_are_none(parts):
    """shareIdentifier is taken, and not looked at, in a queue without a scheduling policy."""
    right = submission.fair_share

    def fair_share(call, request, queue, registered):
        if queue.policy is None:
            request.shareIdentifier = request.schedulingPriorityOverride = None
        return right(call, request, queue, registered)

    submission.fair_share = fair_share
    return parts


@breaks("Q-10", reach=QUEUES)
@answered("GetJobQueueSnapshot")
def the_snapshot_is_upside_down(reply):
    """GetJobQueueSnapshot shows the newest job first."""
    reply.frontOfQueue.jobs.reverse()


@breaks("Q-10", reach=QUEUES)
@answered("GetJobQueueSnapshot")
def the_snapshot_has_no_times(reply):
    """earliestTimeAtPosition is missing."""
    for job in reply.frontOfQueue.jobs:
        job.earliestTimeAtPosition = None


@breaks("Q-11", reach=QUEUES)
def time_limits_have_no_bounds(parts):
    """maxTimeSeconds may be any number."""
    queues.TIME_LIMIT_S = Limit(0, None, None, ())
    return parts


@breaks("Q-11", reach=QUEUES)
@asked("CreateJobQueue", "UpdateJobQueue")
def terminate_is_another_word_for_cancel(request):
    """A time limit action may be TERMINATE as well."""
    for limit in request.jobStateTimeLimitActions or ():
        limit.action = "CANCEL" if limit.action == "TERMINATE" else limit.action


@breaks("Q-12", reach=QUEUES)
def an_action_is_for_any_reason(parts):
    """A time limit action ends the head of its queue whatever the reason for which it waits."""
    blocking.actions_for = lambda reason, queue: queue.created.get("jobStateTimeLimitActions", ())
    right = blocking.reason_of
    blocking.reason_of = lambda order, queue, rooms: (
        right(order, queue, rooms) or (blocking.CAPACITY if blocking.actions_for(None, queue) else None)
    )
    return parts


@breaks("Q-12", unclear="Q-13 Q-17", reach=QUEUES)
def time_limits_never_come(parts):
    """Time limit actions are remembered, and not taken."""
    blocking.actions_for = lambda reason, queue: ()
    return parts


@breaks("Q-12", reach=QUEUES)
def time_limits_come_early(parts):
    """A time limit action is taken after a third of its time."""
    right = blocking.actions_for
    blocking.actions_for = lambda reason, queue: [
        {**action, "maxTimeSeconds": action["maxTimeSeconds"] // 3} for action in right(reason, queue)
    ]
    return parts


@breaks("Q-13", reach=QUEUES)
def a_time_limit_does_not_say_why(parts):
    """statusReason says that a time limit has ended the job, and not which."""
    blocking.cancelled_by = lambda reason: "Canceled by a time limit"
    return parts


@breaks("Q-17", reach=QUEUES)
@described
def a_time_limit_counts_as_an_attempt(job):
    """A job that a time limit action has ended shows an attempt."""
    if (job.statusReason or "").startswith("Canceled by JobStateTimeLimit") and not job.attempts:
        job.attempts = [wire.shape("AttemptDetail")(statusReason=job.statusReason)]


@breaks("Q-20 Q-21", reach=QUEUES)
def consumables_are_not_consumed(parts):
    """Consumable resources are shown, and nobody waits for them."""
    right = submission.consumption
    submission.consumption = lambda *given: ((), right(*given)[1])
    return parts


@breaks("Q-21", reach=QUEUES)
def everything_comes_back(parts):
    """What is NON_REPLENISHABLE is free again when its job ends."""
    right = Ledger.consumed

    def consumed(self, order, sign):
        if sign > 0:
            return right(self, order, sign)
        found = [(self.consumables.get(arn), quantity) for arn, quantity in order.consumes]
        return [structs.replace(known, in_use=known.in_use - quantity) for known, quantity in found if known]

    Ledger.consumed = consumed
    return parts


@breaks("Q-21", unclear="Q-20", reach=QUEUES)
def nothing_comes_back(parts):
    """What is REPLENISHABLE is in use for ever."""
    right = Ledger.consumed
    Ledger.consumed = lambda self, order, sign: right(self, order, sign) if sign > 0 else []
    return parts
