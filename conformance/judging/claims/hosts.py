"""Hosts that go away under their jobs."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.status import FAILED, SUCCEEDED
from ..claim import Point, attempts, claim, ends
from ..seen import Job, Seen

REASON = "Host EC2"


@claim("RETRY-30")
def a_lost_host_is_a_failed_attempt(seen: Seen) -> Iterator[Point]:
    lost = {call.arguments["host"] for call in seen.of("lose_host") if call.says.name == "DONE"}
    for role, status, number in (("once", FAILED, 1), ("again", SUCCEEDED, 2), ("chosen", FAILED, 2)):
        job = seen.job(role)
        if not job or job.id not in lost:
            continue
        if not job.end and role == "once" and (there := [look for look in job.looks if look.saw.settled]):
            expected = "FAILED with its only attempt, whose host was lost"
            yield Point(False, expected, there[-1].status, rests_on=("deadline",), job=job.label)
        if not job.end:
            continue
        yield from ends(job, status, "after its host was lost")
        yield from _tried(job, number)
        yield Point(not job.signalled, "no SIGTERM: the host is gone", "SIGTERM", job=job.label)
        reasons = [str(attempt.get("statusReason")) for attempt in attempts(job.end.detail)]
        if len(reasons) == number:  # else it is not known whether it is among them (RETRY-23)
            right = any(reason.startswith(REASON) for reason in reasons)
            yield Point(right, f"an attempt with a reason that begins with {REASON!r}", str(reasons), job=job.label)


def _tried(job: Job, number: int) -> Iterator[Point]:
    """So many attempts came to the gate, and no others."""
    ran = job.ran
    yield Point(ran == number, f"{number} attempts, of which the first lost its host", f"{ran}", job=job.label)
