"""Servers that get multi-node jobs wrong."""

from __future__ import annotations

import asyncio

from msgspec import structs

from batchproof.model import multinode
from batchproof.model.limits import Limit
from batchproof.model.machine import Configuration
from batchproof.model.status import FAILED, RUNNING, STARTING, SUCCEEDED
from batchproof.reference_impl.deciding import nodes
from batchproof.reference_impl.deciding.families import Families
from batchproof.reference_impl.operations import multinode as submitting

from .defining import NODES, answered, breaks, described, of_run, without


@breaks("MNP-01", unclear="MNP-02 MNP-07 MNP-11 MNP-12", blind="RETRY-34", reach=NODES)
@answered("DescribeJobs")
def nodes_are_not_described(reply):
    """DescribeJobs knows no job#0."""
    reply.jobs = [job for job in reply.jobs if "#" not in job.jobId]


@breaks("MNP-12", reach=NODES)
@described
def nodes_do_not_say_which_they_are(job):
    """nodeDetails is never shown."""
    job.nodeDetails = None


@breaks("MNP-12", reach=NODES)
@described
def the_first_node_is_always_the_main_one(job):
    """isMainNode is true of node 0, whichever the main node is."""
    if job.nodeDetails is not None and job.nodeDetails.nodeIndex is not None:
        job.nodeDetails.isMainNode = job.nodeDetails.nodeIndex == 0


@breaks("MNP-02", blind="RETRY-34", reach=NODES)
def all_nodes_start_together(parts):
    """The nodes are started all at once, in the order of their indices, without waiting for the main node."""
    right = Families._look_at_nodes

    def look_at_nodes(self, job, before):
        if job.order.is_main_node and job.status is STARTING and before.status is not STARTING:
            self._start_nodes(job)
        elif not (job.order.is_main_node and job.status is RUNNING and before.status is not RUNNING):
            right(self, job, before)

    spawn, main_comes = parts.host.spawn, 0.1

    def spawn_in_order(job_id, number, command, environment):
        later = environment.get("AWS_BATCH_JOB_NODE_INDEX", "0") != "0"
        asyncio.get_running_loop().call_later(main_comes * later, spawn, job_id, number, command, environment)

    Families._look_at_nodes = look_at_nodes
    parts.host.spawn = spawn_in_order
    return parts


@breaks("MNP-04 TERM-22", unclear="MNP-07 RETRY-34", reach=NODES)
def the_other_nodes_run_on(parts):
    """When the main node has exited the other nodes are left alone."""
    Families.stop_nodes = lambda self, main, reason: None
    return parts


@breaks("TERM-22", reach=NODES)
def terminate_leaves_the_other_nodes(parts):
    """TerminateJob stops the main node; the others run on."""
    right = Families.stop_nodes

    def stop_nodes(self, main, reason):
        if reason == multinode.STOPPED_WITH_MAIN and not main.memory.is_terminated:
            right(self, main, reason)

    Families.stop_nodes = stop_nodes
    return parts


def judged_by_all(job, main, others):
    """The job as its nodes make it together: FAILED where one has failed."""
    shown = nodes_right(job, main)
    if shown.status is SUCCEEDED and any(other.status is FAILED for other in others):
        return structs.replace(shown, at=Configuration(FAILED, shown.at.memory))
    return shown


nodes_right = nodes.mirrored


@breaks("MNP-05 MNP-06 RETRY-03", reach=NODES)
def all_nodes_must_succeed(parts):
    """A multi-node job is FAILED when any of its nodes has failed."""
    ledger = parts.engine.changes.ledger
    nodes.mirrored = lambda job, main: judged_by_all(job, main, nodes.others(ledger, main))
    return parts


# Whether its main node is let go before it is stopped is chance, and MNP-05 speaks of one that was.
@breaks("MNP-06 RETRY-03", blind="MNP-05 MNP-07", reach=NODES)
def a_node_that_dies_ends_the_job(parts):
    """When any node has exited, all the others are stopped."""
    right = Families._look_at_nodes

    def look_at_nodes(self, job, before):
        right(self, job, before)
        if not job.order.is_main_node and before.run is not None and job.run is None and job.order.nodes is not None:
            main = self._jobs[multinode.node_id(job.order.shown_id, job.order.nodes.main)]
            if main.run is not None and not main.memory.stop_sent:
                memory = main.memory._replace(stop_sent=True, retry_overridden=True)
                self._changes.keep(structs.replace(main, at=Configuration(main.status, memory)), main)
                parts.host.stop(main.id, main.run.number, 1000)

    Families._look_at_nodes = look_at_nodes
    return parts


@breaks("MNP-07 TERM-13", reach=NODES)
@described
def a_multinode_job_has_its_own_reason(job):
    """statusReason of the job says that it has ended, and not why its main node did."""
    if job.nodeProperties is not None and job.nodeDetails is None and job.statusReason:
        job.statusReason = "Multi-node job has ended"


@breaks("MNP-09", reach=NODES)
def groups_of_nodes_are_not_counted(parts):
    """A definition may have any number of node groups."""
    multinode.NODE_GROUPS = Limit(1, None, "entries", ())
    return parts


@breaks("MNP-09", reach=NODES)
def the_main_node_may_be_none_of_the_nodes(parts):
    """mainNode is not held against numNodes."""
    right = multinode.check
    multinode.check = lambda ranges, count, main, **more: right(ranges, count=count, main=min(main, count - 1), **more)
    return parts


@breaks("MNP-09", reach=NODES)
def nodes_may_be_left_out(parts):
    """Ranges of nodes need not have all of them."""
    right = multinode.check

    def check(ranges, count, main, **more):
        right([*ranges, multinode.Range(0, None)][: 5 if len(ranges) < 5 else None], count=count, main=main, **more)

    multinode.check = check
    return parts


@breaks("MNP-11", reach=NODES)
@of_run
def the_number_of_nodes_is_not_told(variables, order, run):
    """AWS_BATCH_JOB_NUM_NODES is missing."""
    return without(variables, "AWS_BATCH_JOB_NUM_NODES")


@breaks("MNP-11", reach=NODES)
@of_run
def the_main_node_is_told_its_own_address(variables, order, run):
    """AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS is set on all nodes."""
    address = {"AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS": "127.0.0.1"} if order.nodes is not None else {}
    return {**variables, **address}


@breaks("MNP-16", reach=NODES)
def overrides_for_other_nodes_are_dropped(parts):
    """nodeOverrides for nodes that are no group of the definition are accepted and forgotten."""
    right = submitting._by_range
    submitting._by_range = lambda entries, ranges: right(
        [entry for entry in entries or () if entry.targetNodes in ranges], ranges
    )
    return parts


@breaks("RETRY-34", reach=NODES)
@described
def a_node_shows_its_last_attempt_only(job):
    """Of the attempts of a node that is not the main one only the last is kept."""
    if job.nodeDetails is not None and job.nodeDetails.isMainNode is False and job.attempts:
        job.attempts = job.attempts[-1:]
