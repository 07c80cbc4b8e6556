"""What SubmitJob refuses, and what it does with the rest."""

from __future__ import annotations

from ...model.limits import ATTEMPT_DURATION_S, JOB_NAME_CHARACTERS
from ..steps.scenario import Scenario
from .rule import rule


@rule("ERR-03", "Job names have 1 to 128 characters: a letter or digit first, then letters, digits, - and _.")
def job_names_are_checked(batch: Scenario) -> None:
    most = JOB_NAME_CHARACTERS.high
    assert most is not None
    for name in ("a" * most, "a", "1_-", "a" * (most + 1), "-first", "with space", "dot.ted"):
        batch.refusal("submit_job", **{**batch.submission(), "jobName": name})


@rule("ERR-04", "An unknown queue or job definition is refused.")
def unknown_names_are_refused(batch: Scenario) -> None:
    for member in ("jobQueue", "jobDefinition"):
        batch.refusal("submit_job", **{**batch.submission(), member: "no-such-name-here"})


@rule("TO-01", "`attemptDurationSeconds` is at least 60.")
def short_timeouts_are_refused(batch: Scenario) -> None:
    least = ATTEMPT_DURATION_S.low
    assert least is not None
    for seconds in (least, least - 1):
        batch.refusal("submit_job", **batch.submission(), timeout={"attemptDurationSeconds": seconds})
