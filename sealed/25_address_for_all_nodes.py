"""
AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS is given to the main node as well.

Breaks: MNP-11
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import changes


def break_it() -> None:
    batch_variables = changes.batch_variables

    def to_all(order, run):
        variables = batch_variables(order, run)
        if order.nodes is not None:
            variables["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = "127.0.0.1"
        return variables

    changes.batch_variables = to_all
