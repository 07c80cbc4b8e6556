"""What SubmitJob refuses, and what it does with the rest."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.limits import ATTEMPT_DURATION_S, JOB_NAME, JOB_NAME_CHARACTERS
from ..claim import Point, accepted, claim, refused
from ..seen import Seen


@claim("ERR-03")
def job_names_are_checked(seen: Seen) -> Iterator[Point]:
    most = JOB_NAME_CHARACTERS.high
    assert most is not None
    for call in seen.of("submit_job"):
        name = call.arguments["jobName"]
        right = len(name) <= most and JOB_NAME.fullmatch(name) is not None
        yield from (accepted if right else refused)([call], "the job name {jobName}")


@claim("ERR-04")
def unknown_names_are_refused(seen: Seen) -> Iterator[Point]:
    yield from refused(seen.of("submit_job", jobQueue="no-such-name-here"), "an unknown jobQueue")
    yield from refused(seen.of("submit_job", jobDefinition="no-such-name-here"), "an unknown jobDefinition")


@claim("TO-01")
def short_timeouts_are_refused(seen: Seen) -> Iterator[Point]:
    least = ATTEMPT_DURATION_S.low
    assert least is not None
    for call in seen.of("submit_job"):
        seconds = (call.arguments.get("timeout") or {}).get("attemptDurationSeconds")
        if seconds is not None:
            yield from (accepted if seconds >= least else refused)([call], f"a timeout of {seconds} seconds")
