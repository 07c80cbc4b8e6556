"""Whether the kit and the service understand each other at all: tried first, and alone.

Where one of these fails, nothing that follows can be trusted, so the run says so instead of blaming the service.
"""

from __future__ import annotations

from ...model.status import RUNNABLE, RUNNING, STARTING, SUCCEEDED
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule


@rule("SMOKE-01", "A plain job is accepted, can be described, and ends.")
def a_plain_job_ends(batch: Scenario) -> None:
    batch.finish(batch.submit())


@rule("SMOKE-02", "The command that SubmitJob overrides is what runs.", needs=(Power.RUNS,))
def the_command_runs(batch: Scenario) -> None:
    batch.finish(batch.submit(ends=(7,)))


@rule("SMOKE-03", "A job reaches the kit's gate, is held there and ends as it is told.", needs=(Power.GATE,))
def the_gate_works(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, STARTING, RUNNING)
    batch.release(job, 0)
    batch.wait(job, SUCCEEDED)


@rule("SMOKE-04", "A queue without room keeps a job RUNNABLE.", needs=(Power.GATE, Power.HOLDS_RUNNABLE))
def a_full_queue_holds(batch: Scenario) -> None:
    queue, _ = batch.stage.world.narrow_queue()
    holder = batch.submit(queue=queue, hold=True, role="holder")
    batch.wait(holder, RUNNING)
    job = batch.submit(queue=queue)  # not `behind` the holder: nothing is taken for granted here
    batch.wait(job, RUNNABLE)
    job.wait(lambda: job.status not in (RUNNABLE, None), batch.stage.bounds.watch / 1000)
    batch.read(job)
    batch.release(holder)
