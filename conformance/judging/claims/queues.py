"""Queues and compute environments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from ....model.limits import COMPUTE_ENVIRONMENTS, TIME_LIMIT_S
from ....model.status import FAILED, SUCCEEDED
from ..answers import Meaning
from ..claim import Point, accepted, attempts, bound, claim, ends, exit_code, holds, refused, shown
from ..seen import Call, Job, Seen
from .dependencies import started_before
from .timeouts import has_ended_by, still_there

REASON = "Canceled by JobStateTimeLimit action due to reason: "


def _is_disabled(seen: Seen) -> Iterator[Call]:
    """Reads that show a queue DISABLED."""
    for call in seen.of("describe_job_queues"):
        if any(queue.get("state") == "DISABLED" for queue in call.said.get("jobQueues") or ()):
            yield call


@claim("Q-01")
def a_disabled_queue_takes_no_jobs(seen: Seen) -> Iterator[Point]:
    seen_so = next(_is_disabled(seen), None)
    if seen_so is None:
        return
    late = [call for call in seen.of("submit_job") if call.number > seen_so.number and "-late" in _name(call)]
    yield from refused(late, "a job for a DISABLED queue")
    running, waiting = seen.job("running"), seen.job("waiting")
    if running and waiting and running.let_go:
        # Room was made for it, and it is the only one that waits for it.
        there = still_there(waiting, running.let_go[0].at_ms + 2 * seen.bounds.longest)
        facts = ("deadline", "no_faults")
        expected = "placed when there is room, though its queue is DISABLED"
        yield Point(not there, expected, shown(waiting), rests_on=facts, job=waiting.label)
    for job in (running, waiting):
        yield from ends(job, SUCCEEDED, "though its queue is DISABLED")


@claim("Q-02")
def a_deleted_queue_ends_its_jobs(seen: Seen) -> Iterator[Point]:
    asked = list(seen.of("delete_job_queue"))
    seen_so = next(_is_disabled(seen), None)
    early = [call for call in asked if seen_so is None or call.number < seen_so.number]
    yield from refused(early, "DeleteJobQueue of an ENABLED queue")
    deleted = next((call for call in asked if call not in early and call.says is Meaning.DONE), None)
    if deleted is None:
        return
    over_ms = deleted.answered_ms + seen.bounds.stopping
    for job in filter(None, (seen.job("running"), seen.job("waiting"))):
        yield from has_ended_by(job, over_ms, "ended with its queue")
        yield from ends(job, FAILED, "with its queue")


@claim("Q-03")
def a_disabled_environment_gets_no_jobs(seen: Seen) -> Iterator[Point]:
    running, job = seen.job("running"), seen.job()
    if not running or not job or not running.let_go:
        return
    until_ms = running.let_go[0].at_ms
    early = started_before(job, until_ms)
    yield holds(not early, "not placed while its compute environment is DISABLED", " -> ".join(early), job=job.label)
    yield Point(not running.signalled, "runs on", "it got SIGTERM", rests_on=("no_faults",), job=running.label)
    yield from ends(running, SUCCEEDED, "though its compute environment is DISABLED")


@claim("Q-04")
def environments_are_tried_in_their_order(seen: Seen) -> Iterator[Point]:
    most = bound(COMPUTE_ENVIRONMENTS, "high")
    for call in seen.of("update_job_queue"):
        number = len(call.arguments.get("computeEnvironmentOrder") or ())
        if number:
            yield from (accepted if number <= most else refused)([call], f"a queue with {number} compute environments")
    job = seen.job()
    if job and job.end:
        right, expected = exit_code(job.end.detail) != 20, "in the compute environment of the least order"
        yield Point(right, expected, "in another", rests_on=("capacity", "no_faults"), job=job.label)


@claim("Q-05")
def a_queue_is_first_in_first_out(seen: Seen) -> Iterator[Point]:
    yield from _in_order(seen.each("waiting"), "it was submitted earlier")


@claim("Q-07")
def the_higher_priority_goes_first(seen: Seen) -> Iterator[Point]:
    waiting = [job for job in (seen.job(f"priority {priority}") for priority in (9, 5, 1)) if job]
    yield from _in_order(waiting, "its priority is higher")


@claim("Q-10")
def the_snapshot_has_the_order(seen: Seen) -> Iterator[Point]:
    waiting = [job.id for job in seen.each("waiting")]
    fronts = [body.get("frontOfQueue") or {} for body in _told(seen, "get_job_queue_snapshot")]
    if not fronts or len(waiting) < 3:
        return
    mine: list[str] = []
    for front in fronts:
        found = [str(job.get("jobArn")).rpartition("/")[2] for job in front.get("jobs") or ()]
        mine = [id for id in found if id in waiting]
        in_order = mine == [id for id in waiting if id in mine]
        yield holds(in_order, "the jobs in the order of their submission", found)
    yield Point(len(mine) == 3, "3 RUNNABLE jobs", f"{len(mine)}", rests_on=("deadline",))
    times = [
        fronts[-1].get("lastUpdatedAt"),
        *(job.get("earliestTimeAtPosition") for job in fronts[-1].get("jobs") or ()),
    ]
    yield holds(all(isinstance(at, int) for at in times), "lastUpdatedAt and earliestTimeAtPosition", times)


@claim("Q-08")
def shares_belong_to_fair_share_queues(seen: Seen) -> Iterator[Point]:
    plain = next(seen.of("submit_job"), None)
    for call in seen.of("submit_job"):
        assert plain is not None
        is_fair = call.arguments["jobQueue"] != plain.arguments["jobQueue"]
        has_share = "shareIdentifier" in call.arguments
        what = f"a job {'with' if has_share else 'without'} shareIdentifier in a {'fair-share' if is_fair else 'FIFO'} queue"
        yield from (accepted if is_fair == has_share else refused)([call], what)


@claim("Q-11")
def time_limits_are_checked(seen: Seen) -> Iterator[Point]:
    low, high = bound(TIME_LIMIT_S, "low"), bound(TIME_LIMIT_S, "high")
    for call in seen.of("update_job_queue"):
        for limit in call.arguments.get("jobStateTimeLimitActions") or ():
            right = low <= limit["maxTimeSeconds"] <= high and (limit["state"], limit["action"]) == (
                "RUNNABLE",
                "CANCEL",
            )
            what = f"a {limit['action']} of {limit['state']} jobs after {limit['maxTimeSeconds']} s"
            yield from (accepted if right else refused)([call], what)


@claim("Q-12")
def a_time_limit_ends_the_head(seen: Seen) -> Iterator[Point]:
    head, advanced = seen.job("head"), list(seen.of("advance_clock"))
    if not head or len(advanced) < 2:
        return
    early = [look.status for look in head.looks if look.status == FAILED and look.saw.at_ms < advanced[1].sent_ms]
    facts = ("no_faults",)
    yield Point(not early, "RUNNABLE for 600 s", "FAILED within half of that", rests_on=facts, job=head.label)
    over_ms = advanced[1].answered_ms + seen.bounds.stopping
    yield from has_ended_by(head, over_ms, "FAILED after 600 s at the head")
    for role, why in (("second", "it was not at the head"), ("excepted", "the action is for another reason")):
        if (job := seen.job(role)) and job.looks:
            yield Point(job.status != FAILED, f"not ended, for {why}", FAILED, rests_on=facts, job=job.label)


@claim("Q-13")
def a_time_limit_says_why(seen: Seen) -> Iterator[Point]:
    for job in _by_limit(seen):
        assert job.end is not None
        reason = str(job.end.detail.get("statusReason"))
        expected = f"a statusReason that begins with {REASON!r}, with the reason behind it"
        right = reason.startswith(f"{REASON}CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY")
        yield Point(right, expected, repr(reason), rests_on=("no_faults",), job=job.label)


@claim("Q-17")
def a_time_limit_is_the_end(seen: Seen) -> Iterator[Point]:
    for job in _by_limit(seen):
        assert job.end is not None
        facts, tried = ("no_faults",), attempts(job.end.detail)
        yield Point(not job.began, "no attempt", f"{len(job.began)} came to the gate", rests_on=facts, job=job.label)
        yield Point(not tried, "no attempts", f"{len(tried)} attempts", rests_on=facts, job=job.label)
        yield from ends(job, FAILED, "for good")


@claim("Q-20")
def consumables_are_waited_for(seen: Seen) -> Iterator[Point]:
    first, second = seen.job("first"), seen.job("second")
    if not first or not second or not first.let_go:
        return
    until_ms = first.let_go[0].at_ms
    early = started_before(second, until_ms)
    yield holds(not early, "not placed while another job has all that it needs", " -> ".join(early), job=second.label)
    yield from ends(second, SUCCEEDED, "once that has come back")
    for body in _told(seen, "describe_consumable_resource"):
        in_use, total = body.get("inUseQuantity"), body.get("totalQuantity")
        right = isinstance(in_use, int) and isinstance(total, int) and in_use <= total
        yield holds(right, "inUseQuantity of not more than the total", f"{in_use} of {total}")


@claim("Q-21")
def what_is_replenishable_comes_back(seen: Seen) -> Iterator[Point]:
    first, second = seen.job("first"), seen.job("second")
    if not (first and second and first.ended and first.let_go):
        return
    last: dict[str, int | None] = {}
    for body in _told(seen, "describe_consumable_resource", from_ms=first.let_go[0].at_ms):
        last[str(body.get("resourceType"))] = body.get("availableQuantity")
    if last:
        back, spent = last.get("REPLENISHABLE"), last.get("NON_REPLENISHABLE")
        yield Point(back == 2, "2 of 2 available after the jobs", str(back), rests_on=("deadline",))
        yield holds(spent == 1, "1 of 2 available, for 1 is spent", spent)


def _told(seen: Seen, operation: str, from_ms: int = 0) -> Iterator[dict[str, Any]]:
    """What successful calls of an operation were answered with, from some moment on."""
    for call in seen.of(operation):
        if call.says is Meaning.DONE and isinstance(call.body, dict) and call.answered_ms >= from_ms:
            yield call.body


def _by_limit(seen: Seen) -> list[Job]:
    head = seen.job("head")
    return [head] if head and head.end and head.end.status == FAILED else []


def _in_order(jobs: Iterable[Job], because: str) -> Iterator[Point]:
    """These jobs, which have room one by one, started one after the other."""
    jobs = [job for job in jobs if job.end and isinstance(job.end.detail.get("startedAt"), int)]
    for earlier, later in pairwise(jobs):
        assert earlier.end is not None
        assert later.end is not None
        one, other = earlier.end.detail["startedAt"], later.end.detail["startedAt"]
        expected, observed = f"{earlier.label} before {later.label}, for {because}", f"{one - other} ms after it"
        yield Point(one <= other, expected, observed, rests_on=("capacity", "no_faults"), job=earlier.label)


def _name(call: Call) -> str:
    return str(call.arguments.get("jobName"))
