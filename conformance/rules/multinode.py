"""Multi-node parallel jobs."""

from __future__ import annotations

from typing import Any

from ...model.limits import NODE_GROUPS
from ...model.status import FAILED, RUNNING, SUCCEEDED
from ..judging.happenings import Gone
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.job import Job
from ..steps.nodes import Nodes, nodes_of
from ..steps.scenario import Scenario
from .rule import rule
from .staging import next_attempt
from .timeouts import TIMED, after, stopped

HELD = (Power.GATE, Power.MULTINODE)


@rule("MNP-01", "The nodes of a job are described by its id with #0, #1, ... behind it.", HELD)
@rule("MNP-12", "`nodeDetails` tells of each node which it is; `nodeProperties` of the job how many there are.", HELD)
def nodes_are_described(batch: Scenario) -> None:
    nodes = running(batch, 3, main=1)
    described(batch, nodes, lambda details: len(details) == nodes.count)
    batch.release(nodes.job, 0)
    batch.finish(nodes.job)


@rule("MNP-02", "The main node is launched first, and the others once it runs.", HELD)
def the_main_node_is_first(batch: Scenario) -> None:
    nodes = running(batch, 4, main=3)
    described(batch, nodes, lambda details: len(details) == nodes.count and all(d.get("startedAt") for d in details))
    batch.release(nodes.job, 0)
    batch.finish(nodes.job)


@rule("MNP-04", "When the main node exits the job is finished, and the other nodes are stopped.", HELD)
def the_others_are_stopped_with_the_main_node(batch: Scenario) -> None:
    nodes = running(batch, 3)
    batch.release(nodes.job, 0)
    _all_stopped(batch, nodes)


@rule("TERM-22", "TerminateJob of a multi-node job stops all of its nodes.", HELD)
def terminating_stops_all_nodes(batch: Scenario) -> None:
    nodes = running(batch, 3, main=1, attempts=2)
    batch.terminate(nodes.job)
    _all_stopped(batch, nodes)


@rule("MNP-05", "The job ends as its main node does, whatever the others have come to.", HELD)
def the_main_node_decides(batch: Scenario) -> None:
    for main_ends, other_ends in ((0, 3), (3, 0)):
        nodes = running(batch, 2, main=1)
        batch.release(nodes.others[0], other_ends)
        _gone(batch, nodes.others[0])
        batch.release(nodes.job, main_ends)
        batch.settle(nodes.job)


@rule("MNP-06", "The death of another node changes nothing for the rest, and causes no new attempt.", HELD)
def another_nodes_death_changes_nothing(batch: Scenario) -> None:
    nodes = running(batch, 3, attempts=2)
    batch.release(nodes.others[1], 1)
    _gone(batch, nodes.others[1])
    batch.canary()
    batch.read(nodes.job)
    batch.release(nodes.job, 0)
    batch.settle(nodes.job)


@rule("MNP-07", "Times, reason and exit code of the job are those of its main node.", HELD)
def the_job_shows_its_main_node(batch: Scenario) -> None:
    nodes = running(batch, 3, main=1)
    batch.release(nodes.others[0], 5)
    _gone(batch, nodes.others[0])
    batch.release(nodes.job, 7)
    batch.wait(nodes.job, FAILED)
    _gone(batch, nodes.others[2])
    everything = [nodes.job.id, *nodes.ids]
    described(batch, nodes, lambda details: all(d.get("status") in (FAILED, SUCCEEDED) for d in details), everything)


@rule(
    "MNP-09",
    "A definition has up to 5 groups of nodes, its main node is one of them, and the groups have all nodes.",
)
def nodes_are_checked(batch: Scenario) -> None:
    most = NODE_GROUPS.high
    assert most is not None
    two = nodes_of(2, 0, ["true"])
    ranges = {groups: [f"{node}:{node}" for node in range(groups)] for groups in (most, most + 1)}
    cases = [_grouped(ranges[most]), _grouped(ranges[most + 1]), {**two, "mainNode": 1}, {**two, "mainNode": 2}]
    cases += [{**_grouped(["0:0", "1:1"]), "numNodes": 3}]
    world = batch.stage.world
    for number, properties in enumerate(cases):
        name = f"{world.prefix}-mnp-09-{number}"
        world.may_register(batch.calls, name, type="multinode", containerProperties=None, nodeProperties=properties)


@rule(
    "MNP-11",
    "Nodes find their index, the number of nodes and the main node in variables.",
    (Power.RUNS, Power.MULTINODE),
)
def nodes_know_each_other(batch: Scenario) -> None:
    # The main node waits for a moment, so that the others come to their own ends.
    script = (
        'case "$AWS_BATCH_JOB_ID" in *"#$AWS_BATCH_JOB_NODE_INDEX");; *) exit 20;; esac; '
        '[ "$AWS_BATCH_JOB_NUM_NODES" = 3 ] || exit 21; [ "$AWS_BATCH_JOB_MAIN_NODE_INDEX" = 1 ] || exit 22; '
        'if [ "$AWS_BATCH_JOB_NODE_INDEX" = 1 ]; then sleep 1; '
        '[ -z "${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS+set}" ] || exit 23; '
        'else [ -n "$AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS" ] || exit 24; fi'
    )
    nodes = batch.submit_nodes(3, main=1, command=("sh", "-c", script), ends=(0, 20, 21, 22, 23, 24), hold=False)
    batch.finish(nodes.job)
    described(batch, nodes, lambda details: all(d.get("status") in (FAILED, SUCCEEDED) for d in details))


@rule("MNP-16", "`nodeOverrides` for nodes that are no group of the definition are refused.", (Power.MULTINODE,))
def overrides_are_for_groups_of_the_definition(batch: Scenario) -> None:
    world = batch.stage.world
    properties = nodes_of(2, 0, ["true"])
    name = world.register(
        batch.calls, f"{world.prefix}-mnp-16", type="multinode", containerProperties=None, nodeProperties=properties
    )
    request = {"jobName": batch.named("nodes"), "jobQueue": world.multinode_queue(), "jobDefinition": name}
    for targets in ("0:1", "0:0"):
        entry = {"targetNodes": targets, "containerOverrides": {"command": ["true"]}}
        batch.refusal("submit_job", **request, nodeOverrides={"nodePropertyOverrides": [entry]})


@rule("RETRY-34", "A failure of the main node, and no other, makes a new attempt, which is one of all nodes.", HELD)
def the_main_node_is_tried_again_with_all(batch: Scenario) -> None:
    nodes = running(batch, 2, attempts=2, ends=(1, 0))
    batch.release(nodes.job)
    next_attempt(batch, nodes.job, 2)
    other = nodes.others[1]
    other.wait(lambda: 2 in other.began() or nodes.job.ended, batch.stage.bounds.longest / 1000)
    batch.release(nodes.job)
    batch.finish(nodes.job)
    described(batch, nodes, lambda details: all(d.get("status") in (FAILED, SUCCEEDED) for d in details))


@rule(
    "TO-11",
    "The timeout of a multi-node job is that of the whole job: it is FAILED, and not tried again.",
    (*TIMED, Power.MULTINODE),
)
def the_timeout_is_for_all_nodes(batch: Scenario) -> None:
    with batch.clock():
        nodes = running(batch, 2, attempts=2, **after(61))
        batch.advance(62)
        stopped(batch, nodes.job)
    batch.canary()


def running(batch: Scenario, count: int, **request: Any) -> Nodes:
    """A multi-node job, all of whose nodes have come to the gate and are held."""
    nodes = batch.submit_nodes(count, **request)
    batch.wait(nodes.job, RUNNING)
    for node in nodes.others.values():
        if not node.wait(lambda node=node: bool(node.began()), batch.target.patience_s):
            raise Unclear(f"node {node.id} did not come to the gate")
    return nodes


def described(batch: Scenario, nodes: Nodes, enough: Any, ids: list[str] | None = None) -> None:
    """Describe all nodes until that shows enough, which takes no longer than anything that a service does by itself."""
    wanted = ids or nodes.ids
    batch.eventually(
        lambda: batch.call("describe_jobs", jobs=wanted).get("jobs") or [],
        lambda d: enough(d) and len(d) == len(wanted),
    )


def _gone(batch: Scenario, node: Job) -> None:
    """Wait until a node's process has said that it exits, and has gone."""
    if not node.wait(lambda: _is_gone(node), batch.target.patience_s):
        raise Unclear(f"node {node.id} did not end")


def _all_stopped(batch: Scenario, nodes: Nodes) -> None:
    """Settle the job, and wait until each of its other nodes has been told to stop, or ever so long."""
    batch.settle(nodes.job)
    for node in nodes.others.values():
        node.wait(lambda node=node: node.signalled() or _is_gone(node), batch.stage.bounds.stopping / 1000)
    batch.call("describe_jobs", jobs=nodes.ids)


def _is_gone(node: Job) -> bool:
    return any(isinstance(happening, Gone) for happening in node.life())


def _grouped(ranges: list[str]) -> dict[str, Any]:
    """`nodeProperties` with these groups, one node for each."""
    whole = nodes_of(len(ranges), 0, ["true"])
    container = whole["nodeRangeProperties"][0]["container"]
    return {**whole, "nodeRangeProperties": [{"targetNodes": each, "container": container} for each in ranges]}
