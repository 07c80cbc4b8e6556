"""What SubmitJob refuses, and what it does with the rest."""

from __future__ import annotations

from ...model.limits import ATTEMPT_DURATION_S, JOB_NAME_CHARACTERS
from ..power import Power
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


@rule("ENV-02", "Environment names that begin with AWS_BATCH are refused.")
def reserved_names_are_refused(batch: Scenario) -> None:
    request = batch.submission()
    request["containerOverrides"] = {"environment": [{"name": "AWS_BATCH_MINE", "value": "1"}]}
    batch.refusal("submit_job", **request)


@rule("ENV-04", "`Ref::name` in a command is replaced by the parameter of SubmitJob.", (Power.RUNS,))
def parameters_are_substituted(batch: Scenario) -> None:
    command = ["sh", "-c", '[ "$0" = "hello there" ] || exit 20', "Ref::word"]
    batch.finish(batch.submit_command(command, may_exit=(20,), parameters={"word": "hello there"}))


@rule("ENV-06", "A command with an empty string is refused.")
def empty_strings_in_commands_are_refused(batch: Scenario) -> None:
    batch.refusal("submit_job", **{**batch.submission(), "containerOverrides": {"command": ["true", ""]}})
