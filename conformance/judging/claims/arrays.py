"""Array jobs, and dependencies between their children."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from ....model.arrays import CHILD_FAILED, PARENT_STATUSES, child_id
from ....model.limits import ARRAY_SIZE
from ....model.status import FAILED, PENDING, RUNNING, SUCCEEDED, Status
from ..answers import Meaning
from ..claim import Point, accepted, claim, ends, exit_code, holds, refused
from ..seen import Call, Detail, Job, Seen
from .dependencies import is_there, started_before
from .showing.jobs import fails_with, parent_ends, parents, parents_at
from .states import CLOCKS_DIFFER_MS


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


@claim("ARR-02")
def children_are_called_by_their_index(seen: Seen) -> Iterator[Point]:
    for size in (3, 10):
        mine = children(seen, f"of {size}")
        if not mine:
            continue
        parent_id, expected = mine[0].id.rpartition(":")[0], {child.id for child in mine}
        calls = list(seen.of("list_jobs", arrayJobId=parent_id))
        listed = {str(item.get("jobId")) for call in calls for item in summaries_in(call)}
        yield holds(listed <= expected, f"children {parent_id}:0 to :{size - 1}", sorted(listed - expected))
        if calls and all(child.status == SUCCEEDED for child in mine):
            missing = sorted(expected - listed)
            yield holds(not missing, f"all {size} children in ListJobs", f"{missing} missing", rests_on=("deadline",))
        for call in seen.of("describe_jobs", jobs=[child_id(parent_id, size)]):
            shown = [job.get("jobId") for job in call.said.get("jobs") or ()]
            yield holds(not shown, f"no child with index {size} in an array of {size}", shown)


def summaries_in(call: Call) -> list[dict]:
    """What one page of ListJobs has."""
    return list(call.said.get("jobSummaryList") or ())


@claim("ARR-04")
def a_parent_is_pending_while_children_run(seen: Seen) -> Iterator[Point]:
    both = children(seen)
    for child in both:
        # The last read before a child was let go: what a parent shows follows its children some time later.
        if child.let_go and child.began:
            until_ms = child.let_go[0].at_ms
            before = [look for at_ms, look in parents_at(seen) if at_ms <= until_ms]
            if before:
                shown = before[-1].get("status")
                yield holds(shown == PENDING, "the parent PENDING while children run", shown, rests_on=("deadline",))


@claim("ARR-03")
def a_parent_never_runs(seen: Seen) -> Iterator[Point]:
    shown = [look.get("status") for look in parents(seen)]
    if shown:
        allowed = set(PARENT_STATUSES)
        yield holds(set(shown) <= allowed, "SUBMITTED, PENDING, SUCCEEDED or FAILED", " -> ".join(map(str, shown)))


@claim("ARR-05")
def a_parent_succeeds_with_its_children(seen: Seen) -> Iterator[Point]:
    mine = children(seen)
    if mine and all(child.end for child in mine):
        yield from parent_ends(
            seen, SUCCEEDED if all(child.end and child.end.status == SUCCEEDED for child in mine) else FAILED
        )


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
            if call.answered_ms <= let_go_ms
            for job in call.said.get("jobs") or ()
            if job.get("jobId") not in known
        ]
        if early:
            ended = early[-1] in (SUCCEEDED, FAILED)
            yield holds(not ended, "not ended while a child runs", early[-1])
        yield from parent_ends(seen, FAILED)


@claim("ARR-07")
def a_parent_says_why_it_failed(seen: Seen) -> Iterator[Point]:
    ended = [look for look in parents(seen) if look.get("status") == FAILED]
    if ended and children(seen) and all(child.status == FAILED for child in children(seen)):
        found = str(ended[-1].get("statusReason") or "")
        said = CHILD_FAILED.casefold() in found.casefold()
        yield holds(said, f"statusReason with {CHILD_FAILED!r}", repr(found), rests_on=("no_faults",))


@claim("ARR-08")
def the_summary_counts_the_children(seen: Seen) -> Iterator[Point]:
    for role in ("array", "in order"):
        mine = children(seen, role)
        ended = [child.end.status for child in mine if child.end]
        if not mine or len(ended) < len(mine):
            continue
        id, counts = mine[0].id.rpartition(":")[0], Counter(ended)
        looks = [
            look for look in parents(seen) if look.get("jobId") == id and look.get("status") in (SUCCEEDED, FAILED)
        ]
        if looks:
            shown = looks[-1].get("arrayProperties") or {}
            counted = {status: count for status, count in (shown.get("statusSummary") or {}).items() if count}
            yield holds(shown.get("size") == len(mine), f"size {len(mine)}", shown.get("size"))
            expected = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
            facts = ("fresh_reads",)  # an old read may show how it was before the last of them ended (ARR-09)
            yield holds(counted == counts, f"statusSummary: {expected}, no other", counted, rests_on=facts)


@claim("ARR-10")
def a_child_shows_its_index(seen: Seen) -> Iterator[Point]:
    for number, child in enumerate(children(seen)):
        for look in (look for look in child.looks if look.detail):
            found = (look.detail.get("arrayProperties") or {}).get("index")
            yield holds(found == number, f"arrayProperties.index {number}", found, job=child.label)


@claim("ARR-11")
def a_child_is_made_by_its_array(seen: Seen) -> Iterator[Point]:
    made = next((look.get("createdAt") for look in parents(seen) if isinstance(look.get("createdAt"), int)), None)
    for child in children(seen):
        if not child.end or made is None:
            continue
        created, started = child.end.detail.get("createdAt"), child.end.detail.get("startedAt")
        yield holds(isinstance(created, int), "createdAt, of a child", created, job=child.label)
        if isinstance(created, int):
            late = created + CLOCKS_DIFFER_MS >= made
            yield holds(late, f"createdAt from that of its array, {made}, on", created, job=child.label)
        if isinstance(created, int) and isinstance(started, int) and started:
            early = created <= started + CLOCKS_DIFFER_MS
            yield holds(early, f"createdAt before it ran, at {started}", created, job=child.label)


@claim("ARR-13")
def children_share_what_their_array_was_given(seen: Seen) -> Iterator[Point]:
    definition = next((look.get("jobDefinition") for look in parents(seen) if look.get("jobDefinition")), None)
    for child in children(seen):
        for look in (look for look in child.looks if look.detail):
            detail = look.detail
            strategy, timeout = detail.get("retryStrategy") or {}, detail.get("timeout") or {}
            codes = [entry.get("onExitCode") for entry in strategy.get("evaluateOnExit") or ()]
            memory = _memory(detail)
            for name, right, found in (
                ("jobDefinition", definition in (None, detail.get("jobDefinition")), detail.get("jobDefinition")),
                ("retryStrategy.attempts", strategy.get("attempts") == 3, strategy.get("attempts")),
                ("evaluateOnExit", codes == ["7"], codes),
                ("timeout", timeout.get("attemptDurationSeconds") == 86_400, timeout),
                ("memory", memory in ("", "128"), memory),
            ):
                yield holds(right, f"{name} as its array was given", found, job=child.label)


def _memory(detail: Detail) -> str:
    """The MiB that a job shows, in the newer member or in the older one; empty where it shows none."""
    container = detail.get("container") or {}
    given = {item.get("type"): item.get("value") for item in container.get("resourceRequirements") or ()}
    return str(given.get("MEMORY") or container.get("memory") or "")


@claim("ARR-14")
def children_are_listed_by_status(seen: Seen) -> Iterator[Point]:
    mine = {child.id: child for child in children(seen)}
    calls: dict[str, list[Call]] = {}
    yield from accepted(seen.of("list_jobs"), "ListJobs with arrayJobId")
    for call in seen.of("list_jobs"):
        if call.arguments.get("arrayJobId") and call.says is Meaning.DONE:
            calls.setdefault(str(call.arguments.get("jobStatus", "")), []).append(call)
    for wanted, made in calls.items():
        for item in (item for call in made for item in summaries_in(call)):
            status = item.get("status")  # one that is none of the seven is for ST-01
            right = (status == (wanted or RUNNING) or status not in Status.__members__) and item.get("jobId") in mine
            yield holds(right, f"children that are {wanted or RUNNING}", f"{item.get('jobId')} {item.get('status')}")
    if mine and all(child.let_go for child in mine.values()):
        first, *others = mine.values()
        for wanted, expected in (("", others), (SUCCEEDED, [first]), (RUNNING, others)):
            pages = calls.get(str(wanted)) or []
            shown = {str(item.get("jobId")) for call in pages for item in summaries_in(call)}
            missing = [child.id for child in expected if child.id not in shown]
            if pages:
                yield holds(not missing, f"each {wanted or RUNNING} child", f"no {missing}", rests_on=("deadline",))


@claim("ARR-16")
def children_take_no_tags(seen: Seen) -> Iterator[Point]:
    arns = {str(child.looks[-1].detail.get("jobArn")) for child in children(seen) if child.looks}
    for operation in ("tag_resource", "list_tags_for_resource"):
        for call in seen.of(operation):
            arn = str(call.arguments.get("resourceArn"))
            if arn in arns or arn.endswith(":0"):
                yield from refused([call], f"{operation.split('_')[0]} of a child's ARN")


@claim("ARR-19")
def children_come_when_the_array_waits_no_more(seen: Seen) -> Iterator[Point]:
    first = seen.job("dependency")
    if first and first.let_go:
        for child in children(seen):
            early = started_before(child, first.let_go[0].at_ms)
            yield holds(not early, "no child starts while the array waits", ", ".join(early), job=child.label)
            if first.status == SUCCEEDED:
                yield from ends(child, SUCCEEDED, "after the array had waited")


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
        early = started_before(second, let_go_ms)
        yield holds(not early, "child 1 waits while child 0 runs", ", ".join(early))
        yield from ends(second, SUCCEEDED, "after child 0 has succeeded")


@claim("DEP-14")
def children_wait_for_those_of_their_index(seen: Seen) -> Iterator[Point]:
    first, second = children(seen, "array"), children(seen, "other")
    if len(first) < 2 or len(second) < 2:
        return
    yield from is_there(second[1], first[1], seen)
    let_go_ms = first[0].let_go[0].at_ms if first[0].let_go else math.inf
    waiting = second[0]
    early = started_before(waiting, let_go_ms)
    yield holds(not early, "child 0 waits for child 0", ", ".join(early))
    yield from ends(second[1], SUCCEEDED, "after child 1 has succeeded")
    yield from ends(waiting, SUCCEEDED, "after child 0 has succeeded")


def asked_of_parent(seen: Seen, request: str, parent_id: str) -> Call | None:
    """The first such call about an array that was accepted."""
    return next((call for call in seen.of(f"{request}_job", jobId=parent_id) if call.says is Meaning.DONE), None)


@claim("CANCEL-24")
def cancelling_the_parent_drops_what_waits(seen: Seen) -> Iterator[Point]:
    for role in ("in order", "in line"):
        mine = children(seen, role)
        parent_id = mine[0].id.rpartition(":")[0] if mine else ""
        asked = asked_of_parent(seen, "cancel", parent_id)
        if asked is None:
            continue
        # One that had started before, or has ended, is none of this. Who waits is reached in time, and does not start.
        by_ms = asked.answered_ms + seen.bounds.call + seen.bounds.remove + seen.bounds.lag
        for child in mine:
            if started_before(child, by_ms):
                continue
            late = started_before(child, child.looks[-1].saw.at_ms + 1) if child.looks else []
            expected, facts = "it never starts after its array was cancelled", ("deadline", "prompt_calls")
            yield Point(not late, expected, ", ".join(late), rests_on=facts, job=child.label)
            yield from ends(child, FAILED, "because its array was cancelled")
        running = [child for child in mine if child.let_go and child.let_go[0].at_ms > by_ms and not child.signalled]
        for child in running:
            until_ms = child.let_go[0].at_ms
            early = [
                look["status"]
                for at_ms, look in parents_at(seen)
                if look.get("jobId") == parent_id and at_ms <= until_ms and look.get("status") in (SUCCEEDED, FAILED)
            ]
            yield holds(not early, "the array has not ended while a child runs", early)


@claim("CANCEL-28")
def children_after_a_cancelled_one_fail(seen: Seen) -> Iterator[Point]:
    _, second, third = children(seen) or (None, None, None)
    if second and third and second.accepted("cancel"):
        yield from fails_with(third, second)


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
    for role in ("array", "in line", "one has ended"):
        mine = children(seen, role)
        parent_id = mine[0].id.rpartition(":")[0] if mine else ""
        asked = asked_of_parent(seen, "terminate", parent_id)
        if asked:
            left = [child for child in mine if not _had_ended(child, asked.sent_ms)]
            yield from _all_terminated(seen, asked, parent_id, left)


def _had_ended(child: Job, moment_ms: int) -> bool:
    """Whether it was seen to end before."""
    ended = (look for look in child.looks if look.status in (SUCCEEDED, FAILED))
    return any(look.saw.at_ms <= moment_ms for look in ended)


def _all_terminated(seen: Seen, asked: Call, parent_id: str, left: list[Job]) -> Iterator[Point]:
    # When the request reaches a child is not promised; but one that is settled so long after it was not reached.
    by_now_ms = asked.answered_ms + seen.bounds.stopping
    for child in left:
        there = [look.status for look in child.looks if look.saw.settled and look.saw.at_ms >= by_now_ms]
        there = [status for status in there if status not in (SUCCEEDED, FAILED)]
        if there or child.status == FAILED:
            observed = f"{child.id} {there[-1] if there else FAILED}"
            yield Point(not there, "every child FAILED", observed, rests_on=("deadline",), job=child.label)
        yield from ends(child, FAILED, "with its array")
    if left and all(child.status == FAILED for child in left):
        yield from parent_ends(seen, FAILED, of=parent_id)


@claim("TERM-21")
def a_terminated_child_ends_alone(seen: Seen) -> Iterator[Point]:
    first, second = children(seen) or (None, None)
    if first and second and first.accepted("terminate"):
        yield from ends(first, FAILED, "because it was terminated")
        yield Point(not second.signalled, "child 1 runs on", "it got SIGTERM", by_life=True)
        yield from ends(second, SUCCEEDED)
        if first.status == FAILED:
            yield from parent_ends(seen, FAILED)
