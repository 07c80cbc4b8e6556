"""Servers that give a job's process something else than Batch does."""

from __future__ import annotations

from batchproof.reference_impl.operations import containers

from .defining import VARIABLES, breaks, of_run, without


# Q-04 reads that variable, and may not take one that is missing for that of another environment.
@breaks("ENV-01", reach=f"{VARIABLES} Q-04")
@of_run
def one_variable_is_not_set(variables, order, run):
    """AWS_BATCH_CE_NAME is missing."""
    return without(variables, "AWS_BATCH_CE_NAME")


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
@of_run
def the_third_attempt_calls_itself_the_fourth(variables, order, run):
    """AWS_BATCH_JOB_ATTEMPT skips a number."""
    return {**variables, "AWS_BATCH_JOB_ATTEMPT": str(run.attempt + (run.attempt > 2))}
