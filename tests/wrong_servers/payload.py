"""Servers that give a job's process something else than Batch does."""

from __future__ import annotations

from batchproof.reference_impl.deciding import changes
from batchproof.reference_impl.operations import containers

from .defining import (
    VARIABLES,
    breaks,
)


@breaks("ENV-01", reach=VARIABLES)
def one_variable_is_not_set(parts):
    """AWS_BATCH_CE_NAME is missing."""
    right = changes.batch_variables

    def batch_variables(order, run):
        return {name: value for name, value in right(order, run).items() if name != "AWS_BATCH_CE_NAME"}

    changes.batch_variables = batch_variables
    return parts


@breaks("ENV-03", reach=VARIABLES)
def environment_entries_are_lost(parts):
    """A job gets the variables of Batch and no others."""
    right = parts.host.spawn

    def spawn(job_id, number, command, environment):
        own = {name: value for name, value in environment.items() if name.startswith("AWS_BATCH")}
        right(job_id, number, command, own)

    parts.host.spawn = spawn
    return parts


@breaks("ENV-04", reach=VARIABLES)
def parameters_are_not_put_in(parts):
    """`Ref::name` reaches the job as it was written."""
    containers.substituted = lambda command, parameters: tuple(command)
    return parts


@breaks("RETRY-24 TERM-12")
def the_third_attempt_calls_itself_the_fourth(parts):
    """AWS_BATCH_JOB_ATTEMPT skips a number."""
    right = changes.batch_variables

    def batch_variables(order, run):
        number = run.attempt + (run.attempt > 2)
        return {**right(order, run), "AWS_BATCH_JOB_ATTEMPT": str(number)}

    changes.batch_variables = batch_variables
    return parts
