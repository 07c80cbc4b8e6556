"""Servers with which the kit has no understanding: SMOKE is unclear, and nothing more is held against them."""

from __future__ import annotations

from .defining import (
    breaks,
    described,
    handles,
)


@breaks("", unclear="SMOKE-01")
@described
def jobs_are_shown_without_their_queue(job):
    """DescribeJobs leaves out jobQueue."""
    job.jobQueue = None


@breaks("", unclear="SMOKE-02")
@described
def exit_codes_are_never_shown(job):
    """DescribeJobs leaves out container.exitCode."""
    job.container.exitCode = None


@breaks("", unclear="SMOKE-03 SMOKE-04")
def held_jobs_never_come_up(parts):
    """A job of which the kit's gate is part never gets its process."""
    right = parts.host.spawn

    def spawn(job_id, number, command, environment):
        if "-c" not in command[2:]:  # the gate's payload is `python -I -S -c ...`, the others are `sh -c ...`
            right(job_id, number, command, environment)

    parts.host.spawn = spawn
    return parts


@breaks("", unclear="SMOKE-04")
@handles("CreateComputeEnvironment")
async def there_is_always_room(right, call, request):
    """A compute environment has no size."""
    request.unmanagedvCpus = None
    return await right(call, request)
