"""Multi-node parallel jobs: what they show is what their main node does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....model.limits import NODE_GROUPS
from ....model.multinode import node_id
from ....model.status import FAILED, SUCCEEDED, TERMINAL
from ..claim import Point, accepted, attempts, claim, ends, exit_code, holds, refused
from ..seen import Detail, Job, Seen
from .timeouts import not_early, not_tried_again, times_out


def details(seen: Seen, job: Job) -> dict[int, Detail]:
    """What was shown last of each node of a job, by its index."""
    found: dict[int, Detail] = {}
    for call in seen.of("describe_jobs"):
        for each in call.said.get("jobs") or ():
            start, _, index = str(each.get("jobId")).partition("#")
            if start == job.id and index.isdigit():
                found[int(index)] = each
    return found


def asked_for(seen: Seen, job: Job) -> set[int]:
    """The nodes of a job that were asked for, by their index."""
    wanted = {str(id) for call in seen.of("describe_jobs") if call.says.judged for id in call.arguments["jobs"]}
    return {int(id.partition("#")[2]) for id in wanted if id.startswith(node_id(job.id, 0)[:-1])}


@claim("MNP-01")
def nodes_have_ids_of_their_own(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and (wanted := asked_for(seen, job)):
        found = details(seen, job)
        missing = sorted(wanted - found.keys())
        yield holds(
            not missing,
            "each node in DescribeJobs",
            [node_id(job.id, index) for index in missing],
            rests_on=("deadline",),
        )


@claim("MNP-12")
def nodes_say_which_they_are(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job or not (found := details(seen, job)):
        return
    main = _main(seen)
    for index, detail in found.items():
        told = detail.get("nodeDetails") or {}
        yield holds(told.get("nodeIndex") == index, f"nodeIndex {index} of node {index}", told.get("nodeIndex"))
        is_main = bool(told.get("isMainNode"))
        yield holds(is_main == (index == main), f"isMainNode {index == main} of node {index}", is_main)
    if job.last:
        count = (job.last.detail.get("nodeProperties") or {}).get("numNodes")
        yield holds(count == len(found), f"nodeProperties.numNodes {len(found)}", count)


@claim("MNP-02")
def the_main_node_is_first(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    started = {index: detail.get("startedAt") for index, detail in details(seen, job).items()} if job else {}
    first = started.get(_main(seen))
    for index, at in started.items():
        if isinstance(first, int) and isinstance(at, int) and index != _main(seen):
            yield holds(at >= first, f"node {index} started after the main node", f"{first - at} ms before it")


@claim("MNP-04")
def the_others_are_stopped_with_the_main_node(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), SUCCEEDED, "with its main node, whatever the others do")
    yield from _others_are_stopped(seen)


@claim("TERM-22")
def terminating_stops_all_nodes(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.accepted("terminate"):
        yield from ends(job, FAILED, "for it was terminated")
        yield from _others_are_stopped(seen)


def _others_are_stopped(seen: Seen) -> Iterator[Point]:
    """Once the job has ended its other nodes have as much time as a terminated job has."""
    job = seen.job()
    ended = next((look for look in job.looks if look.status in TERMINAL), None) if job else None
    if not job or ended is None:
        return
    over_ms = ended.saw.at_ms + seen.bounds.stopping
    late = any(call.sent_ms >= over_ms for call in seen.of("describe_jobs"))
    for node in seen.nodes:
        stopped = bool(node.signalled or node.gone)
        if stopped or late:
            yield Point(stopped, f"{node.id} is stopped", "it runs on", rests_on=("deadline",), job=job.label)


@claim("MNP-05")
def the_main_node_decides(seen: Seen) -> Iterator[Point]:
    for job in seen.each():
        if job.let_go:
            code = job.let_go[-1].code
            yield from ends(job, FAILED if code else SUCCEEDED, f"for its main node exits {code}")


@claim("MNP-06")
def another_nodes_death_changes_nothing(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    died = next((node for node in seen.nodes if node.let_go), None)
    if not job or not died or not died.gone:
        return
    until_ms = job.let_go[0].at_ms if job.let_go else None
    for each in (job, *(node for node in seen.nodes if node is not died)):
        early = [s for s in each.signalled if until_ms is None or s.at_ms < until_ms]
        yield Point(not early, f"{each.id} runs on", "it got SIGTERM", rests_on=("no_faults",), job=job.label)
    yield from ends(job, SUCCEEDED, "by its main node's exit code 0")
    ran = job.ran
    yield Point(ran == 1, "1 attempt", f"{ran} attempts", rests_on=("no_faults",), job=job.label)


@claim("MNP-07")
def the_job_shows_its_main_node(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    main = details(seen, job).get(_main(seen)) if job else None
    if not job or not job.end or not main or main.get("status") not in (FAILED, SUCCEEDED):
        return
    for member in ("startedAt", "stoppedAt", "statusReason"):
        wanted, found = main.get(member), job.end.detail.get(member)
        yield holds(found == wanted, f"{member} {wanted!r}, as of the main node", repr(found), job=job.label)
    tried = attempts(job.end.detail)
    code = exit_code(job.end.detail)
    code = (tried[-1].get("container") or {}).get("exitCode") if code is None and tried else code  # MNP-13
    if job.let_go and code is not None:  # it may be absent (ENV-11)
        expected = f"exit code {job.let_go[-1].code}, that of the main node"
        yield Point(code == job.let_go[-1].code, expected, str(code), rests_on=("no_faults",), job=job.label)


@claim("MNP-09")
def nodes_are_checked(seen: Seen) -> Iterator[Point]:
    most = NODE_GROUPS.high
    assert most is not None
    for call in seen.of("register_job_definition"):
        properties = call.arguments["nodeProperties"]
        groups, count, main = properties["nodeRangeProperties"], properties["numNodes"], properties["mainNode"]
        last = max(int(group["targetNodes"].partition(":")[2]) for group in groups)
        right = len(groups) <= most and main < count and last == count - 1
        what = f"numNodes {count}, mainNode {main} and {len(groups)} groups up to node {last}"
        yield from (accepted if right else refused)([call], what)


@claim("MNP-11")
def nodes_know_each_other(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    names = (
        "NODE_INDEX",
        "NUM_NODES",
        "MAIN_NODE_INDEX",
        "MAIN_NODE_PRIVATE_IPV4_ADDRESS",
        "MAIN_NODE_PRIVATE_IPV4_ADDRESS",
    )
    for index, detail in details(seen, job).items() if job else ():
        code = exit_code(detail)
        wrong = names[code - 20] if isinstance(code, int) and 20 <= code < 25 else ""
        if wrong or code == 0 or detail.get("status") == SUCCEEDED:
            expected = f"AWS_BATCH_JOB_{wrong} as it has to be on node {index}" if wrong else "all variables"
            yield holds(not wrong, expected, "another, or none")


@claim("MNP-16")
def overrides_are_for_groups_of_the_definition(seen: Seen) -> Iterator[Point]:
    for call in seen.of("submit_job"):
        entries = (call.arguments.get("nodeOverrides") or {}).get("nodePropertyOverrides") or ()
        targets = [entry["targetNodes"] for entry in entries]
        yield from (accepted if targets == ["0:1"] else refused)([call], f"an override for {targets} of 0:1")


@claim("RETRY-34")
def the_main_node_is_tried_again_with_all(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    yield from ends(job, SUCCEEDED, "by its second attempt")
    if not job or not job.end or job.end.status != SUCCEEDED or job.ran < 2:
        return
    for index, detail in details(seen, job).items():
        if detail.get("status") in (FAILED, SUCCEEDED):
            found = len(attempts(detail))
            yield Point(found == 2, f"2 attempts of node {index}", str(found), rests_on=("no_faults",), job=job.label)


@claim("TO-11")
def the_timeout_is_for_all_nodes(seen: Seen) -> Iterator[Point]:
    yield from times_out(seen, seen.job(), 61)
    if job := seen.job():
        yield from not_early(seen, job, 61)
        yield from not_tried_again(job)


def _main(seen: Seen) -> int:
    """The index of the main node, by the definition that the scenario registered; -1 where it did not come so far."""
    for call in seen.of("register_job_definition"):
        properties: dict[str, Any] = call.arguments.get("nodeProperties") or {}
        return properties.get("mainNode", -1)
    return -1
