"""What a job's process is given: its command with parameters put in, and the variables that Batch sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import arns
from .records import Order, Run

REFERENCE = "Ref::"


def substituted(command: Iterable[str], parameters: Mapping[str, str]) -> tuple[str, ...]:
    """
    The command with each argument `Ref::name` replaced by its parameter (ENV-04).

    Only whole arguments are replaced, and a name without a value is left as it is: no text of AWS says more (ENV-05).

    >>> substituted(["render", "Ref::scene", "Ref::unknown", "--to=Ref::scene"], {"scene": "intro"})
    ('render', 'intro', 'Ref::unknown', '--to=Ref::scene')
    """
    return tuple(
        parameters.get(argument[len(REFERENCE) :], argument) if argument.startswith(REFERENCE) else argument
        for argument in command
    )


def batch_variables(order: Order, run: Run) -> dict[str, str]:
    """
    The variables that every container gets (ENV-01), those of an array's child (ARR-15), and those of a node (MNP-11).

    Attempts count from 1 (RETRY-24), indices from 0.
    """
    variables = {
        "AWS_BATCH_JOB_ID": order.id,
        "AWS_BATCH_JOB_ATTEMPT": str(run.attempt),
        "AWS_BATCH_JQ_NAME": arns.short(order.queue),
        "AWS_BATCH_CE_NAME": arns.short(run.environment),
    }
    if order.array_index is not None:
        variables["AWS_BATCH_JOB_ARRAY_INDEX"] = str(order.array_index)
        variables["AWS_BATCH_JOB_ARRAY_SIZE"] = str(order.array_size)
    if order.nodes is not None:
        variables["AWS_BATCH_JOB_NODE_INDEX"] = str(order.node_index)
        variables["AWS_BATCH_JOB_NUM_NODES"] = str(order.nodes.count)
        variables["AWS_BATCH_JOB_MAIN_NODE_INDEX"] = str(order.nodes.main)
        if not order.is_main_node:  # all nodes are on this machine
            variables["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = "127.0.0.1"
    return variables
