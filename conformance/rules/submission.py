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
    for name in ("a" * most, "a", "1_-"):
        refusal = batch.refusal("submit_job", **{**batch.submission(), "jobName": name})
        shown = f"of {len(name)} characters" if len(name) > 20 else repr(name)
        batch.expect(refusal is None, f"the job name {shown} is accepted", refusal)
    for name in ("a" * (most + 1), "-first", "with space", "dot.ted"):
        refusal = batch.refusal("submit_job", **{**batch.submission(), "jobName": name})
        shown = f"{name[:12]}... of {len(name)} characters" if len(name) > 20 else repr(name)
        batch.expect(refusal is not None, f"the job name {shown} is refused", "SubmitJob accepted it")


@rule("ERR-04", "An unknown queue or job definition is refused.")
def unknown_names_are_refused(batch: Scenario) -> None:
    for member in ("jobQueue", "jobDefinition"):
        refusal = batch.refusal("submit_job", **{**batch.submission(), member: "no-such-name-here"})
        batch.expect(refusal is not None, f"an unknown {member} is refused", "SubmitJob accepted it")


@rule("TO-01", "`attemptDurationSeconds` is at least 60.")
def short_timeouts_are_refused(batch: Scenario) -> None:
    least = ATTEMPT_DURATION_S.low
    assert least is not None
    refusal = batch.refusal("submit_job", **batch.submission(), timeout={"attemptDurationSeconds": least})
    batch.expect(refusal is None, f"{least} seconds are accepted", refusal)
    refusal = batch.refusal("submit_job", **batch.submission(), timeout={"attemptDurationSeconds": least - 1})
    batch.expect(refusal is not None, f"{least - 1} seconds are refused", "SubmitJob accepted them")


@rule("ENV-02", "Environment names that begin with AWS_BATCH are refused.")
def reserved_names_are_refused(batch: Scenario) -> None:
    request = batch.submission()
    request["containerOverrides"] = {"environment": [{"name": "AWS_BATCH_MINE", "value": "1"}]}
    refusal = batch.refusal("submit_job", **request)
    batch.expect(refusal is not None, "AWS_BATCH_MINE is refused", "SubmitJob accepted it")


@rule("ENV-04", "`Ref::name` in a command is replaced by the parameter of SubmitJob.", (Power.RUNS,))
def parameters_are_substituted(batch: Scenario) -> None:
    command = ["sh", "-c", '[ "$0" = "hello there" ] || exit 20', "Ref::word"]
    job = batch.submit_command(command, may_exit=(20,), parameters={"word": "hello there"})
    code = (batch.finish(job).get("container") or {}).get("exitCode")
    batch.expect(code != 20, "Ref::word replaced by its value", "the job did not get it")


@rule("ENV-06", "A command with an empty string is refused.")
def empty_strings_in_commands_are_refused(batch: Scenario) -> None:
    refusal = batch.refusal("submit_job", **{**batch.submission(), "containerOverrides": {"command": ["true", ""]}})
    batch.expect(refusal is not None, "the command ['true', ''] is refused", "SubmitJob accepted it")
