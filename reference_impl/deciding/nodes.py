"""What a multi-node job hands down to its nodes, which of them are there, and what it shows of its main node."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from ...model import multinode
from .ledger import Ledger
from .records import ONCE, Job, Order


def order_of_node(order: Order, index: int) -> Order:
    """
    The order of one node.

    The main node waits, is retried and times out for all (MNP-07, TO-11), and asks for the room of all of them, so that
    a job never starts with some of its nodes only.
    """
    assert order.nodes is not None
    ranges = [multinode.parse(group.targets, "targetNodes") for group in order.nodes.groups]
    number = multinode.group_of(ranges, index)
    assert number is not None, "submission has seen that every node is described"
    group = order.nodes.groups[number]
    node = replace(
        order,
        id=multinode.node_id(order.id, index),
        node_index=index,
        command=group.command,
        environment=group.environment,
        container=group.container,
    )
    if node.is_main_node:
        return node
    # A share and a priority are its own as well, but it asks for nothing: the main node holds it for all.
    return replace(
        node, mcpus=0, memory_mib=0, consumes=(), strategy=ONCE, timeout_s=None, depends_on=(), late_refusal=None
    )


def mirrored(job: Job, main: Job) -> Job:
    """The multi-node job as its main node makes it: status, reasons, times, attempts (MNP-05, MNP-07)."""
    return replace(
        job,
        at=main.at,
        started_at_ms=main.started_at_ms,
        stopped_at_ms=main.stopped_at_ms,
        status_reason=main.status_reason,
        cancel_reason=main.cancel_reason,
        terminate_reason=main.terminate_reason,
        runs=main.runs,
        attempts=main.attempts,
    )


def others(ledger: Ledger, main: Job) -> Iterator[Job]:
    """The other nodes beside the main node, those that are there."""
    for index in range(main.order.nodes.count if main.order.nodes is not None else 0):
        node = ledger.jobs.get(multinode.node_id(main.order.shown_id, index))
        if node is not None and index != main.order.node_index:
            yield node


def are_left(ledger: Ledger, job: Job) -> bool:
    """Whether nodes of a main node's earlier attempt are still there, so that the next one has to wait."""
    return job.order.is_main_node and any(node.run is not None for node in others(ledger, job))
