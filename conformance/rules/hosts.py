"""Hosts that go away under their jobs."""

from __future__ import annotations

from ...model.status import RUNNING
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import next_attempt

HOST_LOST = ({"action": "RETRY", "onStatusReason": "Host EC2*"}, {"action": "EXIT", "onExitCode": "*"})
"""The strategy of many: try again where the host was lost, and only there."""


@rule(
    "RETRY-30",
    "An attempt whose host is lost has failed, with a reason that fits `Host EC2*`.",
    (Power.GATE, Power.LOSES_HOSTS),
)
def a_lost_host_is_a_failed_attempt(batch: Scenario) -> None:
    once = batch.submit(hold=True, role="once")
    again = batch.submit(hold=True, attempts=2, role="again")
    chosen = batch.submit(hold=True, attempts=3, entries=HOST_LOST, ends=(0, 1), role="chosen")
    for job in (once, again, chosen):
        batch.wait(job, RUNNING)
        batch.lose_host(job)
    batch.settle(once)
    for job, code in ((again, 0), (chosen, 1)):
        next_attempt(batch, job, 2)
        batch.release(job, code)
        batch.settle(job)
